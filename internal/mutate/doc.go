// Package mutate breaks decisions of this module on purpose, to show that its tests notice. It is test support: only
// tests import it.
//
// A line that can be broken ends with a comment that names the mutant in kebab case:
//
//	if seen[am.key] { //mutant:duplicate-is-posted-twice
//
// A table in a test says how the line is broken: here by the operator Never, which makes the condition false. [Overlay]
// finds the markers in all packages of the module, so the marked code can be moved freely. It writes changed copies of
// the marked files for the -overlay flag of the go command. In these copies each mutant is behind a switch, so that one
// binary contains all mutants. The environment variable of [Env] chooses the mutant that is switched on.
//
// To add a mutant, mark the line, add a row with the same name to the table in sim/mutants_test.go, and run
//
//	go test ./sim -run TestMutants
//
// Package mutate never changes a file of the module, and a marker has no effect on ordinary builds.
package mutate
