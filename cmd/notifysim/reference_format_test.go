package main

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// schemaTitles are the headings of the format's parts, by the name that the schema gives them.
var schemaTitles = map[string]string{
	"":                  "A file",
	"alertTest":         "What is expected of alerts",
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
	"zone":              "Targets of an event",
	"churn":             "Churn",
	"periodForms":       "A period",
	"ledgerTest":        "A ledger_test",
	"alertmanagerTest":  "An alertmanager_test",
	"received":          "What was received",
	"promqlTest":        "A promql_expr_test",
	"sample":            "A sample",
	"alertRuleTest":     "An alert_rule_test",
	"expectedAlert":     "An expected alert",
	"longThreshold":     "A threshold for some releases",
	"invariant":         "An invariant",
}

// formatReference describes every field of a scenario file, from the texts and limits of the schema.
func formatReference(t *testing.T, schema []byte) string {
	var doc yaml.Node // JSON is YAML, and a node keeps the order of members
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
	// The schema lists a part before those that contain it; a reader wants them the other way round.
	for i := len(definitions.Content) - 2; i >= 0; i -= 2 {
		section(definitions.Content[i].Value, definitions.Content[i+1])
	}
	return b.String()
}

// writeFields writes a row for each field of an object, and below it the fields of objects that have no name.
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

// valueOf says what a field is given: a number within limits, a duration, a list of such, another part of the format.
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

// alternatives joins the values of which a field has one.
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

// scalarOf names the value of a field that YAML may write in several ways.
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

// limits returns the limits of a number, "" for those that only keep counts from overflowing.
func limits(s *yaml.Node) string {
	low, high := memberText(s, "minimum"), memberText(s, "maximum")
	if n, err := strconv.ParseFloat(high, 64); high == "" || err == nil && n >= 1e12 {
		return ""
	}
	return ", " + low + " to " + high
}

// plural is for words after "list of".
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

// memberText returns a member of a JSON object that is a scalar, "" if there is none.
func memberText(s *yaml.Node, name string) string {
	if m := member(s, name); m != nil {
		return m.Value
	}
	return ""
}
