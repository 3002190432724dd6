package discoveries

import (
	"errors"
	"reflect"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/discovery"
)

// An SDConfig is the configuration of a service discovery, or a struct in one that has defaults or rules. Fields are
// its fields.
type SDConfig[T shape[T]] struct {
	Fields T `yaml:",inline"`
}

// A shape is a struct with the fields of a configuration. Its method about returns what else is known about the
// configuration.
type shape[T any] interface{ about() about[T] }

type about[T any] struct {
	name     string
	defaults T
	rules    []Rule // in the order in which Prometheus checks them
}

func (c *SDConfig[T]) UnmarshalYAML(unmarshal func(any) error) error {
	about := c.Fields.about()
	c.Fields = about.defaults
	if err := unmarshal(&c.Fields); err != nil {
		return err
	}
	return check(reflect.ValueOf(&c.Fields).Elem(), reflect.ValueOf(about.defaults), about.rules)
}

// Name returns the name of the discovery, which comes before _sd_configs in a configuration.
func (c *SDConfig[T]) Name() string { return c.Fields.about().name }

func (c *SDConfig[T]) fields() reflect.Type { return reflect.TypeFor[T]() }

// NewDiscoverer returns an error, because the discovery itself is not linked.
func (c *SDConfig[T]) NewDiscoverer(discovery.DiscovererOptions) (discovery.Discoverer, error) {
	return nil, errors.New(c.Name() + "_sd_configs can only be parsed; nothing is discovered")
}

// NewDiscovererMetrics returns metrics that do nothing.
func (c *SDConfig[T]) NewDiscovererMetrics(
	prometheus.Registerer, discovery.RefreshMetricsInstantiator,
) discovery.DiscovererMetrics {
	return &discovery.NoopDiscovererMetrics{}
}
