package alerts

import (
	"slices"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/notifier/core"
)

// A Source is a list of alerts that are sent together, again and again.
type Source struct {
	Alerts []labels.Labels
	Names  []string
	// IDs are the numbers of Alerts in the account of alerts.
	IDs []int32
	// Planned says that the alerts are written in the scenario, so that they are the same in every run.
	Planned bool
	// Times are the times in the copies of the next send.
	Times

	// relabelled are the alerts that the relabelling of Send leaves under the configuration with the number config;
	// places has the place of each alert among them, or -1 if it was dropped.
	relabelled []Span
	n          int
	places     []int32
	config     int
}

// Relabel applies the relabelling of a configuration, unless the last call was for the same one, and returns the
// remaining alerts. config is the number of the configuration.
func (s *Source) Relabel(l *LabelSets, rules core.Relabeling, config int) []Span {
	if s.config == config {
		return s.relabelled
	}
	s.relabelled, s.places, s.n, s.config = s.relabelled[:0], slices.Grow(s.places[:0], len(s.Alerts)), 0, config
	for i, id := range l.cache.relabel(s, rules, config) {
		if id < 0 {
			s.places = append(s.places, -1)
			l.Log.Dropped(int(s.IDs[i]))
			continue
		}
		s.places = append(s.places, int32(s.n))
		number := l.numberOf(id, s.Names[i])
		s.relabelled = AppendSpan(s.relabelled, number)
		l.Log.SentAs(int(s.IDs[i]), number)
		s.n++
	}
	return s.relabelled
}

// EachPlace calls f with every alert of s and with its place among the alerts that relabelling leaves, or -1 if it is
// dropped. It returns how many are left.
func (s *Source) EachPlace(f func(lset labels.Labels, place int)) int {
	for i, lset := range s.Alerts {
		f(lset, int(s.places[i]))
	}
	return s.n
}

// Relabelled returns how many alerts the last Relabel left.
func (s *Source) Relabelled() int { return s.n }

// A Send is one call of Manager.Send, with what the run records about its copies.
type Send struct {
	Sources []*Source
	// Begun is when Send was called, in nanoseconds from the start of the run.
	Begun int64
	// Spans are the label sets of the copies, N is their number. They are set once the call has the manager's lock.
	Spans []Span
	N     int
	times []timeSpan

	// Order is the place of the call among those that got the manager's lock, from 1; 0 while it waits for the lock.
	Order uint32
	// Open counts the copies that wait or are in flight, over all send loops.
	Open int
	// Index is the number by which engines that observe a Manager from outside recognise the copies; it is in the
	// generator URL of each copy.
	Index int
	// Taken has a bit for each alert that at least one Alertmanager accepted, Asked one for each alert that was handed
	// to a send loop.
	Taken, Asked fakeam.Bitset
	// RelabelledLater says that the sets relabel the batches of a shared queue, so that Asked becomes known only when a
	// batch is posted.
	RelabelledLater bool
	// Filtered has a bit for each alert that the relabelling of every set dropped. Only sends with RelabelledLater and
	// an Evaluation use it.
	Filtered fakeam.Bitset
	Returned bool
	// Losses lists the lost copies in order, if the virtual scrapes need the reasons.
	Losses []Loss
	// Evaluation has the sends of the same alerts by other senders; nil if there is one sender.
	Evaluation *Evaluation
	// OnReturn, if not nil, is called when a call that had to wait for the lock returns.
	OnReturn func()

	// parent is the send that the relabelling of a set turned into this one; places are the places of its alerts in
	// parent.
	parent *Send
	places []int32
	// variants are the sends that the relabelling of sets made of this one.
	variants map[variantKey]*Send
}

// A Loss is a segment of lost copies, and why they were lost.
type Loss struct {
	Segment
	Why core.Reason
}

// A variantKey is what the result of a set's relabelling depends on: the set, and the earlier sets whose changes of the
// labels it sees.
type variantKey struct {
	set         *core.Set
	earlierSets string
}

// A Segment is the copies from From to To-1 of a send.
type Segment = core.Segment[*Send]

// Reset makes s an empty send that was called at begun. It keeps the memory of s for reuse.
func (s *Send) Reset(begun int64) {
	s.Taken.Reset()
	s.Asked.Reset()
	*s = Send{
		Sources: s.Sources[:0], Spans: s.Spans[:0], times: s.times[:0], Taken: s.Taken, Asked: s.Asked,
		Losses: s.Losses[:0], Begun: begun,
	}
}

// GoAhead computes the copies of s: the alerts of its sources that the relabelling of a configuration leaves.
func (s *Send) GoAhead(l *LabelSets, rules core.Relabeling, config int) {
	for _, src := range s.Sources {
		s.Spans = append(s.Spans, src.Relabel(l, rules, config)...)
		s.N += src.n
		s.times = appendTimes(s.times, s.N, src.Times)
	}
}

