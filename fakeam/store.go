package fakeam

import (
	"errors"
	"slices"
	"time"

	"github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/common/model"
)

// Alertmanager's defaults.
const (
	DefaultResolveTimeout = 5 * time.Minute  // global.resolve_timeout of alertmanager.yml
	DefaultGCInterval     = 30 * time.Minute // --alerts.gc-interval
)

// StoreOptions are the limits and times of a Store. The zero value has Alertmanager's defaults.
type StoreOptions struct {
	// ResolveTimeout is the life of an alert that comes without an end; 0 is DefaultResolveTimeout.
	ResolveTimeout time.Duration
	// GCInterval is how often resolved alerts are forgotten, from Start on; 0 is DefaultGCInterval.
	GCInterval time.Duration
	// Start is when the Alertmanager started; the zero value is the time of the first Put.
	Start time.Time
	// PerAlertname is --alerts.per-alertname-limit: the most alerts of one alertname; 0 is no limit.
	PerAlertname int
	// ClassicNames is --enable-feature=classic-mode: names of labels are [a-zA-Z_][a-zA-Z0-9_]*.
	ClassicNames bool
	// MaxAlerts is the most alerts that are stored, resolved ones until they are collected included; 0 is no limit.
	// A real Alertmanager has no such limit.
	MaxAlerts int
}

// ErrFull is the error of an alert beyond MaxAlerts.
var ErrFull = errors.New("the store is full")

// A Store is what an Alertmanager remembers of the alerts posted to it: one alert for each label set, keyed by fingerprint.
// It holds no clock: what Put and Active are told is the time. Times should not go back. A Store is not safe for use by
// several goroutines at once.
type Store struct {
	// Counts of the alerts that came in, as an Alertmanager's metrics have them: Firing and Resolved include the invalid.
	Firing, Resolved, Invalid, Limited int64

	opt    StoreOptions
	nextGC time.Time
	alerts map[model.Fingerprint]*alert.Alert
	names  map[string]*bucket
}

// A PutOutcome is what became of an alert.
type PutOutcome uint8

const (
	Stored   PutOutcome = iota // its label set was not there
	Replaced                   // it took the place of what was stored
	Merged                     // it was merged with what was stored
	Limited                    // dropped without a word: its alertname has the most alerts allowed
	Invalid                    // refused
	Full                       // refused: the store has MaxAlerts
)

// String returns stored, replaced, merged, limited, invalid or full.
func (o PutOutcome) String() string {
	if int(o) < len(putOutcomes) {
		return putOutcomes[o]
	}
	return "unknown"
}

var putOutcomes = [...]string{
	Stored: "stored", Replaced: "replaced", Merged: "merged", Limited: "limited", Invalid: "invalid", Full: "full",
}

// A PutResult is what became of one alert. Err is set for Invalid and Full.
type PutResult struct {
	Outcome PutOutcome
	Err     error
}

// NewStore returns an empty store.
func NewStore(opt StoreOptions) *Store {
	if opt.ResolveTimeout <= 0 {
		opt.ResolveTimeout = DefaultResolveTimeout
	}
	if opt.GCInterval <= 0 {
		opt.GCInterval = DefaultGCInterval
	}
	s := &Store{opt: opt, alerts: map[model.Fingerprint]*alert.Alert{}, names: map[string]*bucket{}}
	if !opt.Start.IsZero() {
		s.nextGC = opt.Start.Add(opt.GCInterval)
	}
	return s
}

// Len returns how many alerts are stored, resolved ones that are not collected yet included.
func (s *Store) Len() int { return len(s.alerts) }

// Put takes the alerts of one request, in order, at now, and returns what became of each. It completes them first
// (postAlertsHandler in api/v2/api.go of Alertmanager v0.34.0): a missing start is the end, or now; a missing end is
// now + ResolveTimeout; labels with an empty value go. It keeps the alerts and their maps: hand over copies.
func (s *Store) Put(now time.Time, alerts ...*alert.Alert) []PutResult {
	s.collect(now)
	results := make([]PutResult, len(alerts))
	for i, a := range alerts { // all are counted and checked before the first is stored
		s.complete(a, now)
		if err := validate(a, s.opt.ClassicNames); err != nil {
			s.Invalid++
			results[i] = PutResult{Outcome: Invalid, Err: err}
		}
	}
	for i, a := range alerts {
		if results[i].Err == nil {
			results[i] = s.put(now, a)
		}
		if results[i].Outcome == Limited {
			s.Limited++
		}
	}
	return results
}

