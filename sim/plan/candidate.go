package plan

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"golang.org/x/mod/semver"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/ledger"
)

// A Change is the kind of setting in which a candidate differs from the scenario.
type Change string

// The kinds of changes.
const (
	ChangeNothing     Change = "none"
	ChangeCapacity    Change = "capacity"
	ChangeBatchSize   Change = "batch_size"
	ChangeResendDelay Change = "resend_delay"
	ChangeTimeout     Change = "timeout"
	ChangeRemoval     Change = "removal" // of an Alertmanager
	ChangeRelease     Change = "release"
)

// effort ranks the changes: nothing, a flag, a line of prometheus.yml, an Alertmanager less, an upgrade. Of candidates
// that are about as good, the one with the least effort is advised.
var effort = map[Change]int{
	ChangeNothing: 0, ChangeCapacity: 1, ChangeBatchSize: 1, ChangeResendDelay: 1, ChangeTimeout: 2, ChangeRemoval: 3,
	ChangeRelease: 4,
}

// A Candidate is the scenario with at most one setting changed, and the outcome of its runs.
type Candidate struct {
	Change Change `json:"change"`
	// Setting is the changed setting as it is written on the command line or in prometheus.yml; of a removal it is the
	// address of the Alertmanager.
	Setting  string `json:"setting"`
	Capacity int    `json:"capacity"`
	// Outcome is that of runs with the same seeds for all candidates: Plan.CurveSeeds of them.
	Outcome Outcome `json:"outcome"`
	// Memory is what full queues take, in bytes.
	Memory int64 `json:"memory"`
	// Beaten says that another candidate is at least as good in every column of the table, and better in one.
	Beaten bool `json:"beaten"`
	// Advised marks the candidate that the plan advises.
	Advised bool `json:"advised"`

	point point
	// size is how large the change is: the absolute logarithm of the new value divided by the old one.
	size  float64
	value string // the changed setting's value
	now   string // its value in the scenario
}

// candidates returns the candidates for a plan: first the scenario as it is, then capacities in their order, then the
// other changes.
func (s *Study) candidates(p *Plan) []*Candidate {
	var list []*Candidate
	add := func(change Change, set func(*point), setting, value, now string, ratio float64) {
		if flags := s.file.Flags; strings.HasPrefix(setting, "--") && flags.Set(setting+value) != nil {
			return // above the limit of the flag
		}
		c := &Candidate{Change: change, point: p.point, Capacity: p.Current, value: value, now: now,
			size: math.Abs(math.Log(ratio))}
		set(&c.point)
		c.Setting = setting + value
		c.Capacity = cmp.Or(c.point.Capacity, p.Current)
		list = append(list, c)
	}
	add(ChangeNothing, func(*point) {}, "", "", "", 1)
	for _, k := range p.capacities() {
		add(ChangeCapacity, func(pt *point) { pt.Capacity = k }, flagName+"=", fmt.Sprint(k), fmt.Sprint(p.Current),
			float64(k)/float64(p.Current))
	}
	if p.point.release.BatchSizeFlag {
		for _, n := range []int{p.BatchSize / 4, p.BatchSize * 4} {
			if n > 0 {
				add(ChangeBatchSize, func(pt *point) { pt.BatchSize = n }, "--alertmanager.notification-batch-size=",
					fmt.Sprint(n), fmt.Sprint(p.BatchSize), float64(n)/float64(p.BatchSize))
			}
		}
	}
	for _, d := range s.resendDelays() {
		now := s.file.Flags.ResendDelay
		add(ChangeResendDelay, func(pt *point) { pt.ResendDelay = d }, "--rules.alert.resend-delay=", configText(d),
			spell(now), float64(d)/float64(max(now, 1)))
	}
	now := longestTimeout(s.file)
	for _, d := range p.timeouts(now) {
		add(ChangeTimeout, func(pt *point) { pt.Timeout = d }, "timeout: ", configText(d), spell(now),
			float64(d)/float64(now))
	}
	for _, address := range s.removable() {
		add(ChangeRemoval, func(pt *point) { pt.Without = address }, "", address, "", 1)
	}
	if newest := core.Newest(); s.test.For(newest) && semver.Compare(p.Release, newest.Name) < 0 {
		add(ChangeRelease, func(pt *point) { pt.release = newest }, "Prometheus ", newest.Name, p.Release, 1)
	}
	return list
}

