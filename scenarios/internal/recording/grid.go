package recording

import (
	"encoding/binary"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// grid assigns the samples to the evaluations of a run, which begins with the first of them, and joins alerts of a
// rule that fire at the same evaluations. On a server each rule group has an offset of its own, so the first sample of
// a rule is put on the evaluation before it. At an evaluation without a sample the alert does not fire.
func (p *parse) grid(interval int64) []Group {
	if interval <= 0 { // the evaluation interval is below the milliseconds of a recording
		p.Errorf(p.Pos, "a recording counts in milliseconds, and evaluation_interval is shorter; write at least 1ms")
		return nil
	}
	if steps := (p.end-p.start)/interval + 2; steps > p.MaxValues {
		p.Errorf(p.Pos, "the recording lasts %d evaluations, above the limit of %d; "+
			"write a shorter one, or a longer evaluation_interval", steps, p.MaxValues)
		return nil
	}
	p.spacing(interval)
	if p.wrong > 0 {
		return nil
	}
	first := p.firstSamples()
	var groups []Group
	var key []byte
	known := map[string]int{} // groups by their rule and its evaluations
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

// firingAt returns for each evaluation whether the alert fires, nil if a limit is exceeded.
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

// spacing reports rules whose samples are not an evaluation interval apart: their alerts would seem to resolve between
// two, or lose some. Samples may be further apart because the alert did not fire between them; only if the shortest
// distance occurs several times is it taken for the interval of the rule.
func (p *parse) spacing(interval int64) {
	type gap struct {
		ms   int64
		n    int // how often
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
			p.bad(g.line, "the samples of %q are %s apart, and evaluation_interval is %s; write evaluation_interval: %s",
				strictyaml.Shorten(rule), format(g.ms), format(interval), format(g.ms))
		}
	}
}
