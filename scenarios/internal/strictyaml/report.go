package strictyaml

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Report collects the errors of a file and of the files that it names. The zero Report is empty.
type Report struct {
	// Path is the file whose errors come first.
	Path string

	errs    Errors
	seen    map[reported]bool
	sources map[string][]byte // the texts read, by path
	count   int
}

// A reported error is known by its position and message.
type reported struct {
	pos Pos
	msg string
}

// Errorf adds an error. An error that is there already is not added again: what an alias repeats is wrong once.
func (r *Report) Errorf(pos Pos, format string, args ...any) {
	if r.count++; len(r.errs) >= MaxErrors {
		return
	}
	e := reported{pos, fmt.Sprintf(format, args...)}
	if r.seen[e] {
		return
	}
	if r.seen == nil {
		r.seen = map[reported]bool{}
	}
	r.seen[e] = true
	r.errs = append(r.errs, &Error{Pos: e.pos, Msg: e.msg, source: r.sources[pos.File]})
}

// Missing reports what a mapping lacks, unless the mapping is malformed.
func (r *Report) Missing(m Mapping, format string, args ...any) {
	if !m.Malformed {
		r.Errorf(m.Pos, format, args...)
	}
}

// Known reports a word that is none of those known, and returns false then. The word is the last argument of the
// format.
func (r *Report) Known(pos Pos, word string, known []string, format string, args ...any) bool {
	if slices.Contains(known, word) {
		return true
	}
	r.Errorf(pos, format+"; %s", append(args, Shorten(word), WriteOneOf(word, known))...)
	return false
}

// A Choice is one of several fields of which exactly one must be given.
type Choice struct {
	Name  string
	Given bool
}

// NewChoice returns the choice of a field.
func NewChoice(name string, given bool) Choice { return Choice{Name: name, Given: given} }

// One reports an error unless exactly one of the choices is given; what names the mapping.
func (r *Report) One(m Mapping, what string, choices ...Choice) {
	var all, given []string
	for _, c := range choices {
		all = append(all, c.Name)
		if c.Given {
			given = append(given, c.Name)
		}
	}
	switch len(given) {
	case 0:
		r.Missing(m, "%s is incomplete; write one of %s", what, Join(all, "or"))
	case 1:
	default:
		r.Errorf(m.Pos, "%s has %s; write one of them only", what, Join(given, "and"))
	}
}

// Count returns how often Errorf was called. A check that finds it unchanged reported nothing.
func (r *Report) Count() int { return r.count }

// AddSource keeps the text of a file, which excerpts of later errors show.
func (r *Report) AddSource(path string, text []byte) {
	if r.sources == nil {
		r.sources = map[string][]byte{}
	}
	r.sources[path] = text
}

// RemoveSource forgets the text of a file; errors that are there already keep it.
func (r *Report) RemoveSource(path string) { delete(r.sources, path) }

// Source returns the text of a file that was added.
func (r *Report) Source(path string) []byte { return r.sources[path] }

// Fork returns an empty report about the same files.
func (r *Report) Fork() *Report { return &Report{Path: r.Path, sources: r.sources} }

// Errors returns what was collected, in order: the errors of Path before those of other files. It is nil without any.
func (r *Report) Errors() Errors {
	rank := map[string]int{r.Path: -1} // of other files: 0
	slices.SortStableFunc(r.errs, func(a, b *Error) int {
		return cmp.Or(
			cmp.Compare(rank[a.Pos.File], rank[b.Pos.File]),
			cmp.Compare(a.Pos.File, b.Pos.File),
			cmp.Compare(a.Pos.Line, b.Pos.Line),
			cmp.Compare(a.Pos.Col, b.Pos.Col),
		)
	})
	return r.errs
}

// Err returns Errors as an error, nil without any.
func (r *Report) Err() error {
	if len(r.errs) == 0 {
		return nil
	}
	return r.Errors()
}

// Join lists words in a sentence: "a, b or c".
func Join(words []string, conjunction string) string {
	n := len(words)
	if n < 2 {
		return strings.Join(words, "")
	}
	return fmt.Sprintf("%s %s %s", strings.Join(words[:n-1], ", "), conjunction, words[n-1])
}
