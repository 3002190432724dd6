package alerts

import (
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/notifier/core"
)

// A Span is n label sets with consecutive numbers.
type Span = trace.Span

// A Cache holds relabelled label sets, so that a run of a test need not compute what an earlier run of the same test
// has computed. The zero Cache is empty and ready. Two runs must not use it at the same time.
type Cache struct {
	ids  map[labels.Labels]int32
	sets []labels.Labels // by id
	// planned holds the ids of the alerts in the scenario under the first configuration. Its key is the address of the
	// first alert of a Source.
	planned map[*labels.Labels][]int32
	scratch []int32
}

// id returns the id of a label set, and assigns one if the label set is new.
func (c *Cache) id(lset labels.Labels) int32 {
	if id, ok := c.ids[lset]; ok {
		return id
	}
	id := int32(len(c.sets))
	c.ids[lset] = id
	c.sets = append(c.sets, lset)
	return id
}

// relabel returns the ids of the alerts of a source as the configuration with this number relabels them, -1 for dropped
// alerts. The slice is valid until the next call.
func (c *Cache) relabel(s *Source, rules core.Relabeling, config int) []int32 {
	if len(s.Alerts) == 0 {
		return nil
	}
	keep := s.Planned && config == 1
	if ids := c.planned[&s.Alerts[0]]; keep && len(ids) == len(s.Alerts) {
		return ids
	}
	ids := slices.Grow(c.scratch[:0], len(s.Alerts))
	for _, lset := range s.Alerts {
		if lset, ok := rules.Apply(lset); ok {
			ids = append(ids, c.id(lset))
		} else {
			ids = append(ids, -1)
		}
	}
	if c.scratch = ids; keep {
		if c.planned == nil {
			c.planned = map[*labels.Labels][]int32{}
		}
		c.planned[&s.Alerts[0]], c.scratch = ids, nil
	}
	return ids
}

// LabelSets numbers the label sets of a run. Alerts with the same label set are one alert for an Alertmanager,
// whichever sender sent them.
type LabelSets struct {
	// Log is told into which label sets relabelling turns which alerts.
	Log Log

	cache   *Cache
	numbers []int32 // by id: the number plus 1, or 0 if the run does not have the label set yet
	ids     []int32 // by number
	names   []string
	// stems are the numbers whose names differ from the name before in more than their last digits; stemmed is how many
	// names have been compared so far.
	stems   []int
	stemmed int
}

// A Log records, by their numbers, into which label sets relabelling turns which alerts.
type Log interface {
	// SentAs is called when the relabelling of Send turns an alert into a label set, Dropped when it drops the alert.
	SentAs(alert, labelSet int)
	Dropped(alert int)
	// RelabelledAs is called when the relabelling of an Alertmanager set turns the label set from into to.
	RelabelledAs(set *core.Set, from, to int)
}

// NewLabelSets returns LabelSets with room for the label sets of a cache or, if cache is nil, for n label sets.
func NewLabelSets(cache *Cache, n int, log Log) *LabelSets {
	if cache == nil {
		cache = &Cache{}
	}
	if len(cache.sets) == 0 {
		cache.ids, cache.sets = make(map[labels.Labels]int32, n), make([]labels.Labels, 0, n)
	}
	n = max(n, len(cache.sets))
	return &LabelSets{
		Log: log, cache: cache, numbers: make([]int32, n), ids: make([]int32, 0, n), names: make([]string, 0, n),
	}
}

// Names returns the names of the label sets by number. The caller must not change the slice.
func (l *LabelSets) Names() []string { return l.names }

// Number returns the number of a label set. If the label set is new, it gets a number, and name becomes its name in the
// output.
func (l *LabelSets) Number(lset labels.Labels, name string) int {
	return l.numberOf(l.cache.id(lset), name)
}

// numberOf returns the number of the label set with an id.
func (l *LabelSets) numberOf(id int32, name string) int {
	if more := int(id) + 1 - len(l.numbers); more > 0 {
		l.numbers = append(l.numbers, make([]int32, more)...)
	}
	if n := l.numbers[id]; n > 0 {
		return int(n) - 1
	}
	l.ids, l.names = append(l.ids, id), append(l.names, name)
	l.numbers[id] = int32(len(l.ids))
	return len(l.ids) - 1
}

// Of returns the label set with a number.
func (l *LabelSets) Of(number int) labels.Labels { return l.cache.sets[l.ids[number]] }

// Text returns the names of the label sets in spans for people, such as "a1..a5 a9".
func (l *LabelSets) Text(spans []Span) string {
	var b strings.Builder
	for _, sp := range spans {
		for sp.N > 0 {
			n := min(sp.N, l.stemEnd(sp.First)-sp.First)
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(nameRange(l.names[sp.First], l.names[sp.First+n-1]))
			sp = Span{First: sp.First + n, N: sp.N - n}
		}
	}
	return b.String()
}

// nameRange shortens the names from first to last, which differ in their last digits only: a1..a5, X{i="1..5"}.
func nameRange(first, last string) string {
	digits, braced := strings.CutSuffix(first, `"}`)
	switch {
	case first == last:
		return first
	case braced:
		return digits + ".." + strings.TrimPrefix(last, stem(first))
	}
	return first + ".." + last
}

// stem returns a name without its last digits.
func stem(name string) string { return strings.TrimRight(strings.TrimRight(name, `"}`), "0123456789") }

// stemEnd returns the first number after this one whose name differs in more than the last digits, or the number of
// names if there is none.
func (l *LabelSets) stemEnd(number int) int {
	for ; l.stemmed < len(l.names); l.stemmed++ {
		if n := l.stemmed; n == 0 || stem(l.names[n-1]) != stem(l.names[n]) {
			l.stems = append(l.stems, n)
		}
	}
	next, found := slices.BinarySearch(l.stems, number)
	if found {
		next++
	}
	if next < len(l.stems) {
		return l.stems[next]
	}
	return len(l.names)
}

// AppendSpan appends a number to spans, and extends the last span if the number follows it.
func AppendSpan(spans []Span, number int) []Span {
	if n := len(spans); n > 0 && spans[n-1].First+spans[n-1].N == number {
		spans[n-1].N++
		return spans
	}
	return append(spans, Span{First: number, N: 1})
}
