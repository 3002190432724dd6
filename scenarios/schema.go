package scenarios

import "github.com/notifysim/notifysim/scenarios/internal/document"

// Schema returns the JSON Schema (draft 7) of scenario files, with which editors complete and check them: names, kinds,
// limits and what is required. What ties one part of a file to another, that a target exists, say, only Load checks.
func Schema() []byte { return document.Schema() }

// InvariantNames returns the names that a test's invariants may have, in the order of reports.
func InvariantNames() []string { return document.InvariantNames() }
