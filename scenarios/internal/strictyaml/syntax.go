package strictyaml

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// unreadable returns the position of the first character that is not allowed in a YAML file, and a message about it.
func unreadable(path string, text []byte) (pos Pos, what string) {
	line, col := 1, 1
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			return Pos{path, line, col}, fmt.Sprintf("byte 0x%02x is not UTF-8; save the file as UTF-8", text[i])
		case controls(r):
			return Pos{path, line, col}, fmt.Sprintf("control character %U; write it as an escape in double quotes", r)
		}
		i += size
		col++
		if r == '\n' {
			line, col = line+1, 1
		}
	}
	return Pos{}, ""
}

// controls reports whether YAML forbids a character outside of escape sequences.
func controls(r rune) bool {
	switch {
	case r == '\t', r == '\n', r == '\r', r == 0x85:
		return false
	}
	return r < ' ' || 0x7f <= r && r < 0xa0 || r == 0xfffe || r == 0xffff
}

var (
	yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?([\s\S]*)$`)
	// Unlike errors of the scanner, errors of the grammar count lines from 0.
	grammarError = regexp.MustCompile(`^did not find expected (<|node content|'-'|key|',')`)
	noAnchor     = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
)

// syntaxError converts an error of the YAML parser into arguments of Errorf. The parser reports only lines, and not
// always. The column is that of the first character on the line.
func syntaxError(path string, text []byte, err error) (pos Pos, format, msg string) {
	msg, line := err.Error(), 1
	if m := yamlLine.FindStringSubmatch(msg); m != nil {
		msg = m[2]
		if m[1] != "" {
			line, _ = strconv.Atoi(m[1])
			if grammarError.MatchString(msg) {
				line++
			}
		}
	}
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	line = min(line, len(lines))
	pos = Pos{path, line, Indent(lines[line-1]) + 1}
	if m := noAnchor.FindStringSubmatch(msg); m != nil {
		for i, l := range lines {
			if at := strings.Index(l, "*"+m[1]); at >= 0 {
				return Pos{path, i + 1, utf8.RuneCountInString(l[:at]) + 1}, "%s",
					fmt.Sprintf("there is no anchor &%s before this alias; write one, or put the text in quotes", m[1])
			}
		}
	}
	for i := line; i <= min(line+1, len(lines)); i++ {
		if at := strings.IndexByte(lines[i-1][:Indent(lines[i-1])], '\t'); at >= 0 {
			return Pos{path, i, at + 1}, "%s", "a tab indents this line; use spaces"
		}
	}
	return pos, "not YAML: %s; check the indentation, quotes and brackets here and above", msg
}

// Indent returns the number of spaces and tabs at the beginning of a line.
func Indent(line string) int { return len(line) - len(strings.TrimLeft(line, " \t")) }
