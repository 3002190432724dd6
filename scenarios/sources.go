package scenarios

import "path"

// Sources are the texts of a scenario file and of the files that it names, by path. They allow checking the scenario on
// a machine that does not have the files.
type Sources map[string]string

// LoadSources is Load, and also returns the texts.
func LoadSources(path string) (*File, Sources, error) {
	text, err := readHost(path, MaxFileSize)
	if err != nil {
		return nil, nil, err
	}
	return ParseSources(path, text)
}

// ParseSources is LoadSources for text that has been read already. path is used as in Parse.
func ParseSources(path string, text []byte) (*File, Sources, error) {
	s := Sources{path: string(text)}
	file, err := parse(hostFolder(s.keeping(readHost), path), path, text)
	if err != nil {
		return nil, nil, err
	}
	return file, s, nil
}

// LoadEmbeddedSources is LoadSources for an embedded scenario.
func LoadEmbeddedSources(name string) (*File, Sources, error) {
	s := Sources{}
	read := s.keeping(func(name string, limit int64) ([]byte, error) { return readUpTo(library, name, limit) })
	text, err := read(name, MaxFileSize)
	if err != nil {
		return nil, nil, err
	}
	file, err := parse(folder{read: read, dir: path.Dir(name)}, name, text)
	if err != nil {
		return nil, nil, err
	}
	return file, s, nil
}

// keeping returns a function that reads files as read does, and keeps their texts in s.
func (s Sources) keeping(read func(string, int64) ([]byte, error)) func(string, int64) ([]byte, error) {
	return func(name string, limit int64) ([]byte, error) {
		text, err := read(name, limit)
		if err == nil {
			s[name] = string(text)
		}
		return text, err
	}
}

// Parse is Load for the scenario at path, with these texts as the only files.
func (s Sources) Parse(path string) (*File, error) {
	return parse(hostFolder(s.read, path), path, []byte(s[path]))
}

// read is readUpTo for these texts.
func (s Sources) read(name string, limit int64) ([]byte, error) {
	text, ok := s[name]
	switch {
	case !ok:
		return nil, Errors{{Pos: Pos{File: name}, Msg: noSuchFile}}
	case int64(len(text)) > limit:
		return nil, Errors{{Pos: Pos{File: name}, Msg: tooLarge(limit)}}
	}
	return []byte(text), nil
}
