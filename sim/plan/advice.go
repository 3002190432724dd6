package plan

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/notifysim/notifysim/internal/text"
)

// An Advice is what a plan advises.
type Advice struct {
	Change Change `json:"change"`
	// Setting is what to set; see Candidate.
	Setting string `json:"setting"`
	// NoCapacityHelps says that of what the advice improves, no capacity would save half.
	NoCapacityHelps bool `json:"no_capacity_helps"`
	// Runs is the number of runs, each with another seed, that Now and Then are of: the outcome of the scenario as it is,
	// and as advised.
	Runs int     `json:"runs"`
	Now  Outcome `json:"now"`
	Then Outcome `json:"then"`
	// Text has the advice in a few sentences.
	Text []string `json:"text"`
}

// IsToChange reports whether the advice is to change a setting because the current one is worse.
func (p *Plan) IsToChange() bool { return p.advised.Change != ChangeNothing && p.decides() != nil }

// recommend sets the advice, of which final has set the runs.
func (p *Plan) recommend(s *Study) {
	a := &p.Advice
	a.Change, a.Setting = p.advised.Change, p.advised.Setting
	now, advised := p.Candidates[0], p.advised
	decides := p.decides()
	switch {
	case advised == now:
		a.Text = []string{p.noChange(s)}
	case decides == nil: // to save memory
		a.Text = []string{fmt.Sprintf("%s: it is as good, and full queues take %s instead of %s.",
			advised.imperative(), size(advised.Memory), size(now.Memory))}
	default:
		a.NoCapacityHelps = advised.Change != ChangeCapacity && p.saves(advised, decides, 1) && !p.capacityHelps(decides)
		if a.NoCapacityHelps {
			a.Text = append(a.Text, p.noCapacity(decides))
		}
		a.Text = append(a.Text, p.gain(decides))
		a.Text = append(a.Text, p.alternatives(decides)...)
	}
}

// decides returns the criterion by which the current setting is worse than the advised one in the runs of the advice,
// nil if there is none.
func (p *Plan) decides() *criterion {
	for _, c := range criteria(p.interval) {
		if c.of(&p.Advice.Now) > c.limit(c.of(&p.Advice.Then)) {
			return &c
		}
	}
	return nil
}

// saves reports whether a candidate saves at least a share of what the advised one saves by the criterion that
// decides, and is as good by those before it. All candidates are compared in the runs that all of them have, so the
// result is false if the advised one saves nothing there.
func (p *Plan) saves(c *Candidate, decides *criterion, share float64) bool {
	for _, before := range criteria(p.interval) {
		best := before.of(&p.advised.Outcome)
		if before.what == decides.what {
			now := before.of(&p.Candidates[0].Outcome)
			return now > best && float64(now-before.of(&c.Outcome)) >= share*float64(now-best)
		}
		if before.of(&c.Outcome) > before.limit(best) {
			return false
		}
	}
	return false
}

// capacityHelps reports whether a capacity saves at least half of what the advised change saves.
func (p *Plan) capacityHelps(decides *criterion) bool {
	return slices.ContainsFunc(p.Candidates, func(c *Candidate) bool {
		return c.Change == ChangeCapacity && p.saves(c, decides, 0.5)
	})
}

// noCapacity says that no capacity helps.
func (p *Plan) noCapacity(decides *criterion) string {
	best := int64(math.MaxInt64)
	first, last := p.Current, p.Current
	for _, c := range p.Candidates {
		if c.Change == ChangeCapacity || c.Change == ChangeNothing {
			best = min(best, decides.value(&c.Outcome))
			first, last = min(first, c.Capacity), max(last, c.Capacity)
		}
	}
	current := &p.Advice.Now // of at least as many runs as best, which more runs can only make worse
	return fmt.Sprintf("No queue capacity helps: with any from %s to %s, %s (now %s).",
		text.Thousands(first), text.Thousands(last), decides.atLeast(current, best),
		decides.number(decides.value(current)))
}

