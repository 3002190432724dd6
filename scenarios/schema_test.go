package scenarios_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/notifysim/notifysim/scenarios"
)

const schemaFile = "scenario.schema.json"

// scenario.schema.json is up to date. A new field needs a description in internal/document/schema_text.yml. After a
// change run go test ./scenarios -run Schema -update.
func TestSchemaIsWritten(t *testing.T) {
	got := scenarios.Schema()
	if *update {
		require.NoError(t, os.WriteFile(schemaFile, got, 0o644))
	}
	want, err := os.ReadFile(schemaFile)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(string(want), string(got)), "run go test ./scenarios -run Schema -update")
}

// Every field has a description.
func TestSchemaExplains(t *testing.T) {
	var schema any
	require.NoError(t, json.Unmarshal(scenarios.Schema(), &schema))
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			if fields, ok := v["properties"].(map[string]any); ok {
				for name, f := range fields {
					require.NotEmpty(t, f.(map[string]any)["description"], "%s.%s: describe it in schema_text.yml", path, name)
				}
			}
			for name, inner := range v {
				walk(path+"."+name, inner)
			}
		case []any:
			for _, inner := range v {
				walk(path, inner)
			}
		}
	}
	walk("file", schema)
}

func schema(t *testing.T) *jsonschema.Schema {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(scenarios.Schema()))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource(schemaFile, doc))
	s, err := c.Compile(schemaFile)
	require.NoError(t, err)
	return s
}

// instance returns YAML text as a JSON document, or nil if it is not YAML.
func instance(t *testing.T, text []byte) any {
	var doc any
	if yaml.Unmarshal(text, &doc) != nil {
		return nil
	}
	b, err := json.Marshal(doc)
	if err != nil {
		return nil
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	require.NoError(t, err)
	return v
}

// The schema accepts every scenario in the library and in the files for tests.
func TestSchemaAcceptsScenarios(t *testing.T) {
	s := schema(t)
	files := 0
	for _, glob := range []string{
		"*.yml", "*/*.yml", "../sim/testdata/*.yml", "../sim/*/testdata/*.yml", "../cmd/notifysim/testdata/*.yml",
	} {
		names, err := filepath.Glob(glob)
		require.NoError(t, err)
		for _, name := range names {
			text, err := os.ReadFile(name)
			require.NoError(t, err)
			if _, err := scenarios.Parse(name, text); err != nil {
				continue // it is not a scenario
			}
			files++
			require.NoError(t, s.Validate(instance(t, text)), name)
		}
	}
	require.Greater(t, files, 25)
}

// structural are the files in testdata/broken whose errors the schema can detect: unknown fields, wrong kinds, numbers
// outside their limits, missing fields.
var structural = []string{
	"distributions", "empty", "flags", "faults", "list_at_the_top", "no_tests", "only_comments",
	"queue_capacity_above_the_limit", "seeds", "seeds_as_a_list", "shapes", "text_at_the_top", "unknown_fields",
	"wrong_kinds", "excerpts", "misspelt_expectations", "durations", "config_file_broken",
}

func TestSchemaRefusesBrokenStructure(t *testing.T) {
	s := schema(t)
	var left []string
	files, err := filepath.Glob(filepath.Join("testdata", "broken", "*.yml"))
	require.NoError(t, err)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yml")
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		doc := instance(t, text)
		if doc == nil && !slices.Contains(structural, name) {
			continue // not YAML
		}
		if slices.Contains(structural, name) {
			require.Error(t, s.Validate(doc), file)
		} else if s.Validate(doc) == nil {
			left = append(left, name)
		}
	}
	t.Logf("the schema cannot detect the errors in: %s", strings.Join(left, ", "))
}
