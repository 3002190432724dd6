package core

import (
	"fmt"
	"net/url"
	"path"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"
)

// An Alertmanager is one that service discovery found for a set.
type Alertmanager struct {
	// URL is where alerts are posted. It identifies the Alertmanager within its set.
	URL *url.URL
	// Set is the set that the Alertmanager belongs to.
	Set *Set
	// Tag is for the driver's own data about the Alertmanager.
	Tag any

	key      string // URL as text
	series   *Series
	inFlight int // alerts in requests that have not ended
}

// InFlight returns the number of alerts in those requests to the Alertmanager that have not ended.
func (a *Alertmanager) InFlight() int { return a.inFlight }

// Address returns the host and port that alerts are posted to.
func (a *Alertmanager) Address() string { return a.URL.Host }

// String returns the URL, which is also the value of the label alertmanager in Prometheus' metrics.
func (a *Alertmanager) String() string { return a.key }

// A Set is the Alertmanagers of one entry under alertmanagers in prometheus.yml.
type Set struct {
	// Key is the name of the set in target updates: "config-0" for the first entry.
	Key string
	// Config is the entry in prometheus.yml.
	Config *config.AlertmanagerConfig
	// Active are the Alertmanagers that alerts are posted to, in the order of discovery, each URL once.
	Active []*Alertmanager
	// Dropped are the Alertmanagers that relabel_configs dropped. They are only displayed.
	Dropped []*Alertmanager

	api   string
	index int // of s among the sets
	// identity is the text by which the configuration is recognised after a reload: see Release.identity.
	identity          string
	earlier           []*Set // sets whose relabelling also changes the alerts for this one
	relabelsWhenEmpty bool   // it relabels even if it has no Alertmanagers
	groupSetsURL      bool   // see Release.GroupSetsURL
	// Deadlocked says that the lock of the set is held for ever, so that its next target update never ends.
	Deadlocked bool
}

// APIVersion returns the version of Alertmanager's API that the set posts to, as it appears in the URL.
func (s *Set) APIVersion() string { return s.api }

// Sync makes tgs the targets of the set. It returns the Alertmanagers that joined and those that left; an Alertmanager
// that stays keeps its value. A group with an invalid address is ignored altogether and reported in errs (Prometheus'
// notifier/alertmanagerset.go at v3.16.0).
func (s *Set) Sync(tgs []*targetgroup.Group) (joined, left []*Alertmanager, errs []error) {
	before := make(map[string]*Alertmanager, len(s.Active))
	for _, am := range s.Active {
		before[am.key] = am
	}
	previous := s.Active
	s.Active, s.Dropped = nil, nil
	seen := map[string]bool{}
	for _, tg := range tgs {
		active, dropped, err := s.discover(tg)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: target group %q: %w", s.Key, tg.Source, err))
			continue
		}
		s.Dropped = append(s.Dropped, dropped...)
		for _, am := range active {
			if seen[am.key] { //mutant:duplicate-is-posted-twice
				continue
			}
			seen[am.key] = true
			if known := before[am.key]; known != nil {
				am = known
			} else {
				joined = append(joined, am)
			}
			s.Active = append(s.Active, am)
		}
	}
	for _, am := range previous {
		if !seen[am.key] {
			left = append(left, am)
		}
	}
	return joined, left, errs
}

// pathLabel is the label that holds the path of the URL while relabel_configs are applied.
const pathLabel = "__alerts_path__"

// discover turns a target group into Alertmanagers by the relabel_configs of the set (Prometheus'
// notifier/alertmanager.go at v3.16.0). An address without a port stays as it is, in every release.
func (s *Set) discover(tg *targetgroup.Group) (active, dropped []*Alertmanager, err error) {
	lb := labels.NewBuilder(labels.EmptyLabels())
	for _, target := range tg.Targets {
		lb.Reset(labels.EmptyLabels())
		for name, value := range target {
			lb.Set(string(name), string(value))
		}
		lb.Set(model.SchemeLabel, s.Config.Scheme)
		lb.Set(pathLabel, path.Join("/", s.Config.PathPrefix, "/api", s.api, "alerts"))
		for name, value := range tg.Labels {
			if _, ok := target[name]; !ok && (s.groupSetsURL || name != model.SchemeLabel && name != pathLabel) {
				lb.Set(string(name), string(value))
			}
		}
		found := lb.Labels()
		if !relabel.ProcessBuilder(lb, s.Config.RelabelConfigs...) {
			dropped = append(dropped, s.alertmanager(found))
			continue
		}
		kept := lb.Labels()
		if err := config.CheckTargetAddress(model.LabelValue(kept.Get(model.AddressLabel))); err != nil {
			return nil, nil, err
		}
		active = append(active, s.alertmanager(kept))
	}
	return active, dropped, nil
}

func (s *Set) alertmanager(lset labels.Labels) *Alertmanager {
	u := &url.URL{Scheme: lset.Get(model.SchemeLabel), Host: lset.Get(model.AddressLabel), Path: lset.Get(pathLabel)}
	return &Alertmanager{URL: u, Set: s, key: u.String()}
}
