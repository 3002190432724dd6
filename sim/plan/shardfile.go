package plan

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
)

// A shard file is lines of JSON: a header with the question and the shard, a record for each run, and a trailer with a
// checksum of everything before it. It holds all that merging and answering take.

// shardFormat is the version of the format of shard files.
const shardFormat = 1

type header struct {
	Format  int    `json:"notifysim_plan"`
	Version string `json:"version"`
	Shard
	Runs     int      `json:"cells"`
	Hash     string   `json:"question_sha256"`
	Question Question `json:"question"`
}

type trailer struct {
	Records int    `json:"records"`
	SHA256  string `json:"sha256"`
}

// Version returns the version of the running program: that of the module, and the commit if it is known.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" || s.Key == "vcs.modified" && s.Value == "true" {
			v += " " + s.Key + "=" + s.Value
		}
	}
	return v
}

func (s *Study) header(sh Shard) header {
	return header{shardFormat, Version(), sh, len(s.ShardRuns(sh)), s.Hash(), s.Question}
}

// A ShardFile is a shard file that was read.
type ShardFile struct {
	Path    string
	header  header
	records []Record
}

// encode returns the bytes of a shard file.
func (s *Study) encode(sh Shard, records []Record) ([]byte, error) {
	records = sortRecords(records)
	if err := s.checkShardRecords(sh, records); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	if err := e.Encode(s.header(sh)); err != nil {
		return nil, err
	}
	for _, r := range records {
		if err := e.Encode(r); err != nil {
			return nil, err
		}
	}
	sum := sha256.Sum256(b.Bytes())
	err := e.Encode(trailer{len(records), hex.EncodeToString(sum[:])})
	return b.Bytes(), err
}

// checkShardRecords returns an error unless the records, in the order of their runs, are those of a shard.
func (s *Study) checkShardRecords(sh Shard, records []Record) error {
	runs := s.ShardRuns(sh)
	for i, r := range records {
		if i >= len(runs) || r.Run != runs[i] {
			return fmt.Errorf("run %d is not the next one of shard %v", r.Run, sh)
		}
	}
	if len(records) != len(runs) {
		return fmt.Errorf("%d runs of %d of shard %v are missing", len(runs)-len(records), len(runs), sh)
	}
	return nil
}

// WriteShard writes a shard file, completely or not at all.
func (s *Study) WriteShard(path string, sh Shard, records []Record) error {
	text, err := s.encode(sh, records)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".tmp*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails after the rename
	_, err = f.Write(text)
	err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// ReadShard reads a shard file. It refuses one that is incomplete or was changed.
func ReadShard(path string) (*ShardFile, error) {
	wrong := func(format string, args ...any) (*ShardFile, error) {
		return nil, fmt.Errorf("%s: %s", path, fmt.Sprintf(format, args...))
	}
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return wrong("there is no such file")
	case err != nil:
		return nil, err
	}
	f := &ShardFile{Path: path}
	first, _, _ := bytes.Cut(text, []byte("\n"))
	if err := strict(first, &f.header); err != nil || f.header.Format == 0 {
		return wrong("is not a shard of a plan; write one with notifysim plan --shard i/n --out FILE")
	}
	if f.header.Format != shardFormat {
		return wrong("is a shard of format %d, and this program reads %d; use the program that wrote it", f.header.Format,
			shardFormat)
	}
	body := text[:bytes.LastIndexByte(bytes.TrimSuffix(text, []byte("\n")), '\n')+1]
	var end trailer
	if !bytes.HasSuffix(text, []byte("\n")) || strict(text[len(body):], &end) != nil {
		return wrong("is cut off: its last line is missing; run the shard again")
	}
	if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != end.SHA256 {
		return wrong("was changed after it was written: its checksum differs; run the shard again")
	}
	for i, line := range bytes.Split(bytes.TrimSuffix(body, []byte("\n")), []byte("\n"))[1:] {
		var r Record
		if err := strict(line, &r); err != nil {
			return wrong("line %d is not a record: %v", i+2, err)
		}
		f.records = append(f.records, r)
	}
	if len(f.records) != end.Records || f.header.Question.Hash() != f.header.Hash {
		return wrong("its lines contradict each other; run the shard again")
	}
	return f, nil
}

// strict decodes a line and refuses fields that v does not have.
func strict(line []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	return d.Decode(v)
}
