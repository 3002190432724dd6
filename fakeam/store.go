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
	// ResolveTimeout is how long after its arrival an alert without an end is resolved; 0 means DefaultResolveTimeout.
	ResolveTimeout time.Duration
	// GCInterval is the time between garbage collections of resolved alerts, counted from Start; 0 means
	// DefaultGCInterval.
	GCInterval time.Duration
	// Start is when the Alertmanager started; the zero value means the time of the first Put.
	Start time.Time
	// PerAlertname is --alerts.per-alertname-limit, the largest number of alerts with one alertname; 0 means no limit.
	PerAlertname int
	// ClassicNames is --enable-feature=classic-mode: names of labels must match [a-zA-Z_][a-zA-Z0-9_]*.
	ClassicNames bool
	// MaxAlerts is the largest number of stored alerts, including resolved alerts that are not collected yet; 0 means
	// no limit. A real Alertmanager has no such limit.
	MaxAlerts int
}

// ErrFull is the error for an alert that exceeds MaxAlerts.
var ErrFull = errors.New("the store is full")

// A Store holds the alerts posted to an Alertmanager, one for each label set, by fingerprint. The caller passes the
// current time, which should not go back.
type Store struct {
	// Numbers of received alerts, counted as in the metrics of an Alertmanager: Firing and Resolved include invalid
	// alerts.
	Firing, Resolved, Invalid, Limited int64

	opt    StoreOptions
	nextGC time.Time
	alerts map[model.Fingerprint]*alert.Alert
	names  map[string]*bucket
}

// A PutOutcome is what Put did with an alert.
type PutOutcome uint8

const (
	Stored   PutOutcome = iota // no alert with its label set was stored
	Replaced                   // it replaced the stored alert
	Merged                     // it was merged with the stored alert
	Limited                    // dropped without an error, because of StoreOptions.PerAlertname
	Invalid                    // rejected as invalid
	Full                       // rejected because of StoreOptions.MaxAlerts
)

// String returns stored, replaced, merged, limited, invalid or full.
func (o PutOutcome) String() string { return nameOf(putOutcomeNames[:], int(o)) }

var putOutcomeNames = [...]string{
	Stored: "stored", Replaced: "replaced", Merged: "merged", Limited: "limited", Invalid: "invalid", Full: "full",
}

// A PutResult is what Put did with one alert. Err is set for Invalid and Full.
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

// Len returns the number of stored alerts, including resolved alerts that are not collected yet.
func (s *Store) Len() int { return len(s.alerts) }

// Put stores the alerts of one request in order and returns what it did with each. It first completes them
// (postAlertsHandler in api/v2/api.go of Alertmanager v0.35.0): a missing start becomes the end or, if that is missing
// too, now; a missing end becomes now + ResolveTimeout; labels with an empty value are removed. Put keeps and changes
// the alerts and their maps.
func (s *Store) Put(now time.Time, alerts ...*alert.Alert) []PutResult {
	s.collect(now)
	results := make([]PutResult, len(alerts))
	for i, a := range alerts { // an Alertmanager counts and validates all alerts before it stores any
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
	*a = *alert.New(a.Alert, now, a.Timeout) // an alert has the fingerprint of the labels with which it was made
}

// put stores an alert that is complete and valid.
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
		if !b.add(key, a.EndsAt, now, s.opt.PerAlertname) {
			return PutResult{Outcome: Limited}
		}
	}
	s.alerts[key] = a
	return PutResult{Outcome: outcome}
}

// overlapOf compares the times of the incoming alert a with those of the stored alert old.
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

// apply returns the result of merging the incoming alert a with the stored alert old.
func (k mergeResult) apply(old, a *alert.Alert) *alert.Alert {
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

// Active returns the alerts that GET /api/v2/alerts lists: those whose end is not before now, sorted by fingerprint.
// The Store never changes a stored alert, and the caller must not either.
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

// CountActive returns how many alerts Active returns.
func (s *Store) CountActive(now time.Time) int {
	n := 0
	for _, a := range s.alerts {
		if !a.EndsAt.Before(now) {
			n++
		}
	}
	return n
}

// collect performs garbage collection for the last time at which it was due, if that is since the last call of Put.
// Earlier collections can be skipped, because nothing has changed in between.
func (s *Store) collect(now time.Time) {
	if s.nextGC.IsZero() {
		s.nextGC = now.Add(s.opt.GCInterval)
	}
	if late := now.Sub(s.nextGC); late >= 0 {
		s.GC(now.Add(-late % s.opt.GCInterval))
		s.nextGC = now.Add(s.opt.GCInterval - late%s.opt.GCInterval)
	}
}

// GC removes the alerts that are resolved at the time at, and stale buckets of PerAlertname. Put calls it when it is
// due.
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

// Reset empties the store and clears the counts, like a restart at this time.
func (s *Store) Reset(start time.Time) {
	opt := s.opt
	opt.Start = start
	*s = *NewStore(opt)
}
