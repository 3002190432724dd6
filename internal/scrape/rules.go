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

// RuleOptions say how rules are evaluated.
type RuleOptions struct {
	Interval       time.Duration // of groups that have none of their own
	ResendDelay    time.Duration // --rules.alert.resend-delay
	ExternalLabels labels.Labels // of templates, and
	ExternalURL    string
	Engine         *promql.Engine
	// Restores says that the server has restarted: after the second evaluation alerts get the state back that the Store has of them.
	Restores bool
	// Order are names of groups, those to evaluate first at one instant; then come the others, by file and place.
	Order []string
}

// A RuleFile is rule groups and the path that they have, which their offsets depend on.
type RuleFile struct {
	Path   string
	Groups []rulefmt.RuleGroup
}

// Prometheus' defaults of --rules.alert.for-outage-tolerance and --rules.alert.for-grace-period.
const (
	outageTolerance = time.Hour
	forGracePeriod  = 10 * time.Minute
)

// A Group is a rule group that is evaluated on a Store, by Prometheus' own code: the state of alerts, when they are sent again,
// and what the notifier is handed.
type Group struct {
	store      *Store
	group      *rules.Group
	unrestored int // evaluations until the state is restored
	due        [][]*notifier.Alert
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
			if o.Restores {
				g.unrestored = 2
			}
			for _, r := range g.group.AlertingRules() {
				r.SetRestored(!o.Restores)
			}
			list = append(list, g)
		}
	}
	place := map[string]int{}
	for i, name := range o.Order {
		place[name] = i - len(o.Order)
	}
	sort.SliceStable(list, func(i, j int) bool { return place[list[i].group.Name()] < place[list[j].group.Name()] })
	return list, nil
}

// A loader is a rules.GroupLoader of one group that is loaded.
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

// Offset returns when it is evaluated first: at a part of the interval that its file and name decide, as in Prometheus.
func (g *Group) Offset() time.Duration {
	start := g.store.At(0)
	offset := g.group.EvalTimestamp(start.UnixNano()).Sub(start)
	if offset < 0 {
		offset += g.Interval()
	}
	return offset
}

// Send takes what Prometheus' rules hand over. It is for them to call.
func (g *Group) Send(alerts ...*notifier.Alert) { g.due = append(g.due, alerts) }

// Eval evaluates the group at a time since the start of the run. It returns what each of its rules has to send, in order;
// Prometheus hands alerts over in the random order of a map, here they are sorted by their labels. The alerts' times are from the start
// of the run too.
func (g *Group) Eval(at time.Duration) ([][]*notifier.Alert, error) {
	g.due = nil
	g.group.Eval(context.Background(), g.store.At(at))
	if g.unrestored--; g.unrestored == 0 { // as rules/group.go at v3.15.0 does, in run
		g.group.RestoreForState(g.store.At(at))
	}
	start := g.store.At(0)
	for _, alerts := range g.due {
		for _, a := range alerts {
			a.StartsAt, a.EndsAt = time.Unix(0, int64(a.StartsAt.Sub(start))), time.Unix(0, int64(a.EndsAt.Sub(start)))
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

// Firing returns the alerts of a name that fire, in no order.
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
