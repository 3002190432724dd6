// Package discoveries knows the configuration of every service discovery of Prometheus, and nothing of what they do: a
// scenario gives the Alertmanagers that a discovery would find. The discoveries themselves link the clients of all
// clouds.
//
// For each of them a generated file has the fields, their defaults and rules, taken from the types that Prometheus
// registers; the module in the folder generate writes and tests them. Fields, types, enumerations, defaults, HTTP
// client settings, what is required, and which fields exclude each other are checked with Prometheus' own messages. Not
// checked are the access key and zone of scaleway, and what Prometheus derives from a configuration is not derived,
// such as the endpoint of outscale.
package discoveries

import (
	"errors"
	"reflect"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/discovery"
)

// Register makes Prometheus' parser read the *_sd_configs of all service discoveries. It panics in a program that
// imports one of Prometheus' own, for each name can be registered only once.
func Register() {
	for _, c := range all() {
		discovery.RegisterConfig(c)
	}
}

// All returns an empty configuration of each service discovery.
func All() []discovery.Config { return all() }

// An SDConfig is the configuration of a service discovery, or a part of one that has defaults or rules. T are its
// fields.
type SDConfig[T shape[T]] struct {
	Fields T `yaml:",inline"`
}

// A shape is a struct with the fields of a configuration.
type shape[T any] interface{ about() about[T] }

type about[T any] struct {
	name     string
	defaults T
	rules    []Rule // in the order in which Prometheus looks at them
}

func (c *SDConfig[T]) UnmarshalYAML(unmarshal func(any) error) error {
	about := c.Fields.about()
	c.Fields = about.defaults
	if err := unmarshal(&c.Fields); err != nil {
		return err
	}
	return Check(reflect.ValueOf(&c.Fields).Elem(), reflect.ValueOf(about.defaults), about.rules)
}

// Name returns what stands before _sd_configs.
func (c *SDConfig[T]) Name() string { return c.Fields.about().name }

func (c *SDConfig[T]) fields() reflect.Type { return reflect.TypeFor[T]() }

// NewDiscoverer fails: there is nothing behind the configuration.
func (c *SDConfig[T]) NewDiscoverer(discovery.DiscovererOptions) (discovery.Discoverer, error) {
	return nil, errors.New(c.Name() + "_sd_configs are only read, nothing is discovered")
}

// NewDiscovererMetrics returns none.
func (c *SDConfig[T]) NewDiscovererMetrics(
	prometheus.Registerer, discovery.RefreshMetricsInstantiator,
) discovery.DiscovererMetrics {
	return &discovery.NoopDiscovererMetrics{}
}

// Fields returns the names of the fields of a type of this package, by the name that errors of the YAML parser have for
// it.
func Fields(typeName string) []string {
	if !strings.HasPrefix(typeName, "discoveries.") {
		return nil
	}
	var names []string
	seen := map[reflect.Type]bool{}
	var find func(t reflect.Type)
	find = func(t reflect.Type) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || seen[t] || names != nil {
			return
		}
		seen[t] = true
		if t.String() == typeName {
			names = fieldNames(t)
			return
		}
		for i := range t.NumField() {
			find(t.Field(i).Type)
		}
	}
	for _, c := range all() {
		find(c.(interface{ fields() reflect.Type }).fields())
	}
	return names
}

// fieldNames are the names of a struct's fields in YAML, those of inlined structs included.
func fieldNames(t reflect.Type) []string {
	var names []string
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case options == "inline":
			names = append(names, fieldNames(f.Type)...)
		case name != "" && name != "-":
			names = append(names, name)
		}
	}
	return names
}
