package discoveries

import (
	"errors"
	"reflect"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/discovery"
)

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
	return check(reflect.ValueOf(&c.Fields).Elem(), reflect.ValueOf(about.defaults), about.rules)
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