func (s *Store) complete(a *alert.Alert, now time.Time) {
	a.UpdatedAt = now
	if a.StartsAt.IsZero() {
		if a.StartsAt = a.EndsAt; a.EndsAt.IsZero() {
			a.StartsAt = now
		}
	}
	if a.EndsAt.IsZero() {
		a.Timeout = true
		a.EndsAt = now.Add(s.opt.ResolveTimeout)
	}
	if a.EndsAt.After(now) {
		s.Firing++
	} else {
		s.Resolved++
	}
	for name, value := range a.Labels {
		if value == "" {
			delete(a.Labels, name)
		}
	}
}

// put stores a complete and valid alert.
func (s *Store) put(now time.Time, a *alert.Alert) PutResult {
	key := a.Fingerprint()
	outcome := Stored
	old := s.alerts[key]
	switch {
	case old != nil:
		outcome = Replaced
		if k := overlapOf(old, a, now).merge(); k.merged {
			outcome = Merged
			a = k.apply(old, a)
		}
	case s.opt.MaxAlerts > 0 && len(s.alerts) >= s.opt.MaxAlerts:
		return PutResult{Outcome: Full, Err: ErrFull}
	}
	if s.opt.PerAlertname > 0 {
		name := a.Name()
		b := s.names[name]
		if b == nil {
			b = newBucket()
			s.names[name] = b
		}
		if !b.admit(key, a.EndsAt, now, s.opt.PerAlertname) {
			return PutResult{Outcome: Limited}
		}
	}
	s.alerts[key] = a
	return PutResult{Outcome: outcome}
}

func overlapOf(old, a *alert.Alert, now time.Time) *overlap {
	start, end := a.StartsAt.Compare(old.StartsAt), a.EndsAt.Compare(old.EndsAt)
	return &overlap{
		endsAfterStart:    a.EndsAt.After(old.StartsAt),
		endsBeforeEnd:     end < 0,
		endsAfterEnd:      end > 0,
		startsAfterStart:  start > 0,
		startsBeforeStart: start < 0,
		startsBeforeEnd:   a.StartsAt.Before(old.EndsAt),
		resolved:          !a.EndsAt.After(now),
		oldResolved:       !old.EndsAt.After(now),
		timeout:           a.Timeout,
		oldTimeout:        old.Timeout,
		older:             a.UpdatedAt.Before(old.UpdatedAt),
	}
}

// apply returns the alert that k keeps of the two.
func (k kept) apply(old, a *alert.Alert) *alert.Alert {
	merged := *a
	if k.rest {
		merged = *old
	}
	merged.StartsAt, merged.EndsAt = a.StartsAt, a.EndsAt
	if k.start {
		merged.StartsAt = old.StartsAt
	}
	if k.end {
		merged.EndsAt = old.EndsAt
	}
	return &merged
}

// Active returns the alerts whose end is not before now, as GET /api/v2/alerts lists them: sorted by fingerprint.
// An alert is not changed once it is stored, so the list stays as it is; do not change what it points to.
func (s *Store) Active(now time.Time) []*alert.Alert {
	list := make([]*alert.Alert, 0, len(s.alerts))
	keys := make([]model.Fingerprint, 0, len(s.alerts))
	for key, a := range s.alerts {
		if !a.EndsAt.Before(now) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		list = append(list, s.alerts[key])
	}
	return list
}

// CountActive returns how many alerts Active lists.
func (s *Store) CountActive(now time.Time) int {
	n := 0
	for _, a := range s.alerts {
		if !a.EndsAt.Before(now) {
			n++
		}
	}
	return n
}

// collect forgets what was resolved at the last multiple of the interval that has passed.
// Nothing changes between two calls of Put, so a collection that is late has the result of one in time.
func (s *Store) collect(now time.Time) {
	if s.nextGC.IsZero() {
		s.nextGC = now.Add(s.opt.GCInterval)
	}
	if late := now.Sub(s.nextGC); late >= 0 {
		s.GC(now.Add(-late % s.opt.GCInterval))
		s.nextGC = now.Add(s.opt.GCInterval - late%s.opt.GCInterval)
	}
}

// GC forgets the alerts that are resolved at this time, and the limits of alertnames that it empties. Put does it by itself.
func (s *Store) GC(at time.Time) {
	for name, b := range s.names {
		if b.stale(at) {
			delete(s.names, name)
		}
	}
	for key, a := range s.alerts {
		if !a.EndsAt.After(at) {
			delete(s.alerts, key)
		}
	}
}

// Reset makes the store as empty as a restart does. The counts go too.
func (s *Store) Reset(start time.Time) {
	opt := s.opt
	opt.Start = start
	*s = *NewStore(opt)
}
