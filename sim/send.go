package sim

import (
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/notifier/core"
)

// A span is n label sets with consecutive numbers.
type span struct{ first, n int }

// stem is a name without its last digits.
func stem(name string) string { return strings.TrimRight(strings.TrimRight(name, `"}`), "0123456789") }

// A source is alerts that are sent together, again and again, as the scenario has them.
type source struct {
	alerts  []labels.Labels
	names   []string
	planned bool // they are the scenario's

	times // at the next send

	// relabelled are the alerts as they leave the relabelling of Send, under the rules of this configuration; places says where
	// each alert is among them, -1 for nowhere.
	relabelled []span
	n          int
	places     []int32
	config     int // its number
}

// relabel brings s up to date with the rules of a configuration.
func (s *source) relabel(l *labelSets, rules core.Relabeling, config int) {
	if s.config == config {
		return
	}
	s.relabelled, s.places, s.n, s.config = s.relabelled[:0], slices.Grow(s.places[:0], len(s.alerts)), 0, config
	for i, id := range l.known.relabel(s, rules, config) {
		if id < 0 {
			s.places = append(s.places, -1)
			continue
		}
		s.places = append(s.places, int32(s.n))
		s.relabelled = appendSpan(s.relabelled, l.numberOf(id, s.names[i]))
		s.n++
	}
}

func appendSpan(spans []span, number int) []span {
	if n := len(spans); n > 0 && spans[n-1].first+spans[n-1].n == number {
		spans[n-1].n++
		return spans
	}
	return append(spans, span{number, 1})
}

// A send is one call of Manager.Send, as the books see it.
type send struct {
	sources []*source
	begun   int64 // when Send was called
	// spans are its alerts once Send goes ahead, n their number.
	spans []span
	n     int
	parts []part // of which alerts share their times

	// order is its place among all that went ahead.
	order uint32
	// open counts the copies of its alerts that wait or are in flight, over all send loops.
	open  int
	index int // among the sends that a rig made
	// taken has a bit for each alert that at least one Alertmanager took, asked one for each that a send loop was given.
	taken, asked fakeam.Tally
	veiled       bool // asked is marked by batch: what sets leave of a shared queue shows only then
	returned     bool
	losses       []loss // of its alerts' copies, in order, if there are virtual scrapes
	// among is where the same alerts of other senders are; nil if there are no others.
	among  *handover
	spared fakeam.Tally // of the alerts of a veiled send that has others: those that all sets dropped
	// back is where a rule waits for the call to return, or nil.
	back func()

	// A send that a set's relabelling made of another has alerts at these places of it.
	parent *send
	places []int32
	// variants are the sends that sets made of this one.
	variants map[variantKey]*send
}

// A variantKey is what a set's relabelling depends on: the set, and those whose changes show in it.
type variantKey struct {
	set        *core.Set
	precedents string
}

// root is the send that was handed over.
func (s *send) root() *send {
	if s.parent != nil {
		return s.parent
	}
	return s
}

// number returns the number of the label set at a place.
func (s *send) number(place int) int {
	number := -1
	s.each(place, place+1, func(sp span) { number = sp.first })
	return number
}

// each calls f with the spans of the alerts from to to-1.
func (s *send) each(from, to int, f func(span)) {
	for _, sp := range s.spans {
		if from < sp.n {
			n := min(to, sp.n) - from
			f(span{sp.first + from, n})
			from += n
		}
		if from, to = from-sp.n, to-sp.n; to <= 0 {
			return
		}
	}
}

// mark adds the alerts from to to-1 to t, which belongs to the root of s, and returns how many are new to it.
func (s *send) mark(t *fakeam.Tally, from, to int) int {
	if s.parent == nil {
		return t.Add(from, to-from)
	}
	fresh := 0
	for _, place := range s.places[from:to] {
		fresh += t.Add(int(place), 1)
	}
	return fresh
}

// spare notes what of the alerts of seg nobody was asked to take.
func (s *send) spare(seg segment) {
	for i := seg.From; i < seg.To; i++ {
		place := i
		if seg.Send.parent != nil {
			place = int(seg.Send.places[i])
		}
		if !s.asked.Has(place) {
			s.spared.Add(place, 1)
		}
	}
}

// variant returns what a set's relabelling makes of s.
func (s *send) variant(set *core.Set, l *labelSets) *send {
	key := variantKey{set, set.EarlierSets()}
	if v := s.variants[key]; v != nil {
		return v
	}
	rules := core.SetRelabeling(set)
	v := &send{parent: s, order: s.order}
	place, in := int32(-1), 0
	s.each(0, s.n, func(sp span) {
		for number := sp.first; number < sp.first+sp.n; number++ {
			if place++; int(place) == s.parts[in].to {
				in++
			}
			if lset, keep := rules.Apply(l.of(number)); keep {
				v.spans = appendSpan(v.spans, l.number(lset, l.names[number]))
				v.places = append(v.places, place)
				v.parts = appendPart(v.parts, len(v.places), s.parts[in].times)
			}
		}
	})
	v.n = len(v.places)
	if s.variants == nil {
		s.variants = map[variantKey]*send{}
	}
	s.variants[key] = v
	return v
}

// A segment is the alerts from From to To-1 of a send.
type segment = core.Segment[*send]

// passing returns what set makes of seg: the alerts of the variant whose places lie within it.
func passing(set *core.Set, l *labelSets, seg segment) segment {
	v := seg.Send.variant(set, l)
	from, _ := slices.BinarySearch(v.places, int32(seg.From))
	to, _ := slices.BinarySearch(v.places, int32(seg.To))
	return segment{Send: v, From: from, To: to}
}

// rangeOf writes the names from first to last, which differ in their last digits: a1..a5, X{i="1..5"}.
func rangeOf(first, last string) string {
	digits, braced := strings.CutSuffix(first, `"}`)
	switch {
	case first == last:
		return first
	case braced:
		return digits + ".." + strings.TrimPrefix(last, stem(first))
	}
	return first + ".." + last
}

// alerts writes the names of spans for people: "a1..a5 a9".
func (l *labelSets) alerts(spans []span) string {
	var b strings.Builder
	for _, sp := range spans {
		for sp.n > 0 {
			n := min(sp.n, l.stemEnd(sp.first)-sp.first)
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(rangeOf(l.names[sp.first], l.names[sp.first+n-1]))
			sp = span{sp.first + n, sp.n - n}
		}
	}
	return b.String()
}
