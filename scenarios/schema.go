package scenarios

import "github.com/notifysim/notifysim/scenarios/internal/document"

// Schema returns the JSON Schema (draft 7) of scenario files, which editors use to complete and check them. It covers
// names, kinds, limits and required fields. Relations between different parts of a file, such as whether a target
// exists, are checked only by Load.
func Schema() []byte { return document.Schema() }

// InvariantNames returns the names that are allowed in a test's invariants, in the order of reports.
func InvariantNames() []string { return document.InvariantNames() }
