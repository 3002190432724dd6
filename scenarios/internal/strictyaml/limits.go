package strictyaml

import "time"

// The limits of a text. Each is far above what people write and far below what harms the machine that reads it.
const (
	MaxFileSize     = 1 << 20              // bytes of a text
	MaxErrors       = 1_000                // errors that a Report keeps
	MaxDuration     = 366 * 24 * time.Hour // of a duration without limits of its own
	maxDepth        = 100                  // levels of lists and mappings inside one another
	maxAliased      = 100_000              // nodes reached through aliases
	maxAliasedBytes = 16 << 20             // bytes of their text
)
