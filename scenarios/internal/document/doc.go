// Package document has a scenario file as it is written: structs whose tags are the grammar of the format (package
// strictyaml says what the tags mean), and the JSON Schema that is generated from them.
//
// Decode reports what is wrong with a value by itself: an unknown field, another kind of value, a number beyond its
// limits. What ties one part of a file to another, that a target exists, say, the package never checks; package
// scenarios does, and makes of a document what a run needs.
package document
