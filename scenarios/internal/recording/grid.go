package recording

import (
	"encoding/binary"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// grid assigns the samples to evaluations of a run, which begins with the first sample, and groups alerts of a rule
// that fire at the same evaluations. On a real server each rule group has its own offset, so the first sample of a rule
// is assigned to the evaluation before it. The alert does not fire at an evaluation without a sample.
func (p *parse) grid(interval int64) []Group {
	if interval <= 0 { // evaluation_interval is less than 1ms
		p.Errorf(p.Pos, "`evaluation_interval` is below 1ms, the resolution of a recording; write at least 1ms")
		return nil
	}
	if steps := (p.end-p.start)/interval + 2; steps > p.MaxValues {
		p.Errorf(p.Pos, "the recording has %d evaluations, above the limit of %d; "+
			"shorten it, or write a longer `evaluation_interval`", steps, p.MaxValues)
		return nil
	}
	p.spacing(interval)
	if p.wrong > 0 {
		return nil
	}
	first := p.firstSamples()
	var groups []Group
	var key []byte
	known := map[string]int{} // index of groups, by rule and evaluations
	for _, a := range p.alerts {
		rule := p.rule(a)
		base := first[rule]
		key = append(append(key[:0], rule...), 0)
		for i, at := range a.firing {
			a.firing[i] = (base-p.start)/interval + (at-base+interval/2)/interval
			key = binary.AppendVarint(key, a.firing[i])
		}
		i, ok := known[string(key)]
		if !ok {
			firing := p.firingAt(a)
			if firing == nil {
				return nil
			}
			i = len(groups)
			known[string(key)] = i
			groups = append(groups, Group{Rule: rule, Firing: firing})
		}
		groups[i].Alerts = append(groups[i].Alerts, a.labels)
	}
	return groups
}

// firstSamples returns the time of the first sample of each rule.
func (p *parse) firstSamples() map[string]int64 {
	first := map[string]int64{}
	for _, a := range p.alerts {
		rule := p.rule(a)
		if at, ok := first[rule]; !ok || a.firing[0] < at {
			first[rule] = a.firing[0]
		}
	}
	return first
}

// firingAt returns for each evaluation whether the alert fires, or nil if a limit is exceeded.
func (p *parse) firingAt(a *alert) []bool {
	n := a.firing[len(a.firing)-1] + 1
	if !p.SpendValues(strictyaml.Pos{File: p.Path, Line: a.firstLine, Col: 1}, n) {
		return nil
	}
	firing := make([]bool, n)
	for _, k := range a.firing {
		firing[k] = true
	}
	return firing
}

// spacing reports rules whose samples are not one evaluation interval apart, because their alerts would wrongly seem to
// resolve or lose samples. Longer distances between samples are normal, since an alert may not have fired in between.
// So the shortest distance counts as the interval of the rule only if it occurs several times.
func (p *parse) spacing(interval int64) {
	type gap struct {
		ms   int64
		n    int // how often the gap occurs
		line int
	}
	least := map[string]*gap{}
	for _, a := range p.alerts {
		rule := p.rule(a)
		g := least[rule]
		if g == nil {
			g = &gap{ms: math.MaxInt64, line: a.firstLine}
			least[rule] = g
		}
		for i := range a.firing[1:] {
			switch ms := a.firing[i+1] - a.firing[i]; {
			case ms < g.ms:
				*g = gap{ms, 1, a.firstLine}
			case ms == g.ms:
				g.n++
			}
		}
	}
	format := func(ms int64) string { return strictyaml.FormatDuration(time.Duration(ms) * time.Millisecond) }
	for _, rule := range slices.Sorted(maps.Keys(least)) {
		if g := least[rule]; g.n > 2 && 2*g.ms > 3*interval || 3*g.ms < 2*interval {
			p.bad(g.line, "the samples of %q are %s apart, but `evaluation_interval` is %s; write evaluation_interval: %s",
				strictyaml.Shorten(rule), format(g.ms), format(interval), format(g.ms))
		}
	}
}
