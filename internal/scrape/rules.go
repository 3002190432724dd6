package scrape

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sort"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/notifier"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/rules"
)

// RuleOptions are the settings for evaluating rules.
type RuleOptions struct {
	Interval       time.Duration // of groups that do not set one
	ResendDelay    time.Duration // --rules.alert.resend-delay
	ExternalLabels labels.Labels // for templates
	ExternalURL    string        // for templates
	Engine         *promql.Engine
	// Restores says that the server has restarted, so that the groups restore `for` from the Store (see restorefor.go).
	// RestoresShortFor says that they restore a `for` below 10 minutes too.
	Restores, RestoresShortFor bool
	// Order names the groups that are evaluated first if several are due at one instant. The others follow, sorted by
	// file and position.
	Order []string
}

// A RuleFile is the rule groups of a file with its path, which their offsets depend on.
type RuleFile struct {
	Path   string
	Groups []rulefmt.RuleGroup
}

// A Group is a rule group that works on a Store. Prometheus' own code evaluates it, and so decides the states of
// alerts, when they are sent again, and what is passed to the notifier.
type Group struct {
	store            *Store
	group            *rules.Group
	unrestored       int                 // evaluations until `for` is restored; 0 or less if it is not restored
	restoresShortFor bool                // see RuleOptions
	due              [][]*notifier.Alert // alerts sent by the last evaluation, by rule
}

// NewGroups returns the groups of the rule files. They read from and write to the Store s.
func NewGroups(s *Store, files []RuleFile, o RuleOptions) ([]*Group, error) {
	var list []*Group
	for _, f := range files {
		for _, spec := range f.Groups {
			g := &Group{store: s, restoresShortFor: o.RestoresShortFor}
			m := rules.NewManager(&rules.ManagerOptions{
				NameValidationScheme: model.UTF8Validation,
				QueryFunc:            rules.EngineQueryFunc(o.Engine, s),
				NotifyFunc:           rules.SendAlerts(g, ""),
				Context:              context.Background(),
				AppendableV2:         s, Queryable: s,
				Logger:          slog.New(slog.DiscardHandler),
				ResendDelay:     o.ResendDelay,
				OutageTolerance: outageTolerance, ForGracePeriod: forGracePeriod,
				GroupLoader: loader{f.Path, spec},
				Parser:      Parser,
			})
			groups, errs := m.LoadGroups(o.Interval, o.ExternalLabels, o.ExternalURL, nil, false, f.Path)
			if len(errs) > 0 {
				return nil, errs[0]
			}
			g.group = groups[rules.GroupKey(f.Path, spec.Name)]
			g.planRestore(o.Restores)
			list = append(list, g)
		}
	}
	rank := map[string]int{}
	for i, name := range o.Order {
		rank[name] = i - len(o.Order)
	}
	sort.SliceStable(list, func(i, j int) bool { return rank[list[i].group.Name()] < rank[list[j].group.Name()] })
	return list, nil
}

// A loader is a rules.GroupLoader that returns one group.
type loader struct {
	path string
	spec rulefmt.RuleGroup
}

func (l loader) Load(string, bool, model.ValidationScheme) (*rulefmt.RuleGroups, []error) {
	return &rulefmt.RuleGroups{Groups: []rulefmt.RuleGroup{l.spec}}, nil
}

func (loader) Parse(query string) (parser.Expr, error) { return Parser.ParseExpr(query) }

// Interval returns how often the group is evaluated.
func (g *Group) Interval() time.Duration { return g.group.Interval() }

// Offset returns the time of the first evaluation. As in Prometheus, the file and the name of the group determine it;
// it is shorter than the interval.
func (g *Group) Offset() time.Duration {
	start := g.store.At(0)
	offset := g.group.EvalTimestamp(start.UnixNano()).Sub(start)
	if offset < 0 {
		offset += g.Interval()
	}
	return offset
}

// Send implements rules.Sender. It is called by Prometheus' rules only.
func (g *Group) Send(alerts ...*notifier.Alert) { g.due = append(g.due, alerts) }

// Eval evaluates the group at the time at since the start of the run. It returns the alerts that each rule sends, in
// the order of the rules. Prometheus sends the alerts of a rule in the random order of a map; here they are sorted by
// labels. The times in the alerts are since the start of the run too.
func (g *Group) Eval(at time.Duration) ([][]*notifier.Alert, error) {
	g.due = nil
	g.group.Eval(context.Background(), g.store.At(at))
	g.restoreFor(g.store.At(at))
	start := g.store.At(0)
	for _, alerts := range g.due {
		for _, a := range alerts {
			a.StartsAt = time.Unix(0, int64(a.StartsAt.Sub(start)))
			a.EndsAt = time.Unix(0, int64(a.EndsAt.Sub(start)))
		}
		sort.Slice(alerts, func(i, j int) bool { return labels.Compare(alerts[i].Labels, alerts[j].Labels) < 0 })
	}
	for _, r := range g.group.Rules() {
		if err := r.LastError(); err != nil {
			return g.due, fmt.Errorf("%s, group %q, rule %q: %w", g.group.File(), g.group.Name(), r.Name(), err)
		}
	}
	return g.due, nil
}

// All reports whether f is true for every rule of the group.
func (g *Group) All(f func(rules.Rule) bool) bool {
	return !slices.ContainsFunc(g.group.Rules(), func(r rules.Rule) bool { return !f(r) })
}

// AlertingRules returns the alerting rules of the group, in order.
func (g *Group) AlertingRules() []*rules.AlertingRule { return g.group.AlertingRules() }

// Firing returns the firing alerts with a name, in no particular order.
func (g *Group) Firing(alertname string) []*rules.Alert {
	var list []*rules.Alert
	for _, r := range g.group.AlertingRules() {
		if r.Name() != alertname {
			continue
		}
		for _, a := range r.ActiveAlerts() {
			if a.State == rules.StateFiring {
				list = append(list, a)
			}
		}
	}
	return list
}
