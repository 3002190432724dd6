package plan

import (
	"errors"
	"fmt"
	"strings"
)

// Merge puts the shards of one study together, in any order. It refuses those that are of another question or version, that are
// there twice, and that are missing.
func Merge(files []*ShardFile) (*Study, []Record, error) {
	if len(files) == 0 {
		return nil, nil, errors.New("there are no shards to merge")
	}
	first := files[0]
	n := first.header.N
	seen := make(map[int]*ShardFile, n)
	var records []Record
	for _, f := range files {
		h := f.header
		switch {
		case h.Hash != first.header.Hash:
			return nil, nil, fmt.Errorf("%s is of another plan than %s; merge shards of one", f.Path, first.Path)
		case h.Version != first.header.Version:
			return nil, nil, fmt.Errorf("%s was written by version %q, %s by %q; run all shards with one", f.Path, h.Version, first.Path, first.header.Version)
		case h.N != n:
			return nil, nil, fmt.Errorf("%s is one of %d shards, %s one of %d; merge shards of one split", f.Path, h.N, first.Path, n)
		case seen[h.I] != nil:
			return nil, nil, fmt.Errorf("%s and %s are both shard %v; leave one out", seen[h.I].Path, f.Path, h.Shard)
		}
		seen[h.I] = f
		records = append(records, f.records...)
	}
	if v := Version(); v != first.header.Version {
		return nil, nil, fmt.Errorf("%s was written by version %q, and this is %q; merge with that one", first.Path, first.header.Version, v)
	}
	var missing []string
	for i := 1; i <= n && len(missing) < 10; i++ {
		if seen[i] == nil {
			missing = append(missing, Shard{i, n}.String())
		}
	}
	if len(missing) > 0 {
		return nil, nil, fmt.Errorf("%d of %d shards are missing: %s", n-len(seen), n, strings.Join(missing, ", "))
	}
	study, err := NewStudy(first.header.Question)
	if err != nil {
		return nil, nil, err
	}
	for _, f := range files {
		if err := study.check(f.header.Shard, f.records); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", f.Path, err)
		}
	}
	return study, records, nil
}

// complete returns an error unless the records, in the order of their cells, are one for each cell.
func (s *Study) complete(records []Record, partial bool) error {
	for i, r := range records {
		switch {
		case r.Cell < 0 || r.Cell >= s.Cells():
			return fmt.Errorf("run %d is not one of the %d of this plan", r.Cell, s.Cells())
		case i > 0 && records[i-1].Cell == r.Cell:
			return fmt.Errorf("run %d is there twice", r.Cell)
		}
	}
	if n := s.Cells() - len(records); n > 0 && !partial {
		return fmt.Errorf("%d of %d runs are missing", n, s.Cells())
	}
	return nil
}

// IsShard returns an error unless the file at path is this shard of this study.
func (s *Study) IsShard(path string, sh Shard) error {
	f, err := ReadShard(path)
	if err != nil {
		return err
	}
	if f.header.Hash != s.Hash() || f.header.Shard != sh || f.header.Version != Version() {
		return fmt.Errorf("%s is another shard than this; remove it, or name another file", path)
	}
	return nil
}
