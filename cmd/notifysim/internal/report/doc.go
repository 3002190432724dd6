// Package report shows the results of notifysim's commands: tables with colours for people, JSON and JUnit XML for
// programs, annotations for GitHub, Markdown for comments, and progress on a terminal.
//
// The package only writes results to the writers that it is given; it does not decide whether a run passes. The same
// results give the same bytes, except for the time that a command took. Field names of JSON are a contract: fields are
// added, never renamed or removed.
package report
