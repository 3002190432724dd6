package ledger

import (
	"slices"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/notifier/core"
)

// An AlertLog records in the course of a run when alerts fire at their source, and when Alertmanagers know them as
// firing. Account makes the account of alerts of it.
//
// An alert has a number of its own, since it may be known by several label sets: a reload that changes external labels
// gives it another, and the relabelling of an Alertmanager set one more. Alerts of which Send's relabelling makes the
// same label set, such as those of two replicas, become one. Label sets have the numbers that they have in the run.
//
// Times are in nanoseconds from the start of the run, and need not be recorded in their order: Alertmanagers resolve
// what has expired later. The zero value is empty and ready.
type AlertLog struct {
	sameAs        []int32         // by alert: an alert that it is one with, itself if there is none
	alerts        []int32         // by label set as Send's relabelling leaves it: the alert and 1, 0 if there is none
	sent          []bool          // by alert: it has a label set
	dropped       map[int]bool    // alerts that Send's relabelling dropped
	variants      []map[int][]int // by Alertmanager set: the label sets of which its relabelling made one
	sets          map[*core.Set]int
	records       []alertRecord
	alertmanagers []logAlertmanager
}

type logAlertmanager struct {
	address string
	sets    []int // those that it was in, by their place in variants
	plain   bool  // one of them does not relabel
}

// An alertRecord is something that happens to n alerts, or label sets at an Alertmanager, from first on.
type alertRecord struct {
	at           int64
	first, n     int32
	alertmanager int16 // atSource for alerts at their source
	kind         recordKind
}

type recordKind uint8

const (
	begins  recordKind = iota // to fire at the source; to be known as firing at an Alertmanager
	ends                      // the same
	forgets                   // an Alertmanager was restarted
)

// atSource is the Alertmanager of records of the source.
const atSource = -1

// NewAlerts adds n alerts and returns the number of the first.
func (l *AlertLog) NewAlerts(n int) int {
	first := len(l.sameAs)
	l.sameAs = slices.Grow(l.sameAs, n)
	for i := range n {
		l.sameAs = append(l.sameAs, int32(first+i))
	}
	l.sent = append(l.sent, make([]bool, n)...)
	return first
}

// Fires records that n alerts begin to fire at their source.
func (l *AlertLog) Fires(at int64, first, n int) { l.add(at, atSource, begins, first, n) }

// Ends records that n alerts end at their source.
func (l *AlertLog) Ends(at int64, first, n int) { l.add(at, atSource, ends, first, n) }

// SentAs records that Send's relabelling makes a label set of an alert.
func (l *AlertLog) SentAs(alert, labelSet int) {
	if more := labelSet + 1 - len(l.alerts); more > 0 {
		l.alerts = append(l.alerts, make([]int32, more)...)
	}
	l.sent[alert] = true
	if other := l.alerts[labelSet]; other == 0 {
		l.alerts[labelSet] = int32(alert) + 1
	} else if a, b := l.find(int32(alert)), l.find(other-1); a != b {
		l.sameAs[max(a, b)] = min(a, b)
	}
}

// SetsOf returns the sets that an Alertmanager was in.
func (l *AlertLog) SetsOf(address string) []*core.Set {
	var list []*core.Set
	for _, am := range l.alertmanagers {
		for set, number := range l.sets {
			if am.address == address && slices.Contains(am.sets, number) {
				list = append(list, set)
			}
		}
	}
	return list
}

// WasSent reports whether Send's relabelling made a label set of an alert, WasDropped whether it dropped it.
func (l *AlertLog) WasSent(alert int) bool    { return l.sent[alert] }
func (l *AlertLog) WasDropped(alert int) bool { return l.dropped[alert] }

// Dropped records that Send's relabelling drops an alert on purpose.
func (l *AlertLog) Dropped(alert int) {
	if l.dropped == nil {
		l.dropped = map[int]bool{}
	}
	l.dropped[alert] = true
}

// find returns the lowest alert that one is the same as.
func (l *AlertLog) find(alert int32) int32 {
	for l.sameAs[alert] != alert {
		l.sameAs[alert] = l.sameAs[l.sameAs[alert]]
		alert = l.sameAs[alert]
	}
	return alert
}

// RelabelledAs records that an Alertmanager set makes a label set of one that Send's relabelling left.
func (l *AlertLog) RelabelledAs(set *core.Set, from, to int) {
	v := l.variants[l.setNumber(set)]
	if !slices.Contains(v[to], from) {
		v[to] = append(v[to], from)
	}
}

func (l *AlertLog) setNumber(set *core.Set) int {
	number, ok := l.sets[set]
	if !ok {
		if l.sets == nil {
			l.sets = map[*core.Set]int{}
		}
		number = len(l.variants)
		l.sets[set], l.variants = number, append(l.variants, map[int][]int{})
	}
	return number
}

// NewAlertmanager adds an Alertmanager and returns its number.
func (l *AlertLog) NewAlertmanager(address string) int {
	l.alertmanagers = append(l.alertmanagers, logAlertmanager{address: address})
	return len(l.alertmanagers) - 1
}

// Joins records that an Alertmanager is in a set, which relabels or does not.
func (l *AlertLog) Joins(alertmanager int, set *core.Set, relabels bool) {
	am := &l.alertmanagers[alertmanager]
	am.plain = am.plain || !relabels
	if number := l.setNumber(set); !slices.Contains(am.sets, number) {
		am.sets = append(am.sets, number)
	}
}

// Changes records what happened to alerts at an Alertmanager.
func (l *AlertLog) Changes(alertmanager int, changes []fakeam.Change) {
	for _, c := range changes {
		switch c.Kind {
		case fakeam.Fires, fakeam.Refires, fakeam.Resurrects:
			l.add(c.At, alertmanager, begins, c.First, c.N)
		case fakeam.Resolves, fakeam.FalselyResolves:
			l.add(c.At, alertmanager, ends, c.First, c.N)
		case fakeam.Late:
		}
	}
}

// Forgets records that an Alertmanager lost all that it knew.
func (l *AlertLog) Forgets(at int64, alertmanager int) { l.add(at, alertmanager, forgets, 0, 0) }

func (l *AlertLog) add(at int64, alertmanager int, kind recordKind, first, n int) {
	if last := len(l.records) - 1; last >= 0 && n > 0 {
		r := &l.records[last]
		if r.at == at && r.kind == kind && int(r.alertmanager) == alertmanager && int(r.first+r.n) == first {
			r.n += int32(n)
			return
		}
	}
	l.records = append(l.records, alertRecord{at, int32(first), int32(n), int16(alertmanager), kind})
}
