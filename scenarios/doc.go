// Package scenarios reads scenario files and holds the library of them.
//
// A scenario says how a Prometheus server and its Alertmanagers are set up, what happens to them, and what must hold.
// Load checks all of a file: in the File that it returns every reference is resolved and every number is within its
// limit; the error that it returns names everything that is wrong, each with its position and with what to write
// instead. Configurations and rules of Prometheus are read by Prometheus' own parsers.
//
// An Alertmanager can have a fault (fakeam.Fault says which there are) or restart, which empties its store. The events
// zone_outage, swizzle and churn concern several Alertmanagers: all hang at once; some hang, beginning one after the
// other and ending in another order; addresses in service discovery are replaced.
//
// The package never runs a scenario, opens no connection, and reads no files but the scenario and those that it names.
//
// A program that imports it parses the *_sd_configs of all service discoveries of Prometheus, but they discover
// nothing. The program must import none of Prometheus' own, such as
// github.com/prometheus/prometheus/discovery/install: a name can be registered only once.
//
// A scenario passes through the packages below internal and the files here in this order:
//
//   - internal/strictyaml turns text into nodes with positions; internal/document fills structs from them
//   - check.go checks these, part by part (check_*.go); internal/promfile, internal/promqlcheck and internal/recording
//     read configurations and rules, expressions, and recordings of a real server
//   - scenario.go, event.go, expectation.go and threshold.go are what comes out
package scenarios
