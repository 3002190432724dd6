// Package discoveries knows the configuration of every service discovery of Prometheus, and nothing of what they do: a
// scenario gives the Alertmanagers that a discovery would find. The discoveries themselves link the clients of all
// clouds.
//
// For each of them a generated file has the fields and their defaults, taken from the types that Prometheus registers,
// and the rules of generate/rules.yml; the module in that folder writes and tests them. Fields, types, enumerations,
// defaults, HTTP client settings, what is required, and which fields exclude each other are checked with Prometheus'
// own messages. Not checked are the access key and zone of scaleway, and what Prometheus derives from a configuration
// is not derived, such as the endpoint of outscale.
package discoveries
