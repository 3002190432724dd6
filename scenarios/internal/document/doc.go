// Package document represents a scenario file as it is written: as structs whose tags define the format (package
// strictyaml explains the tags). It also generates the JSON Schema from these structs.
//
// Decode reports errors that concern a single value: an unknown field, a value of the wrong kind, a number outside its
// limits. Relations between values, such as whether a target exists, are checked by package scenarios, which also
// converts a document into what a run needs.
package document