// capacities returns the capacities to try, the smallest first, without the current one: half and double of it, the
// default, the largest single send, the largest useful one, and the drop-free one with its half, quarter and eighth.
func (p *Plan) capacities() []int {
	list := []int{
		p.Current / 2, p.Current * 2, scenarios.DefaultFlags().QueueCapacity, p.Lower, min(p.Needed, p.Useful),
		p.Most, p.Most / 2, p.Most / 4, p.Most / 8,
	}
	list = slices.DeleteFunc(list, func(k int) bool { return k < 1 || k == p.Current || k > ledger.MaxDepth })
	slices.Sort(list)
	return slices.Compact(list)
}

// resendDelays returns the resend delays to try. All that are shorter than the evaluation interval have the same
// effect.
func (s *Study) resendDelays() []time.Duration {
	now, interval := s.file.Flags.ResendDelay, s.file.EvaluationInterval
	list := []time.Duration{2 * max(now, interval)}
	if now/2 >= interval {
		list = append(list, now/2)
	}
	return list
}

// timeouts returns the timeouts to try, the shortest first. Where requests end at the timeout, they are around the one
// with which a hung Alertmanager's queue is emptied as fast as alerts arrive; otherwise half and double of the current
// one.
func (p *Plan) timeouts(now time.Duration) []time.Duration {
	list := []time.Duration{now / 2, 2 * now}
	if d := p.keepingUp(); (p.Regime == Hang || p.Regime == Overload) && d < now {
		list = []time.Duration{(d / 2).Truncate(100 * time.Millisecond), d, 2 * d}
	}
	list = slices.DeleteFunc(list, func(d time.Duration) bool { return d < time.Second || d == now })
	slices.Sort(list)
	return slices.Compact(list)
}

// keepingUp returns the timeout, at least 1s, with which batches leave the queue of a hung Alertmanager as fast as
// alerts arrive.
func (p *Plan) keepingUp() time.Duration {
	seconds := min(float64(p.BatchSize)/max(p.Peak.Arrival, 1e-9), 3600)
	return max(time.Duration(seconds*float64(time.Second)).Truncate(100*time.Millisecond), time.Second)
}

// maxRemovals is the most Alertmanagers whose removal is tried.
const maxRemovals = 4

// removable returns the addresses of Alertmanagers that have a fault and that can be removed.
func (s *Study) removable() []string {
	var list []string
	for _, address := range slices.Sorted(maps.Keys(faultyAlertmanagers(s.test))) {
		if len(list) < maxRemovals && s.isRemovable(address) {
			list = append(list, address)
		}
	}
	return list
}

// isRemovable reports whether an Alertmanager can be removed: static_configs or target groups name it, and without it
// no set is ever empty. With churn that cannot be known.
func (s *Study) isRemovable(address string) bool {
	named := false
	check := func(groups []*targetgroup.Group) bool {
		less := countTargets(withoutTarget(groups, address))
		named = named || less < countTargets(groups)
		return less > 0 || countTargets(groups) == 0
	}
	for _, e := range s.test.Timeline {
		if e.Churn != nil || e.Reload != nil && !eachSet(e.Reload.Config, check) {
			return false
		}
		for _, groups := range e.TargetGroups {
			if !check(groups) {
				return false
			}
		}
	}
	return eachSet(s.file.Config, check) && named
}

// eachSet reports whether check holds for the static target groups of each alertmanagers entry that has any.
func eachSet(c *config.Config, check func([]*targetgroup.Group) bool) bool {
	for _, amc := range c.AlertingConfig.AlertmanagerConfigs {
		for _, sd := range amc.ServiceDiscoveryConfigs {
			if static, ok := sd.(discovery.StaticConfig); ok && !check(static) {
				return false
			}
		}
	}
	return true
}

func countTargets(groups []*targetgroup.Group) int {
	n := 0
	for _, g := range groups {
		n += len(g.Targets)
	}
	return n
}
