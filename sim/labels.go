package sim

import (
	"slices"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/notifier/core"
)

// Labels are the label sets of a test's alerts, as relabelling leaves them. Runs of one test, one after the other, need not make them
// again (see Options). The zero value is empty and ready.
type Labels struct {
	ids  map[labels.Labels]int32
	sets []labels.Labels // by id
	// planned are what the first configuration makes of the alerts that the scenario has, by where these are.
	planned map[*labels.Labels][]int32
	scratch []int32
}

// id returns that of a label set.
func (k *Labels) id(lset labels.Labels) int32 {
	if id, ok := k.ids[lset]; ok {
		return id
	}
	id := int32(len(k.sets))
	k.ids[lset] = id
	k.sets = append(k.sets, lset)
	return id
}

// relabel returns the ids of a source's alerts under a configuration, -1 for those that it drops, until the next call.
func (k *Labels) relabel(s *source, rules core.Relabeling, config int) []int32 {
	if len(s.alerts) == 0 {
		return nil
	}
	keep := s.planned && config == 1
	if ids := k.planned[&s.alerts[0]]; keep && len(ids) == len(s.alerts) {
		return ids
	}
	ids := slices.Grow(k.scratch[:0], len(s.alerts))
	for _, lset := range s.alerts {
		if lset, ok := rules.Apply(lset); ok {
			ids = append(ids, k.id(lset))
		} else {
			ids = append(ids, -1)
		}
	}
	if k.scratch = ids; keep {
		if k.planned == nil {
			k.planned = map[*labels.Labels][]int32{}
		}
		k.planned[&s.alerts[0]], k.scratch = ids, nil
	}
	return ids
}

// labelSets numbers the label sets of a run. Alerts of one label set are one alert to an Alertmanager, whoever sent them.
type labelSets struct {
	known   *Labels
	numbers []int32 // by id, from 1; 0 for those that are not in the run yet
	ids     []int32 // by number
	names   []string
	// stems are the numbers at which a name begins that differs from the one before in more than digits; stemmed is how many names
	// have been looked at for them.
	stems   []int
	stemmed int
}

// newLabelSets makes room for the label sets that are known, or else for so many.
func newLabelSets(known *Labels, n int) labelSets {
	if known == nil {
		known = &Labels{}
	}
	if len(known.sets) == 0 {
		known.ids, known.sets = make(map[labels.Labels]int32, n), make([]labels.Labels, 0, n)
	}
	n = max(n, len(known.sets))
	return labelSets{known: known, numbers: make([]int32, n), ids: make([]int32, 0, n), names: make([]string, 0, n)}
}

// number returns the number of a label set; name is how output calls it, if it is new.
func (l *labelSets) number(lset labels.Labels, name string) int {
	return l.numberOf(l.known.id(lset), name)
}

// numberOf returns the number of the label set with an id.
func (l *labelSets) numberOf(id int32, name string) int {
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

// of returns the label set with a number.
func (l *labelSets) of(number int) labels.Labels { return l.known.sets[l.ids[number]] }

// stemEnd returns the number from which on names differ from that of a number in more than digits, or how many there are.
func (l *labelSets) stemEnd(number int) int {
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
