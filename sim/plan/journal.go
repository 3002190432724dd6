package plan

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
)

// A Journal is a file to which the record of each run is added when the run ends, so that an interrupted plan can
// continue after its finished runs. Its first line is the header of a shard file. Each record is a line that begins
// with its checksum. Opening a journal discards an incomplete or changed line and all lines after it.
type Journal struct {
	file *os.File
	// Done has the records that were in the journal when it was opened.
	Done []Record
}

// OpenJournal opens or creates the journal of a shard at path. It refuses one of another question, shard or program.
func (s *Study) OpenJournal(path string, sh Shard) (*Journal, error) {
	head, err := json.Marshal(s.header(sh))
	if err != nil {
		return nil, err
	}
	head = append(head, '\n')
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file; name one", path)
	}
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	j := &Journal{}
	good := 0
	switch {
	case bytes.HasPrefix(text, head):
		good = len(head) + j.read(text[len(head):], s, sh)
	case len(text) > 0 && !bytes.HasPrefix(head, text): // not a header that was cut off either
		return nil, fmt.Errorf("%s is not the beginning of this plan: it is of another question, shard or program; "+
			"remove it, or name another file", path)
	}
	if j.file, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644); err != nil {
		return nil, err
	}
	if err = j.file.Truncate(int64(good)); err == nil {
		_, err = j.file.Seek(int64(good), 0)
	}
	if err == nil && good == 0 {
		_, err = j.file.Write(head)
	}
	if err != nil {
		return nil, errors.Join(err, j.file.Close())
	}
	return j, nil
}

// read reads the records of a journal up to the first line that is incomplete or changed. It returns the length of the
// lines before that, in bytes.
func (j *Journal) read(text []byte, s *Study, sh Shard) int {
	missing := map[int]bool{}
	for _, run := range s.ShardRuns(sh) {
		missing[run] = true
	}
	good := 0
	for {
		line, rest, complete := bytes.Cut(text, []byte("\n"))
		sum, record, _ := bytes.Cut(line, []byte(" "))
		var r Record
		if !complete || string(sum) != checksum(record) || json.Unmarshal(record, &r) != nil || !missing[r.Run] {
			return good
		}
		missing[r.Run] = false
		j.Done = append(j.Done, r)
		good += len(line) + 1
		text = rest
	}
}

func checksum(line []byte) string { return fmt.Sprintf("%08x", crc32.ChecksumIEEE(line)) }

// Add appends a record.
func (j *Journal) Add(r Record) error {
	record, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(j.file, "%s %s\n", checksum(record), record)
	return err
}

// Close closes the file.
func (j *Journal) Close() error { return j.file.Close() }
