//go:build ignore

// Package config takes the place of a Prometheus package with this name, which imports every service discovery and with
// them client libraries that are no longer served. Package config of the configuration needs static targets, and of the
// service discoveries only the fields that may name files.
package config

import (
	config_util "github.com/prometheus/common/config"

	"github.com/prometheus/prometheus/discovery/targetgroup"
)

// ServiceDiscoveryConfig has the service discoveries whose fields Prometheus v2.5 to v2.23 read.
type ServiceDiscoveryConfig struct {
	StaticConfigs []*targetgroup.Group `yaml:"static_configs,omitempty"`

	ConsulSDConfigs       []*sdConfig `yaml:"-"`
	DigitalOceanSDConfigs []*sdConfig `yaml:"-"`
	DockerSwarmSDConfigs  []*sdConfig `yaml:"-"`
	EurekaSDConfigs       []*sdConfig `yaml:"-"`
	FileSDConfigs         []*sdConfig `yaml:"-"`
	HetznerSDConfigs      []*sdConfig `yaml:"-"`
	KubernetesSDConfigs   []*sdConfig `yaml:"-"`
	MarathonSDConfigs     []*sdConfig `yaml:"-"`
	OpenstackSDConfigs    []*sdConfig `yaml:"-"`
	TritonSDConfigs       []*sdConfig `yaml:"-"`
}

// Validate reports no error.
func (c *ServiceDiscoveryConfig) Validate() error { return nil }

type sdConfig struct {
	HTTPClientConfig               config_util.HTTPClientConfig
	TLSConfig                      config_util.TLSConfig
	BearerTokenFile, AuthTokenFile string
	Files                          []string
}
