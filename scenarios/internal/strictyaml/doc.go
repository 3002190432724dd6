// Package strictyaml reads YAML strictly, with the position of every value.
//
// Read turns text into a tree of nodes without aliases, and refuses what a reader may take for something else: a key
// given twice, a tag, a merge key, a second document. A Decoder fills Go structs from such a tree. The tags of their
// fields are the grammar:
//
//	yaml:"name"         the field's name; structs with yaml:",inline" add their fields to the mapping around them
//	limits:"0s..1h"     the least and greatest value, both included, as a value is written; either may be absent
//	required:"write …"  the field must be given; the text is what to write if it is not
//	example:"such as …" what to write instead of a value of another kind
//
// A Report collects every error, each with its position and with what to write instead: the nearest known word for a
// misspelt one, the limit that a number exceeds. The size of the text, its depth and what its aliases expand to are
// bounded, so that no file makes a reader run out of memory.
//
// The package knows nothing of scenarios. It reads no files and never stops at the first error.
package strictyaml
