package plan

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

// A shard file is lines of JSON: a header with the question and the shard, a record for each run, and a trailer with a
// checksum of all lines before it. Nothing else is needed to merge shards and to answer the question.

// shardFormat is the version of the format of shard files.
const shardFormat = 1

// shardStart is the text with which every shard file begins.
const shardStart = `{"notifysim_plan":`

type header struct {
	Format int    `json:"notifysim_plan"`
	Build  string `json:"version"` // see Study.Build
	Shard
	Runs     int      `json:"cells"`
	Hash     string   `json:"question_sha256"`
	Question Question `json:"question"`
}

type trailer struct {
	Records int    `json:"records"`
	SHA256  string `json:"sha256"`
}

func (s *Study) header(sh Shard) header {
	return header{shardFormat, s.Build, sh, len(s.ShardRuns(sh)), s.Hash(), s.Question}
}

// A ShardFile is a shard file that was read.
type ShardFile struct {
	Path    string
	header  header
	records []Record
}

// checkShardRecords returns an error unless there is one record for each run of a shard, in their order.
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

// WriteShard writes a shard file. It writes nothing unless the records are those of the shard.
func (s *Study) WriteShard(w io.Writer, sh Shard, records []Record) error {
	records = sortRecords(records)
	if err := s.checkShardRecords(sh, records); err != nil {
		return err
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	if err := e.Encode(s.header(sh)); err != nil {
		return err
	}
	for _, r := range records {
		if err := e.Encode(r); err != nil {
			return err
		}
	}
	sum := sha256.Sum256(b.Bytes())
	if err := e.Encode(trailer{len(records), hex.EncodeToString(sum[:])}); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

// ReadShard reads a shard file. It refuses one that is incomplete or was changed.
func ReadShard(path string) (*ShardFile, error) {
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: there is no such file; name one that notifysim plan --shard wrote", path)
	case err != nil:
		return nil, err
	}
	return parseShard(path, text)
}

// ParseShards reads the text of one or more shard files, one after the other. Errors name path and a line of the text.
func ParseShards(path string, text []byte) ([]*ShardFile, error) {
	var files []*ShardFile
	for line, rest := 1, text; len(rest) > 0 || line == 1; {
		one := rest
		if next := bytes.Index(rest, []byte("\n"+shardStart)); next >= 0 {
			one = rest[:next+1]
		}
		f, err := parseShard(fmt.Sprintf("%s:%d:1", path, line), one)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
		line += bytes.Count(one, []byte("\n"))
		rest = rest[len(one):]
	}
	return files, nil
}

func parseShard(path string, text []byte) (*ShardFile, error) {
	wrong := func(format string, args ...any) (*ShardFile, error) {
		return nil, fmt.Errorf("%s: %s", path, fmt.Sprintf(format, args...))
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

// leftBehind matches the names of files that an interrupted shard leaves: its journal, and a temporary file.
var leftBehind = regexp.MustCompile(`\.(part|tmp[0-9A-Z]+)$`)

// FindShards returns the paths of the shard files in a folder, in the order of their names. It ignores other files. A
// folder without shard files is an error.
func FindShards(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() || leftBehind.MatchString(e.Name()) {
			continue
		}
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		start, err := io.ReadAll(io.LimitReader(f, int64(len(shardStart))))
		if err = errors.Join(err, f.Close()); err != nil {
			return nil, err
		}
		if string(start) == shardStart {
			found = append(found, path)
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s: is a folder without shards of a plan; name one with files that notifysim plan --shard "+
			"i/n --out FILE wrote", dir)
	}
	return found, nil
}

// strict decodes a line and refuses fields that v does not have.
func strict(line []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	return d.Decode(v)
}
