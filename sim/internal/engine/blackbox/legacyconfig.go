package blackbox

import (
	"crypto/sha256"
	"fmt"

	common "github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	promdiscovery "github.com/prometheus/prometheus/discovery"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	rules "github.com/prometheus/prometheus/model/relabel"
	"go.yaml.in/yaml/v3"
)

// A legacyAlertmanagers is an entry of `alertmanagers` with the fields that every release knows, and api_version.
// Fields about connections (TLS, proxies, files with credentials) and other service discoveries are left out, because
// no connections are made. But a release may have a set only once if two entries are equal, and keeps the
// Alertmanagers of an entry that a reload does not change; so an empty target group carries a hash of the fields that
// are left out as a label.
type legacyAlertmanagers struct {
	Scheme              string               `yaml:"scheme,omitempty"`
	PathPrefix          string               `yaml:"path_prefix,omitempty"`
	Timeout             common.Duration      `yaml:"timeout,omitempty"`
	APIVersion          string               `yaml:"api_version,omitempty"`
	BasicAuth           *legacyBasicAuth     `yaml:"basic_auth,omitempty"`
	BearerToken         string               `yaml:"bearer_token,omitempty"`
	RelabelConfigs      []legacyRelabel      `yaml:"relabel_configs,omitempty"`
	AlertRelabelConfigs []legacyRelabel      `yaml:"alert_relabel_configs,omitempty"`
	StaticConfigs       []*targetgroup.Group `yaml:"static_configs,omitempty"`
}

// A legacyBasicAuth has the secret as it is: up to v2.14 entries that differ in a secret alone are two sets.
type legacyBasicAuth struct {
	Username string `yaml:"username,omitempty"`
	Password string `yaml:"password,omitempty"`
}

// A legacyRelabel is a relabelling rule. Fields with default values are not written, because some actions reject these
// fields even if they have the default value.
type legacyRelabel struct {
	SourceLabels common.LabelNames `yaml:"source_labels,omitempty,flow"`
	Separator    *string           `yaml:"separator,omitempty"`
	Regex        *string           `yaml:"regex,omitempty"`
	Modulus      uint64            `yaml:"modulus,omitempty"`
	TargetLabel  string            `yaml:"target_label,omitempty"`
	Replacement  *string           `yaml:"replacement,omitempty"`
	Action       rules.Action      `yaml:"action,omitempty"`
}

// legacyConfig returns the alerting section of a configuration, without external labels, as YAML that older releases
// can read.
func legacyConfig(cfg *config.Config) (string, error) {
	var doc struct {
		Alerting struct {
			AlertRelabelConfigs []legacyRelabel       `yaml:"alert_relabel_configs,omitempty"`
			Alertmanagers       []legacyAlertmanagers `yaml:"alertmanagers,omitempty"`
		} `yaml:"alerting"`
	}
	doc.Alerting.AlertRelabelConfigs = relabelTexts(cfg.AlertingConfig.AlertRelabelConfigs)
	for _, am := range cfg.AlertingConfig.AlertmanagerConfigs {
		e, err := legacyEntry(am)
		if err != nil {
			return "", err
		}
		doc.Alerting.Alertmanagers = append(doc.Alerting.Alertmanagers, e)
	}
	text, err := yaml.Marshal(doc)
	return string(text), err
}

func legacyEntry(am *config.AlertmanagerConfig) (legacyAlertmanagers, error) {
	e := legacyAlertmanagers{
		Scheme: am.Scheme, PathPrefix: am.PathPrefix, Timeout: am.Timeout, APIVersion: string(am.APIVersion),
		RelabelConfigs: relabelTexts(am.RelabelConfigs), AlertRelabelConfigs: relabelTexts(am.AlertRelabelConfigs),
	}
	rest := *am
	rest.Scheme, rest.PathPrefix, rest.Timeout, rest.APIVersion = "", "", 0, ""
	rest.RelabelConfigs, rest.AlertRelabelConfigs, rest.ServiceDiscoveryConfigs = nil, nil, nil
	if auth := am.HTTPClientConfig.BasicAuth; auth != nil {
		e.BasicAuth = &legacyBasicAuth{Username: auth.Username, Password: string(auth.Password)}
	}
	if auth := am.HTTPClientConfig.Authorization; auth != nil && auth.Type == "Bearer" {
		e.BearerToken = string(auth.Credentials)
	}
	for _, sd := range am.ServiceDiscoveryConfigs {
		if static, ok := sd.(promdiscovery.StaticConfig); ok {
			e.StaticConfigs = append(e.StaticConfigs, static...)
		} else {
			rest.ServiceDiscoveryConfigs = append(rest.ServiceDiscoveryConfigs, sd)
		}
	}
	text, err := yaml.Marshal(&rest)
	e.StaticConfigs = append(e.StaticConfigs, &targetgroup.Group{
		Labels: common.LabelSet{"__entry": common.LabelValue(fmt.Sprintf("%x", sha256.Sum256(text)))},
	})
	return e, err
}

func relabelTexts(list []*rules.Config) []legacyRelabel {
	usual := rules.DefaultRelabelConfig
	var texts []legacyRelabel
	for _, c := range list {
		t := legacyRelabel{SourceLabels: c.SourceLabels, Modulus: c.Modulus, TargetLabel: c.TargetLabel, Action: c.Action}
		if c.Separator != usual.Separator {
			t.Separator = &c.Separator
		}
		if c.Replacement != usual.Replacement {
			t.Replacement = &c.Replacement
		}
		if !c.Regex.IsZero() {
			regex := c.Regex.String()
			t.Regex = &regex
		}
		texts = append(texts, t)
	}
	return texts
}
