package ledger

import (
	"slices"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/notifier/core"
)

// An AlertLog records during a run when alerts fire at their source, and when Alertmanagers know them as firing. Its
// method Account computes the account of alerts from it.
//
// Alerts have numbers of their own, because one alert may be known by several label sets: a reload that changes
// external labels gives the alert another label set, and the relabelling of an Alertmanager set yet another. Alerts
// that the relabelling of Send turns into the same label set, such as those of two replicas, become one alert. Label
// sets have the numbers that they have in the run.
//
// Times are in nanoseconds from the start of the run. They need not be recorded in order, because Alertmanagers resolve
// expired alerts later than they expire. The zero value is empty and ready.
type AlertLog struct {
	sameAs        []int32         // by alert: an alert that it was merged with, or itself
	alerts        []int32         // by label set after the relabelling of Send: the number of its alert plus 1, or 0
	sent          []bool          // by alert: whether the relabelling of Send turned it into a label set
	dropped       map[int]bool    // the alerts that the relabelling of Send dropped
	variants      []map[int][]int // by Alertmanager set and label set after its relabelling: the label sets before it
	sets          map[*core.Set]int
	records       []alertRecord
	alertmanagers []logAlertmanager
	// changes counts the changes of what is the same alert, and of which alerts are meant for which Alertmanager.
	// metered is the number of records that an AlertMeter has read.
	changes, metered int
}

type logAlertmanager struct {
	address string
	sets    []int // the sets that it was in, as indexes of variants
	plain   bool  // whether one of its sets has no relabelling
}

// An alertRecord is something that happens to n alerts at their source, or to n label sets at an Alertmanager. first is
// the lowest number of them.
type alertRecord struct {
	at           int64
	first, n     int32
	alertmanager int32 // atSource if it happens at the source
	kind         recordKind
}

// rank orders the records of one instant: an alert of which one source begins when another ends goes on firing.
func (r *alertRecord) rank() int {
	if r.alertmanager == atSource && r.kind == begins {
		return 0
	}
	return 1
}

type recordKind uint8

const (
	begins  recordKind = iota // the alert begins to fire, or the label set begins to be known as firing
	ends                      // the alert ends, or the label set is no longer known as firing
	forgets                   // an Alertmanager was restarted and lost all alerts
)

// atSource stands in place of an Alertmanager in records about the source.
const atSource = -1

// NewAlerts adds n alerts and returns the lowest of their numbers.
func (l *AlertLog) NewAlerts(n int) int {
	l.changes++
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

// Ends records that n alerts resolve at their source.
func (l *AlertLog) Ends(at int64, first, n int) { l.add(at, atSource, ends, first, n) }

// SentAs records that the relabelling of Send turns an alert into a label set.
func (l *AlertLog) SentAs(alert, labelSet int) {
	if more := labelSet + 1 - len(l.alerts); more > 0 {
		l.alerts = append(l.alerts, make([]int32, more)...)
	}
	if other := l.alerts[labelSet]; other == 0 {
		if l.sent[alert] || l.dropped[alert] {
			l.changes++
		}
		l.alerts[labelSet] = int32(alert) + 1
	} else if a, b := l.find(int32(alert)), l.find(other-1); a != b {
		l.sameAs[max(a, b)] = min(a, b)
		l.changes++
	}
	l.sent[alert] = true
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

// WasSent reports whether the relabelling of Send turned an alert into a label set, WasDropped whether it dropped the
// alert.
func (l *AlertLog) WasSent(alert int) bool    { return l.sent[alert] }
func (l *AlertLog) WasDropped(alert int) bool { return l.dropped[alert] }

// LabelSets returns, by the numbers of the alerts, the label sets into which the relabelling of Send turned them.
func (l *AlertLog) LabelSets() [][]int {
	of := make([][]int, len(l.sameAs))
	for labelSet, alert := range l.alerts {
		if alert > 0 {
			first := l.find(alert - 1)
			of[first] = append(of[first], labelSet)
		}
	}
	for alert := range of {
		of[alert] = of[l.find(int32(alert))]
	}
	return of
}

// Dropped records that the relabelling of Send drops an alert on purpose.
func (l *AlertLog) Dropped(alert int) {
	if l.dropped == nil {
		l.dropped = map[int]bool{}
	}
	if !l.dropped[alert] {
		l.changes++
	}
	l.dropped[alert] = true
}

// find returns the lowest number among the alerts that were merged with this one.
func (l *AlertLog) find(alert int32) int32 {
	for l.sameAs[alert] != alert {
		l.sameAs[alert] = l.sameAs[l.sameAs[alert]]
		alert = l.sameAs[alert]
	}
	return alert
}

// RelabelledAs records that an Alertmanager set turns the label set from, which the relabelling of Send left, into the
// label set to.
func (l *AlertLog) RelabelledAs(set *core.Set, from, to int) {
	v := l.variants[l.setNumber(set)]
	if !slices.Contains(v[to], from) {
		if len(v[to]) > 0 {
			l.changes++
		}
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
	l.changes++
	l.alertmanagers = append(l.alertmanagers, logAlertmanager{address: address})
	return len(l.alertmanagers) - 1
}

// Joins records that an Alertmanager is in a set. relabels says whether the set has relabelling.
func (l *AlertLog) Joins(alertmanager int, set *core.Set, relabels bool) {
	am := &l.alertmanagers[alertmanager]
	am.plain = am.plain || !relabels
	if number := l.setNumber(set); !slices.Contains(am.sets, number) {
		am.sets = append(am.sets, number)
		l.changes++
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

// Forgets records that an Alertmanager lost all its alerts.
func (l *AlertLog) Forgets(at int64, alertmanager int) { l.add(at, alertmanager, forgets, 0, 0) }

func (l *AlertLog) add(at int64, alertmanager int, kind recordKind, first, n int) {
	if last := len(l.records) - 1; last >= l.metered && n > 0 {
		r := &l.records[last]
		if r.at == at && r.kind == kind && int(r.alertmanager) == alertmanager && int(r.first+r.n) == first {
			r.n += int32(n)
			return
		}
	}
	l.records = append(l.records, alertRecord{at, int32(first), int32(n), int32(alertmanager), kind})
}
