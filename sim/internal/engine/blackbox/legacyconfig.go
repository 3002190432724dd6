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

// A legacyAlertmanagers is an entry of `alertmanagers` with the fields that every release knows. Fields about
// connections (TLS, proxies, credentials) and other service discoveries are left out, because no connections are made.
// Newer releases keep the Alertmanagers of an entry that a reload does not change; to preserve such changes, an empty
// target group carries a hash of the whole entry as a label.
type legacyAlertmanagers struct {
	Scheme              string               `yaml:"scheme,omitempty"`
	PathPrefix          string               `yaml:"path_prefix,omitempty"`
	Timeout             common.Duration      `yaml:"timeout,omitempty"`
	RelabelConfigs      []legacyRelabel      `yaml:"relabel_configs,omitempty"`
	AlertRelabelConfigs []legacyRelabel      `yaml:"alert_relabel_configs,omitempty"`
	StaticConfigs       []*targetgroup.Group `yaml:"static_configs,omitempty"`
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
		e := legacyAlertmanagers{
			Scheme: am.Scheme, PathPrefix: am.PathPrefix, Timeout: am.Timeout,
			RelabelConfigs: relabelTexts(am.RelabelConfigs), AlertRelabelConfigs: relabelTexts(am.AlertRelabelConfigs),
		}
		for _, sd := range am.ServiceDiscoveryConfigs {
			if static, ok := sd.(promdiscovery.StaticConfig); ok {
				e.StaticConfigs = append(e.StaticConfigs, static...)
			}
		}
		whole, err := yaml.Marshal(am)
		if err != nil {
			return "", err
		}
		e.StaticConfigs = append(e.StaticConfigs, &targetgroup.Group{
			Labels: common.LabelSet{"__entry": common.LabelValue(fmt.Sprintf("%x", sha256.Sum256(whole)))},
		})
		doc.Alerting.Alertmanagers = append(doc.Alerting.Alertmanagers, e)
	}
	text, err := yaml.Marshal(doc)
	return string(text), err
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
