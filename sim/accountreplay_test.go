package sim_test

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
)

// A replay works out from the scenario and the trace when alerts fire, what relabelling makes of them, and when each
// Alertmanager knows which label set.
type replay struct {
	file      *scenarios.File
	configs   []*config.Config // in the order in which they apply
	sources   []*replaySource
	addresses []string
	sets      map[string]map[string][]*relabel.Config // by address: the rules of the sets that it was in, by their text
	known     map[string]map[string][]span            // by address and label set
}

// A replaySource is an alert of a series or of raw sends.
type replaySource struct {
	labels labels.Labels
	fires  []span
	calls  map[int]bool // the configurations under which Send was called with it
	// postedAs are the label sets of the copies of it that were posted to each address.
	postedAs map[string]map[string]bool
}

func newReplay(t *testing.T, file *scenarios.File, h history) *replay {
	test := file.Tests[0]
	r := &replay{file: file, sets: map[string]map[string][]*relabel.Config{}, known: map[string]map[string][]span{}}
	r.addresses = slices.Sorted(maps.Keys(h.result.Accounts.Alertmanagers))
	r.configs = append(r.configs, file.Config)
	timeline := slices.Clone(test.Timeline)
	slices.SortStableFunc(timeline, func(a, b scenarios.Event) int { return int(a.At - b.At) })
	var stops time.Duration = 1<<63 - 1
	for _, e := range timeline {
		if e.Reload != nil {
			r.configs = append(r.configs, e.Reload.Config)
		}
		if e.Shutdown != nil {
			stops = min(stops, e.At)
		}
	}
	series := map[string][]*replaySource{} // by alertname
	for _, s := range test.Series {
		var list []*replaySource
		for _, ls := range s.Alerts {
			src := &replaySource{labels: ls, calls: map[int]bool{}, postedAs: map[string]map[string]bool{}}
			for k, firing := range s.Firing {
				if at := time.Duration(k) * file.EvaluationInterval; firing {
					src.fires = append(src.fires, span{at, at + file.EvaluationInterval})
				}
			}
			list = append(list, src)
		}
		series[s.Rule], r.sources = list, append(r.sources, list...)
	}
	raw := map[string]*replaySource{}
	byLine := map[int][]*replaySource{}
	valid := file.Releases[0].ValidFor(file.EvaluationInterval, file.Flags.ResendDelay)
	for _, e := range timeline {
		if e.Send == nil || e.At >= stops {
			continue
		}
		for _, ls := range e.Send.Alerts {
			src := raw[ls.String()]
			if src == nil {
				src = &replaySource{labels: ls, calls: map[int]bool{}, postedAs: map[string]map[string]bool{}}
				raw[ls.String()], r.sources = src, append(r.sources, src)
			}
			src.fires = append(src.fires, span{e.At, e.At + valid})
			byLine[e.Pos.Line] = append(byLine[e.Pos.Line], src)
		}
	}
	r.follow(t, &h, series, byLine)
	for _, address := range r.addresses {
		r.known[address] = replayStore(t, h.changes, address)
	}
	return r
}

var ruleName = regexp.MustCompile(`\bR\d+`)

// follow goes through the events, for which configurations the alerts are sent under and which sets the Alertmanagers
// are in. Calls of Send that wait for the manager's lock go ahead in their order.
func (r *replay) follow(t *testing.T, h *history, series map[string][]*replaySource, byLine map[int][]*replaySource) {
	now := 0 // the configuration that applies
	var waiting []int
	var sends [][]*replaySource // what the relabelling of Send left of each call
	for _, e := range h.events {
		switch e.Kind {
		case trace.KindReload:
			now++
		case trace.KindBlocked:
			if e.Note == "" {
				waiting = append(waiting, e.Line)
			}
		case trace.KindSend:
			line := e.Line
			if len(waiting) > 0 {
				line, waiting = waiting[0], waiting[1:]
			}
			sent := byLine[line]
			if line == 0 {
				for _, name := range ruleName.FindAllString(e.Alerts, -1) {
					sent = append(sent, series[name]...)
				}
			}
			require.True(t, len(sent) > 0 || e.N == 0, "%v", e.String())
			var kept []*replaySource
			for _, src := range sent {
				src.calls[now] = true
				if _, keep := r.relabelled(src.labels, now); keep {
					kept = append(kept, src)
				}
			}
			require.Len(t, kept, e.N)
			sends = append(sends, kept)
		case trace.KindJoin, trace.KindPost:
			for _, address := range e.Alertmanagers {
				if r.sets[address] == nil {
					r.sets[address] = map[string][]*relabel.Config{}
				}
				for i := range r.configs[now].AlertingConfig.AlertmanagerConfigs {
					if r.lists(now, i, address) {
						rules := r.setRules(now, i)
						r.sets[address][rulesText(rules)] = append([]*relabel.Config{}, rules...)
					}
				}
			}
			for _, c := range h.posts[e.Seq] {
				src := originOf(t, c, sends)
				if src.postedAs[e.Alertmanagers[0]] == nil {
					src.postedAs[e.Alertmanagers[0]] = map[string]bool{}
				}
				src.postedAs[e.Alertmanagers[0]][labelText(labelsOf(t, c))] = true
			}
		}
	}
}

