package scenarios

import "github.com/notifysim/notifysim/scenarios/internal/strictyaml"

// A Pos is a position in a file. Line and Col count from 1. Its String is "file:line:col".
type Pos = strictyaml.Pos

// An Error says what is wrong at one position of a scenario file. Msg describes it and says, after a semicolon, what to
// write instead. The method Excerpt returns the line of the file with a caret under the position.
type Error = strictyaml.Error

// Errors are all errors in a scenario, sorted by position. Load, Parse and similar functions return it as their error.
type Errors = strictyaml.Errors
