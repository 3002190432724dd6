package promfile

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

var (
	promLine     = regexp.MustCompile(`^\s*(?:yaml: )?line (\d+): (.*)$`)
	unknownField = regexp.MustCompile(`^field (\S+) not found in type (\S+)`)
	wrongType    = regexp.MustCompile("^cannot unmarshal !!(\\S+)(?: `(.*)`)? into (\\S+)$")
	keyTwice     = regexp.MustCompile(`^(?:field|key|mapping key) (\S+) already (?:set in|defined at) `)
)

// advice returns what to write instead, for a message of Prometheus' parser, or where to read about it.
func (k kind) advice(msg string) string {
	for _, a := range []struct{ part, write string }{
		{"not a valid duration string", "write a duration such as 30s or 1h30m"},
		{"is not a valid hostname", "write host:port, such as am-a:9093, " +
			"with http or https in `scheme` and a path in `path_prefix`"},
		{"expected Alertmanager api version", "write v1 or v2, or leave it out"},
		{"only one of 'record' and 'alert'", "remove one"},
		{"one of 'record' or 'alert' must be set", "write alert: or record: and a name"},
		{"field 'expr' must be set", "write expr: and an expression"},
		{"invalid field", "remove it"},
		{"Groupname must not be empty", "write a `name` for the group"},
		{"is repeated in the same file", "write another name"},
	} {
		if strings.Contains(msg, a.part) {
			return a.write
		}
	}
	return "see " + k.reference
}

// explain reports an error of Prometheus' parser. Each line of the error is reported at its own position.
func (s *source) explain(err error) {
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
		s.explainLine(n, m[2])
	}
}

// explainLine reports a message of the parser that is about a line of the text.
func (s *source) explainLine(line int, msg string) {
	at := func(word string) strictyaml.Pos { return s.onLine(line, word) }
	if m := unknownField.FindStringSubmatch(msg); m != nil {
		s.Errorf(at(m[1]), "%s: unknown field %q; %s", s.name, m[1], s.writeField(m[1], m[2]))
	} else if m := keyTwice.FindStringSubmatch(msg); m != nil {
		key := strings.Trim(m[1], `"`)
		s.Errorf(at(key), "%s: %q is given twice; remove one", s.name, key)
	} else if m := wrongType.FindStringSubmatch(msg); m != nil {
		got, want := strconv.Quote(m[2]), m[3]
		if m[2] == "" {
			got = map[string]string{"map": "a mapping", "seq": "a list"}[m[1]]
		}
		if want = kindWanted(want); want == got {
			want = "a list"
		}
		s.Errorf(at(m[2]), "%s: %s does not belong here; write %s", s.name, got, want)
	} else {
		s.Errorf(at(""), "%s: %s; %s", s.name, msg, s.advice(msg))
	}
}

// kindWanted returns in words what to write for a Go type of Prometheus' configuration.
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
