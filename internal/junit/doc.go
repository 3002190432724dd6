// Package junit writes test reports as JUnit XML, in the form that CI systems read: a testsuites element with
// testsuite elements with testcase elements.
//
// It counts the outcomes itself and escapes what XML cannot hold. It reads no report, and it knows nothing of what
// the test cases are about.
//
// The package is internal to this module: it promises nothing to others.
package junit
