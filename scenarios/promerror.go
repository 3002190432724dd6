package scenarios

import (
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/rulefmt"
	"go.yaml.in/yaml/v3"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// A promSource is a file that Prometheus reads, and where its parts stand.
type promSource struct {
	*strictyaml.Report
	promKind
	file  string
	text  string               // what Prometheus reads
	exact bool                 // its lines are the file's
	anew  map[int][]*yaml.Node // if not: the nodes on its lines, in order
	root  *yaml.Node           // nil for an empty file
	pos   Pos                  // of the whole
}

// A promKind is a kind of file that Prometheus reads.
type promKind struct {
	name, reference string
	fields          []string // all of them
}

var (
	promConfig = promKind{"config", "Prometheus' reference of its configuration", promFields}
	promRules  = promKind{"rule file", "Prometheus' documentation of rules", fieldNames(reflect.TypeFor[rulefmt.RuleGroups](), map[reflect.Type]bool{}, nil)}
)

var (
	promLine     = regexp.MustCompile(`^\s*(?:yaml: )?line (\d+): (.*)$`)
	unknownField = regexp.MustCompile(`^field (\S+) not found in type `)
	wrongType    = regexp.MustCompile("^cannot unmarshal !!(\\S+)(?: `(.*)`)? into (\\S+)$")
	keyTwice     = regexp.MustCompile(`^(?:field|key|mapping key) (\S+) already (?:set in|defined at) `)
)

// promAdvice says what to write instead of what Prometheus' parser finds wrong, by a part of its message.
var promAdvice = []struct{ wrong, write string }{
	{"not a valid duration string", "write a duration such as 30s or 1h30m"},
	{"is not a valid hostname", "write host:port, such as am-a:9093; http or https belongs under scheme:, a path under path_prefix:"},
	{"only one of 'record' and 'alert'", "remove one"},
	{"one of 'record' or 'alert' must be set", "write alert: or record: and a name"},
	{"field 'expr' must be set", "write expr: and an expression"},
	{"invalid field", "remove it"},
	{"Groupname must not be empty", "write name: and what the group is about"},
	{"is repeated in the same file", "write another name"},
}

// advice says what to write instead of what a message is about, or where to read of it.
func (k promKind) advice(msg string) string {
	for _, a := range promAdvice {
		if strings.Contains(msg, a.wrong) {
			return a.write
		}
	}
	return "see " + k.reference
}

// explain reports what Prometheus' parser says, each line of it at its place.
func (s *promSource) explain(err error) {
	for line := range strings.SplitSeq(err.Error(), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line == "yaml: unmarshal errors:" {
			continue
		}
		m := promLine.FindStringSubmatch(line)
		if m == nil {
			msg := strings.TrimPrefix(line, "yaml: ")
			s.Errorf(s.quoted(line), "%s: %s; %s", s.name, msg, s.advice(msg))
			continue
		}
		n, _ := strconv.Atoi(m[1])
		s.at(n, m[2])
	}
}

// at reports a message about a line.
func (s *promSource) at(line int, msg string) {
	place := func(word string) Pos { return s.onLine(line, word) }
	if m := unknownField.FindStringSubmatch(msg); m != nil {
		s.Errorf(place(m[1]), "%s: unknown field %q; %s", s.name, m[1], s.writeField(m[1]))
	} else if m := keyTwice.FindStringSubmatch(msg); m != nil {
		s.Errorf(place(strings.Trim(m[1], `"`)), "%s: %q is given twice; remove one", s.name, strings.Trim(m[1], `"`))
	} else if m := wrongType.FindStringSubmatch(msg); m != nil {
		got, want := strconv.Quote(m[2]), m[3]
		if m[2] == "" {
			got = map[string]string{"map": "a mapping", "seq": "a list"}[m[1]]
		}
		if want = kindWanted(want); want == got {
			want = "a list"
		}
		s.Errorf(place(m[2]), "%s: %s does not belong here; write %s", s.name, got, want)
	} else {
		s.Errorf(place(""), "%s: %s; %s", s.name, msg, s.advice(msg))
	}
}

// kindWanted says in words what a Go type of Prometheus' configuration is written as.
func kindWanted(goType string) string {
	switch {
	case strings.HasPrefix(goType, "[]"):
		return "a list"
	case strings.HasPrefix(goType, "int"), strings.HasPrefix(goType, "uint"), strings.HasPrefix(goType, "float"):
		return "a number"
	case goType == "string":
		return "text"
	case goType == "bool":
		return "true or false"
	}
	return "a mapping"
}

// onLine returns the place of word on a line, as a key or a value, or of the first thing on it.
func (s *promSource) onLine(line int, word string) Pos {
	if !s.exact {
		return s.onNewLine(line, word)
	}
	pos := Pos{File: s.file, Line: line, Col: 1}
	if lines := strings.Split(s.text, "\n"); line <= len(lines) {
		pos.Col = strictyaml.Indent(lines[line-1]) + 1
	}
	s.walk(func(n *yaml.Node) bool {
		if n.Line == line && n.Value == word && n.Kind == yaml.ScalarNode && word != "" {
			pos.Col = n.Column
			return false
		}
		return true
	})
	return pos
}

// onNewLine is onLine for text that is written anew.
func (s *promSource) onNewLine(line int, word string) Pos {
	for _, n := range s.anew[line] {
		if n.Kind == yaml.ScalarNode && (n.Value == word || word == "") {
			return strictyaml.At(s.file, n)
		}
	}
	return s.only(func(v string) bool { return v == word })
}

// quoted returns the place of the scalar that msg quotes: many of Prometheus' errors have no line.
func (s *promSource) quoted(msg string) Pos {
	return s.only(func(v string) bool {
		return v != "" && (strings.Contains(msg, strconv.Quote(v)) || strings.Contains(msg, "`"+v+"`") || strings.Contains(msg, "^(?s:"+v+")$"))
	})
}

// only returns the place of the one scalar that is meant, or of the whole when there is none or more.
func (s *promSource) only(meant func(string) bool) Pos {
	found := map[Pos]bool{}
	s.walk(func(n *yaml.Node) bool {
		if n.Kind == yaml.ScalarNode && meant(n.Value) {
			found[strictyaml.At(s.file, n)] = true
		}
		return len(found) < 2
	})
	for pos := range found {
		if len(found) == 1 {
			return pos
		}
	}
	return s.pos
}

// emptyItem returns the place of the first list item that is empty, or of the whole.
func (s *promSource) emptyItem() Pos {
	pos := s.pos
	s.walk(func(n *yaml.Node) bool {
		for _, item := range n.Content {
			if n.Kind == yaml.SequenceNode && strictyaml.KindOf(item) == "empty" {
				pos = strictyaml.At(s.file, item)
				return false
			}
		}
		return true
	})
	return pos
}

// walk visits the nodes until visit says stop.
func (s *promSource) walk(visit func(*yaml.Node) bool) {
	var down func(n *yaml.Node) bool
	down = func(n *yaml.Node) bool {
		if !visit(n) {
			return false
		}
		for _, c := range n.Content {
			if !down(c) {
				return false
			}
		}
		return true
	}
	if s.root != nil {
		down(s.root)
	}
}

// find returns the place of the key at the end of a path of keys and indices, or of the last that exists.
func (s *promSource) find(path ...string) Pos {
	pos, _ := s.lookup(path...)
	return pos
}

func (s *promSource) lookup(path ...string) (Pos, *yaml.Node) {
	pos, n := s.pos, s.root
	for _, step := range path {
		if n == nil {
			return pos, nil
		}
		var next *yaml.Node
		if i, err := strconv.Atoi(step); err == nil && n.Kind == yaml.SequenceNode && i < len(n.Content) {
			next = n.Content[i]
			pos = strictyaml.At(s.file, next)
		}
		for i := 0; n.Kind == yaml.MappingNode && i < len(n.Content); i += 2 {
			if n.Content[i].Value == step {
				pos, next = strictyaml.At(s.file, n.Content[i]), n.Content[i+1]
			}
		}
		n = next
	}
	return pos, n
}

// oldAPI reports api_version: v1, which Prometheus' parser has refused since v3.0.
func (s *promSource) oldAPI() {
	_, ams := s.lookup("alerting", "alertmanagers")
	if ams == nil {
		return
	}
	for i := range ams.Content {
		if _, v := s.lookup("alerting", "alertmanagers", fmt.Sprint(i), "api_version"); v != nil && v.Value == "v1" {
			s.Errorf(strictyaml.At(s.file, v),
				"config: api_version v1 is refused by Prometheus since v3.0; leave api_version out: the release decides which API it posts to")
		}
	}
}

// writeField suggests a field.
func (k promKind) writeField(word string) string {
	if strings.HasSuffix(word, "_sd_configs") {
		return "write static_configs, or the name of one of Prometheus' service discoveries"
	}
	if near := strictyaml.Nearest(word, k.fields); near != "" {
		return fmt.Sprintf("write %q", near)
	}
	return "write a field that Prometheus has in this place"
}

// promFields are the names of all fields of Prometheus' configuration.
var promFields = fieldNames(reflect.TypeFor[config.Config](), map[reflect.Type]bool{}, []string{"static_configs"})

func fieldNames(t reflect.Type, seen map[reflect.Type]bool, names []string) []string {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return fieldNames(t.Elem(), seen, names)
	case reflect.Struct:
		if seen[t] {
			return names
		}
		seen[t] = true
		for i := range t.NumField() {
			f := t.Field(i)
			if name, _, _ := strings.Cut(f.Tag.Get("yaml"), ","); name != "" && name != "-" {
				names = append(names, name)
			}
			names = fieldNames(f.Type, seen, names)
		}
	}
	return names
}
