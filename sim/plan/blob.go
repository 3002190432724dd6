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
	"slices"
)

// A shard file is lines of JSON: a header that says what the runs are of, a record for each, and a trailer with a checksum of all
// before it. It holds all that it takes to merge and to answer.

// format is the version of the shard file's own form.
const format = 1

type header struct {
	Format  int    `json:"notifysim_plan"`
	Version string `json:"version"`
	Shard
	Cells    int      `json:"cells"`
	Hash     string   `json:"question_sha256"`
	Question Question `json:"question"`
}

type trailer struct {
	Records int    `json:"records"`
	SHA256  string `json:"sha256"`
}

// Version is that of the running program: its module version, and the commit if it is known.
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
	return header{format, Version(), sh, len(s.ShardCells(sh)), s.Hash(), s.Question}
}

// A ShardFile is one that was read.
type ShardFile struct {
	Path    string
	header  header
	records []Record
}

// encode returns the bytes of a shard file.
func (s *Study) encode(sh Shard, records []Record) ([]byte, error) {
	records = slices.Clone(records)
	slices.SortFunc(records, func(a, b Record) int { return a.Cell - b.Cell })
	if err := s.check(sh, records); err != nil {
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

// check returns an error unless the records, in the order of their cells, are a shard's.
func (s *Study) check(sh Shard, records []Record) error {
	cells := s.ShardCells(sh)
	for i, r := range records {
		if i >= len(cells) || r.Cell != cells[i] {
			return fmt.Errorf("run %d is not the one that is next in shard %v", r.Cell, sh)
		}
	}
	if len(records) != len(cells) {
		return fmt.Errorf("%d runs of %d of shard %v are missing", len(cells)-len(records), len(cells), sh)
	}
	return nil
}

// WriteShard writes a shard file: the whole of it, or nothing.
func (s *Study) WriteShard(path string, sh Shard, records []Record) error {
	text, err := s.encode(sh, records)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".tmp*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // there no more after the rename
	_, err = f.Write(text)
	err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// ReadShard reads a shard file, and refuses one that is not whole or was changed.
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
	if f.header.Format != format {
		return wrong("is a shard of format %d, and this program reads %d; use the program that wrote it", f.header.Format, format)
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
			return wrong("line %d is no record: %v", i+2, err)
		}
		f.records = append(f.records, r)
	}
	if len(f.records) != end.Records || f.header.Question.Hash() != f.header.Hash {
		return wrong("contradicts itself; run the shard again")
	}
	return f, nil
}

// strict decodes a line that must have these fields and no others.
func strict(line []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	return d.Decode(v)
}
