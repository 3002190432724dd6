// Package scenarios reads scenario files, and contains the scenario library.
//
// A scenario describes how a Prometheus server and its Alertmanagers are set up, what happens to them, and what must
// hold. Load checks a file completely: in the File that it returns every reference is resolved and every number is
// within its limit. The error that it returns lists everything that is wrong, each with its position and with what to
// write instead. Configurations and rules of Prometheus are read by Prometheus' own parsers.
//
// An Alertmanager can have a fault (see fakeam.Fault) or restart, which empties its store. The events zone_outage,
// swizzle and churn concern several Alertmanagers. In a zone_outage all of them hang at once. In a swizzle some of them
// begin to hang one after the other, and recover in another order. Churn replaces addresses in service discovery.
//
// The package never runs a scenario, opens no connection, and reads no files other than the scenario and the files that
// it names.
//
// A program that imports this package can parse the *_sd_configs of all service discoveries of Prometheus, but they
// discover nothing. The program must not import Prometheus' own service discoveries, for example by
// github.com/prometheus/prometheus/discovery/install, because a name can be registered only once.
//
// A scenario passes through the packages under internal and the files of this package in this order:
//
//   - internal/strictyaml turns text into nodes with positions; internal/document fills structs from them
//   - check.go checks these, part by part (check_*.go); internal/promfile, internal/promqlcheck and internal/recording
//     read configurations and rules, expressions, and recordings of a real server
//   - scenario.go, event.go, expectation.go and threshold.go are what comes out
package scenarios