// Offered returns the number of alerts of s before relabelling.
func (s *Send) Offered() int {
	n := 0
	for _, src := range s.Sources {
		n += len(src.Alerts)
	}
	return n
}

// Root returns the original call of Send. If s is not a variant, that is s itself.
func (s *Send) Root() *Send {
	if s.parent != nil {
		return s.parent
	}
	return s
}

// IsVariant reports whether the relabelling of a set made s from another send.
func (s *Send) IsVariant() bool { return s.parent != nil }

// RootPlace returns the place in the root of the copy at a place of s.
func (s *Send) RootPlace(place int) int {
	if s.parent == nil {
		return place
	}
	return int(s.places[place])
}

// Number returns the number of the label set of the copy at a place.
func (s *Send) Number(place int) int {
	number := -1
	s.EachSpan(place, place+1, func(sp Span) { number = sp.First })
	return number
}

// EachSpan calls f with the spans of the copies from from to to-1.
func (s *Send) EachSpan(from, to int, f func(Span)) {
	for _, sp := range s.Spans {
		if from < sp.N {
			n := min(to, sp.N) - from
			f(Span{First: sp.First + from, N: n})
			from += n
		}
		if from, to = from-sp.N, to-sp.N; to <= 0 {
			return
		}
	}
}

// SetBits sets the bits of the copies from from to to-1 in set, which has a bit for each copy of the root of s, and
// returns how many of them were not set before.
func (s *Send) SetBits(set *fakeam.Bitset, from, to int) int {
	if s.parent == nil {
		return set.Add(from, to-from)
	}
	fresh := 0
	for _, place := range s.places[from:to] {
		fresh += set.Add(int(place), 1)
	}
	return fresh
}

// SetTaken records that an Alertmanager accepted the copies from from to to-1. It returns how many of them no
// Alertmanager had accepted before.
func (s *Send) SetTaken(from, to int) int {
	root := s.Root()
	if root.Taken.Unique == int64(root.N) {
		return 0
	}
	return s.SetBits(&root.Taken, from, to)
}

// SetFiltered records the copies of seg that the relabelling of every set dropped, so that no Alertmanager was posted
// to. s is the root of seg.
func (s *Send) SetFiltered(seg Segment) {
	for i := seg.From; i < seg.To; i++ {
		if place := seg.Send.RootPlace(i); !s.Asked.Has(place) {
			s.Filtered.Add(place, 1)
		}
	}
}

// variant returns the send that the relabelling of a set makes of s.
func (s *Send) variant(set *core.Set, l *LabelSets) *Send {
	key := variantKey{set, set.EarlierSets()}
	if v := s.variants[key]; v != nil {
		return v
	}
	rules := core.SetRelabeling(set)
	v := &Send{parent: s, Order: s.Order}
	place, in := int32(-1), 0
	s.EachSpan(0, s.N, func(sp Span) {
		for number := sp.First; number < sp.First+sp.N; number++ {
			if place++; int(place) == s.times[in].to {
				in++
			}
			if lset, keep := rules.Apply(l.Of(number)); keep {
				to := l.Number(lset, l.names[number])
				l.Log.RelabelledAs(set, number, to)
				v.Spans = AppendSpan(v.Spans, to)
				v.places = append(v.places, place)
				v.times = appendTimes(v.times, len(v.places), s.times[in].Times)
			}
		}
	})
	v.N = len(v.places)
	if s.variants == nil {
		s.variants = map[variantKey]*Send{}
	}
	s.variants[key] = v
	return v
}

// Relabel returns the copies of seg that the relabelling of a set leaves, as a segment of a variant of its send.
func Relabel(set *core.Set, l *LabelSets, seg Segment) Segment {
	v := seg.Send.variant(set, l)
	from, _ := slices.BinarySearch(v.places, int32(seg.From))
	to, _ := slices.BinarySearch(v.places, int32(seg.To))
	return Segment{Send: v, From: from, To: to}
}

// RelabelOne returns the copy of s at a place after the relabelling of a set: its variant and its place there. ok is
// false if the set drops the copy.
func (s *Send) RelabelOne(set *core.Set, l *LabelSets, place int) (v *Send, at int, ok bool) {
	v = s.variant(set, l)
	at, ok = slices.BinarySearch(v.places, int32(place))
	return v, at, ok
}

// SpansOf returns the label sets of the copies of segments.
func SpansOf(segs ...Segment) []Span {
	var spans []Span
	for _, seg := range segs {
		seg.Send.EachSpan(seg.From, seg.To, func(sp Span) {
			if n := len(spans); n > 0 && spans[n-1].First+spans[n-1].N == sp.First {
				spans[n-1].N += sp.N
				return
			}
			spans = append(spans, sp)
		})
	}
	return spans
}

// Count returns the number of copies in segments.
func Count(segs []Segment) int {
	n := 0
	for _, seg := range segs {
		n += seg.Len()
	}
	return n
}
