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

// An Alertmanager is one that service discovery named in a set.
type Alertmanager struct {
	// URL is where alerts are posted. Within a set it identifies the Alertmanager.
	URL *url.URL
	// Set is the set that it belongs to.
	Set *Set
	// Tag is for the driver, to find what it keeps about the Alertmanager.
	Tag any

	key      string // URL as text
	series   *Series
	inFlight int // alerts
}

// InFlight returns how many alerts are in requests to it that have not ended.
func (a *Alertmanager) InFlight() int { return a.inFlight }

// Address is the host and port that alerts are posted to.
func (a *Alertmanager) Address() string { return a.URL.Host }

// String returns the URL, the value of the label alertmanager in Prometheus' metrics.
func (a *Alertmanager) String() string { return a.key }

// A Set is the Alertmanagers of one alertmanagers entry of prometheus.yml.
type Set struct {
	// Key is what target updates call the set: "config-0" for the first entry.
	Key string
	// Config is the entry.
	Config *config.AlertmanagerConfig
	// Active are the Alertmanagers that alerts go to, in the order of discovery, one for each URL.
	Active []*Alertmanager
	// Dropped are those that relabel_configs dropped, for display only.
	Dropped []*Alertmanager

	api   string
	index int // among the sets
	// identity is what its configuration is recognised by.
	identity          string
	earlier           []*Set // sets whose relabelling shows in this one's requests
	relabelsWhenEmpty bool   // it relabels while it has no Alertmanagers, too
	// Deadlocked says that its lock is held for ever: its next target update never ends.
	Deadlocked bool
}

// APIVersion returns the version of Alertmanager's API that the set posts to, as in the URL.
func (s *Set) APIVersion() string { return s.api }

// Sync makes tgs the set's targets. It returns the Alertmanagers that joined and those that left; one that
// stays is the same value as before. A group with a bad address is left out as a whole, with an error in errs
// (Prometheus' alertmanagerset.go at v3.15.0).
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

// pathLabel holds the path that alerts are posted to while relabel_configs run.
const pathLabel = "__alerts_path__"

// discover turns a target group into Alertmanagers, active and dropped, through the set's relabel_configs
// (Prometheus' alertmanager.go at v3.15.0). No port is added to an address without one, in any release.
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
			if _, ok := target[name]; !ok {
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