// gain says what to change, and what that improves.
func (p *Plan) gain(decides *criterion) string {
	now, then := &p.Advice.Now, &p.Advice.Then
	parts := []string{fmt.Sprintf("%s (now %s", decides.state(then, decides.value(then)),
		decides.number(decides.value(now)))}
	if decides.isTime {
		parts[0] += fmt.Sprintf(" of the %s for which they fire", minutes(p.Firing))
	}
	parts[0] += ")"
	last := falseResolves()
	if a, b := last.of(then), last.of(now); decides.what != last.what && a != b {
		parts = append(parts, fmt.Sprintf("%s (now %s)", last.state(then, a), last.number(b)))
	}
	if a, b := after(then.FirstDeliveryMax), after(now.FirstDeliveryMax); a != b {
		parts = append(parts, fmt.Sprintf("the last alert is first known %s (now %s)", a, b))
	}
	if n := len(parts) - 1; n > 0 {
		parts[n] = "and " + parts[n]
	}
	return fmt.Sprintf("%s: %s.", p.advised.imperative(), strings.Join(parts, ", "))
}

// alternatives names changes of other kinds that, by the criterion decides, improve the result nearly as much as the
// change that is advised.
func (p *Plan) alternatives(decides *criterion) []string {
	var list []string
	seen := map[Change]bool{p.advised.Change: true}
	byEffort := slices.Clone(p.Candidates)
	slices.SortStableFunc(byEffort, func(a, b *Candidate) int { return effort[a.Change] - effort[b.Change] })
	for _, c := range byEffort {
		const nearly = 0.95
		if !seen[c.Change] && len(list) < 2 && p.saves(c, decides, nearly) {
			seen[c.Change] = true
			runs := ""
			if p.Advice.Runs > p.CurveSeeds {
				runs = " in the worst of " + text.Count(p.CurveSeeds, "run")
			}
			list = append(list, fmt.Sprintf("Or %s: %s%s.", lowerFirst(c.imperative()),
				decides.state(&c.Outcome, decides.value(&c.Outcome)), runs))
		}
	}
	return list
}

// noChange says why nothing is to be changed.
func (p *Plan) noChange(s *Study) string {
	o := &p.Advice.Then
	for _, c := range criteria(p.interval) {
		if c.of(o) == 0 {
			continue
		}
		tried := fmt.Sprintf("Change nothing: no setting that was tried helps, no queue capacity either. As it is, "+
			"%s", c.state(o, c.value(o)))
		if faulty := faultyAlertmanagers(s.test); o.Healthy.Alertmanager == "" && len(faulty) > 0 {
			return tried + ": each Alertmanager has a fault."
		}
		return tried + "."
	}
	where := ""
	if len(faultyAlertmanagers(s.test)) > 0 {
		where = " at a healthy Alertmanager"
	}
	return fmt.Sprintf("Change nothing: each of the %s alerts is known %s, and none resolves falsely%s.",
		text.Thousands(o.Alerts), strings.Replace(after(o.FirstDeliveryMax), "after ", "within ", 1), where)
}

// after writes a time since an alert began to fire.
func after(d *time.Duration) string {
	if d == nil {
		return "never"
	}
	if *d == 0 {
		return "at once"
	}
	return "after " + spell(*d)
}

// imperative says what to change.
func (c *Candidate) imperative() string {
	switch c.Change {
	case ChangeTimeout:
		return fmt.Sprintf("Set `%s` under alertmanagers (now %s)", c.Setting, c.now)
	case ChangeRemoval:
		return fmt.Sprintf("Take %s out of the configuration", c.Setting)
	case ChangeRelease:
		return fmt.Sprintf("Upgrade to %s (now %s)", c.Setting, c.now)
	case ChangeNothing:
		return "Change nothing"
	}
	return fmt.Sprintf("Set %s (now %s)", c.Setting, c.now)
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// minutes writes a sum of times of alerts, in nanoseconds, in minutes.
func minutes(ns int64) string {
	m := float64(ns) / float64(time.Minute)
	switch {
	case ns > 0 && m < 0.01:
		return "<0.01"
	case m < 10:
		return fmt.Sprintf("%.2g", m)
	}
	return text.Thousands(int64(math.Round(m)))
}
