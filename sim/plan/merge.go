package plan

import (
	"errors"
	"fmt"
	"strings"
)

// Merge merges all shards of one study, given in any order. build identifies this program. Merge refuses shards of
// different questions or programs, duplicate shards, and an incomplete set.
func Merge(build string, files []*ShardFile) (*Study, []Record, error) {
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
		case h.Build != first.header.Build:
			return nil, nil, fmt.Errorf("%s was written by notifysim %s, %s by notifysim %s; run all shards with one program",
				f.Path, h.Build, first.Path, first.header.Build)
		case h.N != n:
			return nil, nil, fmt.Errorf("%s is one of %d shards, %s one of %d; merge shards of one split", f.Path, h.N,
				first.Path, n)
		case seen[h.I] != nil:
			return nil, nil, fmt.Errorf("%s and %s are both shard %v; leave one out", seen[h.I].Path, f.Path, h.Shard)
		}
		seen[h.I] = f
		records = append(records, f.records...)
	}
	if build != first.header.Build {
		return nil, nil, fmt.Errorf("%s was written by notifysim %s, and this is notifysim %s; merge with the program that "+
			"ran the shards", first.Path, first.header.Build, build)
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
	study.Build = build
	for _, f := range files {
		if err := study.checkShardRecords(f.header.Shard, f.records); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", f.Path, err)
		}
	}
	return study, records, nil
}

// IsShard returns an error unless the file at path is the shard sh of this study, written by this program.
func (s *Study) IsShard(path string, sh Shard) error {
	f, err := ReadShard(path)
	if err != nil {
		return err
	}
	switch {
	case f.header.Hash != s.Hash() || f.header.Shard != sh:
		return fmt.Errorf("%s is another shard than this; remove it, or name another file", path)
	case f.header.Build != s.Build:
		return fmt.Errorf("%s was written by notifysim %s, and this is notifysim %s; remove it, or name another file",
			path, f.header.Build, s.Build)
	}
	return nil
}
