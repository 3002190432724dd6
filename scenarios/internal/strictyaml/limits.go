package strictyaml

import "time"

// The limits of a text. Each is far above what people write, and far below what would harm the machine that reads the
// text.
const (
	MaxFileSize     = 1 << 20              // bytes in a text
	MaxErrors       = 1_000                // errors that a Report keeps
	MaxDuration     = 366 * 24 * time.Hour // for durations without limits of their own
	maxDepth        = 100                  // levels of nested lists and mappings
	maxAliased      = 100_000              // nodes reached through aliases
	maxAliasedBytes = 16 << 20             // bytes of text reached through aliases
)
