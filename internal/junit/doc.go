// Package junit writes test reports as JUnit XML, in the form that CI systems read: a testsuites element with
// testsuite elements with testcase elements.
//
// It counts the outcomes itself and replaces characters that XML cannot contain. It does not read reports, and does not
// depend on what is tested.
//
// The package is internal to this module: its API may change at any time.
package junit
