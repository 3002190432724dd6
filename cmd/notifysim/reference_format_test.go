package main

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// schemaTitles has the headings of docs/reference/format.md, by the name of the definition in the schema; "" is the
// schema itself.
var schemaTitles = map[string]string{
	"":                  "A file",
	"alertTest":         "An alert_test",
	"test":              "A test",
	"series":            "An input series",
	"behaviour":         "An Alertmanager",
	"distributionForms": "A latency",
	"service":           "A service time",
	"stall":             "A stall",
	"event":             "An event of the timeline",
	"send":              "A send",
	"group":             "A target group",
	"eventFault":        "A fault",
	"reload":            "A reload",
	"zone":              "A zone_outage or swizzle",
	"churn":             "Churn",
	"periodForms":       "A period",
	"ledgerTest":        "A ledger_test",
	"alertmanagerTest":  "An alertmanager_test",
	"received":          "An exp_received",
	"promqlTest":        "A promql_expr_test",
	"sample":            "A sample",
	"alertRuleTest":     "An alert_rule_test",
	"expectedAlert":     "An expected alert",
	"longThreshold":     "A threshold for some releases",
	"invariant":         "An invariant",
}

// formatReference returns tables of all fields of a scenario file, made from the descriptions and limits in the schema.
func formatReference(t *testing.T, schema []byte) string {
	var doc yaml.Node // JSON is valid YAML, and a yaml.Node keeps the order of the members
	require.NoError(t, yaml.Unmarshal(schema, &doc))
	root := doc.Content[0]
	var b strings.Builder
	section := func(name string, s *yaml.Node) {
		title, ok := schemaTitles[name]
		require.True(t, ok, "schemaTitles has no heading for %q", name)
		fmt.Fprintf(&b, "### %s\n\n| field | value | meaning |\n|---|---|---|\n", title)
		writeFields(&b, s, "")
		b.WriteString("\n")
	}
	section("", root)
	definitions := member(root, "definitions")
	// The schema lists a definition before those that refer to it. The page lists it after them.
	for i := len(definitions.Content) - 2; i >= 0; i -= 2 {
		section(definitions.Content[i].Value, definitions.Content[i+1])
	}
	return b.String()
}

// writeFields writes a row for each field of an object. If the value of a field is an object without a definition of
// its own, the fields of that object follow, indented.
func writeFields(b *strings.Builder, s *yaml.Node, indent string) {
	needed := map[string]bool{}
	if r := member(s, "required"); r != nil {
		for _, n := range r.Content {
			needed[n.Value] = true
		}
	}
	fields := member(s, "properties")
	if fields == nil {
		return
	}
	for i := 0; i < len(fields.Content); i += 2 {
		name, f := fields.Content[i].Value, fields.Content[i+1]
		meaning := cell(memberText(f, "description"))
		if d := member(f, "default"); d != nil {
			meaning += ". Default: " + d.Value
		}
		if needed[name] {
			meaning += ". **Needed**"
		}
		fmt.Fprintf(b, "| %s`%s` | %s | %s |\n", indent, name, valueOf(f), strings.TrimPrefix(meaning, ". "))
		if member(f, "properties") != nil {
			writeFields(b, f, indent+"↳ ")
		}
	}
}

// valueOf describes the values that a field can have, such as a number within limits, a duration, a list, or a link to
// another table.
func valueOf(s *yaml.Node) string {
	if ref := memberText(s, "$ref"); ref != "" {
		title := schemaTitles[strings.TrimPrefix(ref, "#/definitions/")]
		return fmt.Sprintf("[%s](#%s)", strings.ToLower(title[:1])+title[1:],
			strings.ReplaceAll(strings.ToLower(title), " ", "-"))
	}
	if all := member(s, "allOf"); all != nil {
		return valueOf(all.Content[0])
	}
	if any := member(s, "anyOf"); any != nil {
		return alternatives(any.Content)
	}
	kind := member(s, "type")
	switch {
	case kind == nil:
		return ""
	case kind.Kind == yaml.SequenceNode:
		return scalarOf(s, kind)
	case kind.Value == "array":
		return "list of " + plural(valueOf(member(s, "items")))
	case kind.Value == "object":
		if values := member(s, "additionalProperties"); values != nil && values.Kind == yaml.MappingNode {
			return "mapping of names to " + plural(valueOf(values))
		}
		return "mapping"
	}
	return kind.Value + limits(s)
}

// alternatives joins the descriptions of the values that a field can have by ", or ".
func alternatives(list []*yaml.Node) string {
	var words []string
	for _, s := range list {
		word := valueOf(s)
		if len(words) > 0 && word == "list of "+plural(words[len(words)-1]) {
			word = "list"
		}
		words = append(words, word)
	}
	return strings.Join(words, ", or ")
}

// scalarOf describes the value of a field that may be one of several YAML types, such as a duration.
func scalarOf(s, kinds *yaml.Node) string {
	switch pattern := memberText(s, "pattern"); {
	case strings.Contains(pattern, "(ns|"):
		return "duration"
	case pattern != "":
		return "number or range"
	}
	var words []string
	for _, k := range kinds.Content {
		words = append(words, k.Value)
	}
	switch strings.Join(words, " ") {
	case "string number boolean":
		return "text"
	case "number string":
		return "number"
	case "string number":
		return "time"
	}
	return strings.Join(words, " or ")
}

// limits describes the limits of a number. It returns "" for limits of 1e12 and above, which only prevent overflows.
func limits(s *yaml.Node) string {
	low, high := memberText(s, "minimum"), memberText(s, "maximum")
	if n, err := strconv.ParseFloat(high, 64); high == "" || err == nil && n >= 1e12 {
		return ""
	}
	return ", " + low + " to " + high
}

// plural returns the plural of a description, for use after "list of".
func plural(word string) string {
	switch word {
	case "text", "integer", "number", "duration", "mapping":
		return map[string]string{
			"text": "texts", "integer": "integers", "number": "numbers", "duration": "durations", "mapping": "mappings",
		}[word]
	}
	return word
}

// member returns a member of a JSON object, nil if there is none.
func member(s *yaml.Node, name string) *yaml.Node {
	for i := 0; i+1 < len(s.Content); i += 2 {
		if s.Content[i].Value == name {
			return s.Content[i+1]
		}
	}
	return nil
}

// memberText returns the text of a scalar member of a JSON object, or "" if the object has no such member.
func memberText(s *yaml.Node, name string) string {
	if m := member(s, name); m != nil {
		return m.Value
	}
	return ""
}
