// Package strictyaml reads YAML strictly and records the position of every value.
//
// Read turns text into a tree of nodes without aliases. It rejects what a human reader may misunderstand: duplicate
// keys, tags, merge keys, and a second document. A Decoder fills Go structs from such a tree. The tags of their fields
// define the format:
//
//	yaml:"name"         the name of the field; a struct with yaml:",inline" adds its fields to the enclosing mapping
//	limits:"0s..1h"     the smallest and largest value, both included, in the notation of the value; both optional
//	required:"write …"  the field must be given; the text says what to write if it is not
//	example:"a … such as …" what to write if the value has the wrong kind
//
// A Report collects all errors, each with its position and with what to write instead, such as the nearest known word
// for a misspelt one, or the limit that a number exceeds. The size of the text, its depth, and the size of expanded
// aliases are limited, so that no file exhausts the memory.
//
// The package is independent of scenarios. It opens no files and never stops at the first error.
package strictyaml
