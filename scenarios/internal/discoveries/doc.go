// Package discoveries can parse the configuration of every service discovery of Prometheus, but not discover anything:
// a scenario gives the Alertmanagers that a discovery would find. Prometheus' own discoveries would link the client
// libraries of all cloud providers.
//
// A generated file for each discovery has its fields and their defaults, taken from the types that Prometheus
// registers, and the rules in generate/rules.yml. The module in the directory generate writes and tests these files.
// Fields, types, enumerations, defaults, HTTP client settings, required fields, and fields that exclude each other are
// checked, with Prometheus' own messages. Two things are not done: the access key and zone of scaleway are not checked,
// and no field is derived from others, such as the endpoint of outscale.
package discoveries
