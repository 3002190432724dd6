package scenarios

import "embed"

// The library lives in this folder and travels inside the binary.
//
//go:embed *.yml
var library embed.FS
