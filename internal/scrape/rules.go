package scrape

import (
	"context"
	"fmt"
	"log/slog"
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

// RuleOptions are the settings of rule evaluation.
type RuleOptions struct {
	Interval       time.Duration // of groups without an interval
	ResendDelay    time.Duration // --rules.alert.resend-delay
	ExternalLabels labels.Labels // for templates
	ExternalURL    string        // for templates
	Engine         *promql.Engine
	// Restores says that the server was restarted: the groups restore `for` from the Store (see restorefor.go).
	Restores bool
	// Order names the groups to evaluate first at one instant; the others follow, by file and position.
	Order []string
}

// A RuleFile is rule groups with the path of their file, on which their offsets depend.
type RuleFile struct {
	Path   string
	Groups []rulefmt.RuleGroup
}

// A Group is a rule group on a Store. Prometheus' own code evaluates it: the state of alerts, when they are sent again,
// and what the notifier gets.
type Group struct {
	store      *Store
	group      *rules.Group
	unrestored int                 // evaluations until `for` is restored, 0 or less if it is not to be
	due        [][]*notifier.Alert // by rule, from the last evaluation
}

// NewGroups returns the groups of rule files, which read from and write to a Store.
func NewGroups(s *Store, files []RuleFile, o RuleOptions) ([]*Group, error) {
	var list []*Group
	for _, f := range files {
		for _, spec := range f.Groups {
			g := &Group{store: s}
			m := rules.NewManager(&rules.ManagerOptions{
				NameValidationScheme: model.UTF8Validation,
				QueryFunc:            rules.EngineQueryFunc(o.Engine, s),
				NotifyFunc:           rules.SendAlerts(g, ""),
				Context:              context.Background(),
				Appendable:           s, Queryable: s,
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

// A loader is a rules.GroupLoader of one group.
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

// Offset returns the time of the first evaluation: the part of the interval that the file and name determine, as in
// Prometheus.
func (g *Group) Offset() time.Duration {
	start := g.store.At(0)
	offset := g.group.EvalTimestamp(start.UnixNano()).Sub(start)
	if offset < 0 {
		offset += g.Interval()
	}
	return offset
}

// Send implements rules.Sender. Only Prometheus' rules call it.
func (g *Group) Send(alerts ...*notifier.Alert) { g.due = append(g.due, alerts) }

// Eval evaluates the group at a time since the start of the run. It returns the alerts that each of its rules sends, in
// order. Prometheus sends the alerts of a rule in the random order of a map; here they are sorted by their labels.
// Their times are since the start of the run too.
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

// Firing returns the firing alerts of a name, in no particular order.
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
