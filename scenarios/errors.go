package scenarios

import "github.com/notifysim/notifysim/scenarios/internal/strictyaml"

// A Pos is a position in a file: File, Line and Col, which count from 1. Its String is "file:line:col".
type Pos = strictyaml.Pos

// An Error is one thing that is wrong with a scenario file: at Pos, with a Msg that says what it is and, after a
// semicolon, what to write instead. Its method Excerpt returns the line of the file and a caret under the position.
type Error = strictyaml.Error

// Errors are all that is wrong with a scenario, in the order of their positions. Load and its like return it.
type Errors = strictyaml.Errors
