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

// A Journal keeps the records of runs as they end, so that whatever stops the program, the next one goes on there. Its first line is
// the header of a shard file; each record's line begins with its checksum, and what is not whole at the end is left out.
type Journal struct {
	file *os.File
	// Done are the records that were there already.
	Done []Record
}

// OpenJournal opens or begins the journal of a shard at path. It refuses one of another plan, shard or version.
func (s *Study) OpenJournal(path string, sh Shard) (*Journal, error) {
	head, err := json.Marshal(s.header(sh))
	if err != nil {
		return nil, err
	}
	head = append(head, '\n')
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file that can be kept; name one", path)
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
	case len(text) > 0 && !bytes.HasPrefix(head, text): // not even the beginning of ours
		return nil, fmt.Errorf("%s is not the beginning of this plan: it is of another question, shard or version; remove it, or name another file", path)
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

// read takes the records of a journal up to the first that is not whole, and returns the length of those lines.
func (j *Journal) read(text []byte, s *Study, sh Shard) int {
	ours := map[int]bool{}
	for _, c := range s.ShardCells(sh) {
		ours[c] = true
	}
	good := 0
	for {
		line, rest, whole := bytes.Cut(text, []byte("\n"))
		sum, record, _ := bytes.Cut(line, []byte(" "))
		var r Record
		if !whole || string(sum) != checksum(record) || json.Unmarshal(record, &r) != nil || !ours[r.Cell] {
			return good
		}
		ours[r.Cell] = false
		j.Done = append(j.Done, r)
		good += len(line) + 1
		text = rest
	}
}

func checksum(line []byte) string { return fmt.Sprintf("%08x", crc32.ChecksumIEEE(line)) }

// Add writes a record.
func (j *Journal) Add(r Record) error {
	record, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(j.file, "%s %s\n", checksum(record), record)
	return err
}

// Close ends the writing.
func (j *Journal) Close() error { return j.file.Close() }

// Rest are the cells of a shard that are not done.
func (s *Study) Rest(sh Shard, done []Record) []int {
	have := make(map[int]bool, len(done))
	for _, r := range done {
		have[r.Cell] = true
	}
	var cells []int
	for _, c := range s.ShardCells(sh) {
		if !have[c] {
			cells = append(cells, c)
		}
	}
	return cells
}