// originOf returns the alert of a copy. The generator URL ends with the number of the call of Send and the place of the
// copy in it.
func originOf(t *testing.T, copied map[string]any, sends [][]*replaySource) *replaySource {
	url := strings.Split(copied["generatorURL"].(string), "/")
	send, err := strconv.Atoi(url[len(url)-2])
	require.NoError(t, err)
	place, err := strconv.Atoi(url[len(url)-1])
	require.NoError(t, err)
	return sends[send][place]
}

func (r *replay) setRules(configuration, set int) []*relabel.Config {
	return r.configs[configuration].AlertingConfig.AlertmanagerConfigs[set].AlertRelabelConfigs
}

func rulesText(rules []*relabel.Config) string {
	text, err := yaml.Marshal(rules)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// lists reports whether a set of a configuration may contain the Alertmanager at an address: as a static target, or as
// one of a target update.
func (r *replay) lists(configuration, set int, address string) bool {
	contains := func(groups []*targetgroup.Group) bool {
		return slices.ContainsFunc(groups, func(g *targetgroup.Group) bool {
			return slices.ContainsFunc(g.Targets, func(ls model.LabelSet) bool {
				return string(ls[model.AddressLabel]) == address
			})
		})
	}
	for _, c := range r.configs[configuration].AlertingConfig.AlertmanagerConfigs[set].ServiceDiscoveryConfigs {
		if groups, ok := c.(discovery.StaticConfig); ok && contains(groups) {
			return true
		}
	}
	for _, e := range r.file.Tests[0].Timeline {
		if contains(e.TargetGroups[core.SetKey(set)]) {
			return true
		}
		if e.Churn != nil && e.Churn.Set == core.SetKey(set) && slices.Contains(e.Churn.Targets, address) {
			return true
		}
	}
	return false
}

// relabelled returns what the relabelling of Send makes of an alert under a configuration.
func (r *replay) relabelled(ls labels.Labels, configuration int) (labels.Labels, bool) {
	c := r.configs[configuration]
	b := labels.NewBuilder(ls)
	c.GlobalConfig.ExternalLabels.Range(func(l labels.Label) {
		if b.Get(l.Name) == "" {
			b.Set(l.Name, l.Value)
		}
	})
	keep := relabel.ProcessBuilder(b, c.AlertingConfig.AlertRelabelConfigs...)
	return b.Labels(), keep
}

// at returns the label sets by which an Alertmanager knows a source: those of the copies that were posted to it, and
// what the sets that contained it make of the source.
func (r *replay) at(src *replaySource, address string) map[string]bool {
	all := map[string]bool{}
	maps.Copy(all, src.postedAs[address])
	for c := range src.calls {
		base, keep := r.relabelled(src.labels, c)
		for i := range r.configs[c].AlertingConfig.AlertmanagerConfigs {
			rules := r.setRules(c, i)
			contained := r.lists(c, i, address) && r.sets[address][rulesText(rules)] != nil
			b := labels.NewBuilder(base)
			if keep && contained && relabel.ProcessBuilder(b, rules...) {
				all[b.Labels().String()] = true
			}
		}
	}
	return all
}

// alerts returns the alerts. Sources that the relabelling of Send turned into the same label set are one alert.
func (r *replay) alerts() []firingAlert {
	merged := make([]int, len(r.sources))
	by := map[string]int{}
	for i, src := range r.sources {
		merged[i] = i
		for c := range src.calls {
			ls, keep := r.relabelled(src.labels, c)
			if !keep {
				continue
			}
			if other, ok := by[ls.String()]; ok {
				from := merged[i]
				for k := range i + 1 {
					if merged[k] == from {
						merged[k] = merged[other]
					}
				}
			}
			by[ls.String()] = i
		}
	}
	var list []firingAlert
	for number := range r.sources {
		var members []*replaySource
		for i, src := range r.sources {
			if merged[i] == number {
				members = append(members, src)
			}
		}
		if len(members) == 0 {
			continue
		}
		f := firingAlert{
			meant: func(address string) bool {
				return slices.ContainsFunc(members, func(src *replaySource) bool { return r.isMeant(src, address) })
			},
			known: func(address string) []span {
				var spans []span
				for _, src := range members {
					for ls := range r.at(src, address) {
						spans = append(spans, r.known[address][ls]...)
					}
				}
				return spans
			},
		}
		for _, src := range members {
			f.fires = append(f.fires, src.fires...)
		}
		list = append(list, f)
	}
	return list
}

// isMeant reports whether no relabelling drops a source on purpose on its way to an Alertmanager, or if address is ""
// to any. Without Alertmanagers the relabelling of Send decides.
func (r *replay) isMeant(src *replaySource, address string) bool {
	if address == "" && len(r.addresses) > 0 {
		return slices.ContainsFunc(r.addresses, func(address string) bool { return r.isMeant(src, address) })
	}
	calls := src.calls
	if len(calls) == 0 {
		calls = map[int]bool{0: true}
	}
	for c := range calls {
		base, keep := r.relabelled(src.labels, c)
		if keep && address == "" {
			return true
		}
		for _, rules := range r.sets[address] {
			if keep && relabel.ProcessBuilder(labels.NewBuilder(base), rules...) {
				return true
			}
		}
	}
	return false
}
