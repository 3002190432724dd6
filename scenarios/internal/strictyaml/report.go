package strictyaml

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Report collects the errors in a file and in the files that it names. The zero Report is empty.
type Report struct {
	// Path is the file whose errors are listed first.
	Path string

	errs    Errors
	seen    map[reported]bool
	sources map[string][]byte // the texts of files, by path
	count   int
}

// A reported identifies an error by its position and message.
type reported struct {
	pos Pos
	msg string
}

// Errorf adds an error, unless the same error was added before. Repeated aliases would otherwise repeat their errors.
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

// Missing reports that something is missing in a mapping, unless the mapping is malformed.
func (r *Report) Missing(m Mapping, format string, args ...any) {
	if !m.Malformed {
		r.Errorf(m.Pos, format, args...)
	}
}

// Known reports whether word is one of the known words. If not, it adds an error that suggests one. The word is the
// last argument of the format.
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

// NewChoice returns the Choice for a field.
func NewChoice(name string, given bool) Choice { return Choice{Name: name, Given: given} }

// One reports an error unless exactly one of the choices is given. what names the mapping in the error.
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
		r.Errorf(m.Pos, "%s has %s; write only one of them", what, Join(given, "and"))
	}
}

// Count returns how often Errorf was called. If a check leaves it unchanged, the check found no error.
func (r *Report) Count() int { return r.count }

// AddSource stores the text of a file for the excerpts of later errors.
func (r *Report) AddSource(path string, text []byte) {
	if r.sources == nil {
		r.sources = map[string][]byte{}
	}
	r.sources[path] = text
}

// RemoveSource removes the text of a file. Errors that were added before keep it.
func (r *Report) RemoveSource(path string) { delete(r.sources, path) }

// Source returns the text of a file, if it was added.
func (r *Report) Source(path string) []byte { return r.sources[path] }

// Fork returns an empty report for the same files.
func (r *Report) Fork() *Report { return &Report{Path: r.Path, sources: r.sources} }

// Errors returns the collected errors, sorted by position, with those of Path before those of other files. It is nil if
// there are none.
func (r *Report) Errors() Errors {
	rank := map[string]int{r.Path: -1} // other files have rank 0
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

// Err returns Errors as an error, or nil if there are none.
func (r *Report) Err() error {
	if len(r.errs) == 0 {
		return nil
	}
	return r.Errors()
}

// Join lists words for a sentence: "a, b or c".
func Join(words []string, conjunction string) string {
	n := len(words)
	if n < 2 {
		return strings.Join(words, "")
	}
	return fmt.Sprintf("%s %s %s", strings.Join(words[:n-1], ", "), conjunction, words[n-1])
}
