package promfile

import (
	"errors"
	"log/slog"
	"slices"
	"strconv"

	"github.com/prometheus/prometheus/config"
	"go.yaml.in/yaml/v3"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios/internal/discoveries"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// Prometheus' service discoveries are registered without their clients: their configurations are parsed and checked,
// but they discover nothing. Its parser accepts api_version v1 again, as in releases before v3.0.
func init() {
	discoveries.Register()
	const v1 = config.AlertmanagerAPIVersionV1
	if all := &config.SupportedAlertmanagerAPIVersions; !slices.Contains(*all, v1) {
		*all = append([]config.AlertmanagerAPIVersion{v1}, *all...)
	}
}

// ConfigFile parses the text of a prometheus.yml. It reports to r what is wrong, and what one of the releases does not
// support; the result is nil then.
func ConfigFile(r *strictyaml.Report, path string, text []byte, releases []*core.Release) *config.Config {
	root := strictyaml.ReadForeign(r, path, text)
	if root == nil {
		return nil
	}
	s := source{
		Report: r, kind: configKind(), file: path, text: string(text), exact: true,
		root: root, pos: strictyaml.Pos{File: path, Line: 1, Col: 1},
	}
	return s.config(releases)
}

// Config is ConfigFile for a configuration inside a scenario. n is its node.
func (in *Inline) Config(n *yaml.Node, releases []*core.Release) *config.Config {
	s := source{
		Report: in.Report, kind: configKind(), file: in.Path, root: n, pos: strictyaml.At(in.Path, n),
	}
	if s.text, s.exact = in.cutOut(n); !s.exact {
		s.text, s.rewritten = rewrite(n)
	}
	return s.config(releases)
}

func (s *source) config(releases []*core.Release) *config.Config {
	cfg, err := parseConfig(s.text)
	if errors.Is(err, errCrash) {
		s.Errorf(s.emptyItem(),
			"config: Prometheus crashes on this empty entry; fill it in, or leave it out")
		return nil
	}
	if err != nil {
		s.explain(err)
		return nil
	}
	s.apiVersions(cfg, releases)
	s.setRelabelling(cfg, releases)
	return cfg
}

var errCrash = errors.New("the parser of Prometheus panicked")

// parseConfig calls Prometheus' own parser, which panics if an entry under alertmanagers is empty.
func parseConfig(text string) (cfg *config.Config, err error) {
	defer func() {
		if recover() != nil {
			err = errCrash
		}
	}()
	return config.Load(text, slog.New(slog.DiscardHandler))
}

// apiVersions clears the API version of the entries without api_version, since its default depends on the release. It
// reports an api_version that one of the releases does not support.
func (s *source) apiVersions(cfg *config.Config, releases []*core.Release) {
	for i, am := range cfg.AlertingConfig.AlertmanagerConfigs {
		_, v := s.lookup("alerting", "alertmanagers", strconv.Itoa(i), "api_version")
		if v == nil || strictyaml.Empty(v) {
			am.APIVersion = ""
			continue
		}
		for _, r := range releases {
			if err := r.CheckAPIVersion(am.APIVersion); err != nil {
				s.Errorf(strictyaml.At(s.file, v), "%s", err)
			}
		}
	}
}

// setRelabelling reports alert_relabel_configs of a set if one of the releases does not support them.
func (s *source) setRelabelling(cfg *config.Config, releases []*core.Release) {
	for i, am := range cfg.AlertingConfig.AlertmanagerConfigs {
		if len(am.AlertRelabelConfigs) == 0 {
			continue
		}
		for _, r := range releases {
			if r.SetRelabel == core.NoSetRelabel {
				pos := s.find("alerting", "alertmanagers", strconv.Itoa(i), "alert_relabel_configs")
				s.Errorf(pos, "release %s has no `alert_relabel_configs` under `alertmanagers`, which exist since v2.51; "+
					"write them under `alerting`, or choose a newer release", r.Name)
			}
		}
	}
}
