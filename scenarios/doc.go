// Package scenarios reads scenario files and holds the library of them.
//
// A scenario says how a Prometheus server and its Alertmanagers are set up, what happens to them, and what must hold.
// Load checks all of a file: a File that it returns has every reference resolved and every number within its limit, and
// an error that it returns names everything that is wrong, each with its place and with what to write instead.
// Configurations of Prometheus are read by Prometheus' own parser.
//
// What happens to Alertmanagers is a fault of one of them (fakeam.Fault says which there are), or restart, which empties its store;
// zone_outage, swizzle and churn stand for several such events.
//
// The package never runs a scenario, opens no connection, and reads no file but the scenario and its config_file.
//
// A program that imports it parses the *_sd_configs of all service discoveries of Prometheus, but they discover nothing. It must
// import none of Prometheus' own, such as github.com/prometheus/prometheus/discovery/install: a name can be registered only once.
package scenarios
