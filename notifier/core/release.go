package core

import "time"

// A Release is the behaviour of the notifier of one Prometheus release: the sum of the changes up to it (see
// History). Every difference between releases that the package knows is a field of it; no other file asks for a
// version.
type Release struct {
	// Name is the version as the user wrote it ("v2.53.3"). Line is the first version that behaves the same
	// ("v2.51.2").
	Name, Line string

	// Queues is whether all Alertmanagers share a queue, or each Alertmanager of each set has one.
	Queues Queues
	// Success is when a batch counts as delivered.
	Success Success
	// BatchSize is the default of the most alerts in one request. BatchSizeFlag is whether
	// --alertmanager.notification-batch-size exists, which replaces it: see BatchSizeFor.
	BatchSize     int
	BatchSizeFlag bool
	// API is the versions of Alertmanager's API that can be posted to.
	API API
	// EmptyPost is what makes a request without alerts, body "[]".
	EmptyPost EmptyPost
	// SetKeys is what target updates call a set.
	SetKeys SetKeys
	// Targets is when a target update is taken while batches go out.
	Targets Targets
	// Offers is how often service discovery repeats an offer that the notifier was too busy for.
	Offers Offers
	// Stop is what Stop does to the batch in flight and to the queue.
	Stop Stop
	// SetRelabel is how the alert_relabel_configs of an alertmanagers entry apply.
	SetRelabel SetRelabel
	// Reload is whether ApplyConfig keeps the Alertmanagers of a set whose configuration is unchanged.
	Reload Reload
	// Counting is what sent_total, errors_total, latency and dropped_total count.
	Counting Counting
	// Histogram is whether latency_histogram_seconds exists.
	Histogram bool
	// DropSeries is whether the series of an Alertmanager that left are deleted.
	DropSeries bool
	// UserAgent is whether requests name Prometheus and its version, rather than Go's HTTP client.
	UserAgent bool
	// ReadsBody is whether the body of a response is read to its end, which the send loop waits for.
	ReadsBody bool
	// Validity is how many times max(evaluation interval, resend delay) a copy of a firing alert is valid: see
	// ValidFor.
	Validity int
}

// ValidFor returns how long a copy of a firing alert is valid, counted from the evaluation that sent it.
// interval is that of the rule, resendDelay is --rules.alert.resend-delay (Prometheus' rules/alerting.go at
// v3.15.0, sendAlerts).
func (r *Release) ValidFor(interval, resendDelay time.Duration) time.Duration {
	return time.Duration(r.Validity) * max(interval, resendDelay)
}

// Queues is which Alertmanagers share a queue.
type Queues uint8

// Shared is one queue and one send loop for all Alertmanagers, PerAlertmanager one for each Alertmanager of each set.
const (
	Shared Queues = iota
	PerAlertmanager
)

// Success is the rule by which a batch of a send loop counts as delivered.
type Success uint8

// The rules. A batch that was posted to no Alertmanager is lost under AnyAlertmanager, and not counted under
// the others.
const (
	AnyAlertmanager Success = iota // at least one Alertmanager of any set took it
	EverySet                       // of each set that it was posted to, at least one took it
	ItsAlertmanager                // the one that the loop feeds took it
)

// API is which versions of Alertmanager's API a release posts to.
type API uint8

// The APIs.
const (
	V1 API = iota
	V1Default
	V2Default
	V2
)

// EmptyPost is what makes a request without alerts.
type EmptyPost uint8

// What makes one.
const (
	EmptyNever EmptyPost = iota
	EmptyOnTargets
	EmptyOnTargetsAndSend
)

// Targets is how a target update reaches the notifier.
type Targets uint8

// With TargetsBetweenBatches an update is taken only while no batch is in flight; service discovery repeats an
// offer that was not taken.
const (
	TargetsBetweenBatches Targets = iota
	TargetsAtOnce
)

// SetKeys is how a set is named.
type SetKeys uint8

// KeyByPlace is "config-0" for the first entry, KeyByHash a hash of the entry.
const (
	KeyByPlace SetKeys = iota
	KeyByHash
)

// Offers is how often service discovery repeats an offer.
type Offers uint8

// OfferEvery5s is a ticker of 5 s; OfferBackoff begins with 0.1 s and grows by half each time, to 5 s at most.
const (
	OfferEvery5s Offers = iota
	OfferBackoff
)

// Wait returns how long service discovery waits after so many offers in a row that were not taken. The random
// part of the back-off is left out (Prometheus' discovery/manager.go at v2.5.0 and v3.15.0, sender).
func (o Offers) Wait(failed int) time.Duration {
	const longest = 5 * time.Second
	if o == OfferEvery5s {
		return longest
	}
	wait := 100 * time.Millisecond
	for range min(failed, 20) {
		wait = min(wait*3/2, longest)
	}
	return wait
}

// Stop is what happens to waiting alerts when the notifier stops.
type Stop uint8

// The ways.
const (
	StopAborts    Stop = iota // requests in flight are cancelled, the queue is lost
	StopFinishes              // the batch in flight ends, then the queue drains or is dropped, then Run returns
	StopOvertakes             // the queue drains beside the batch in flight, and Run does not wait for that
)

// SetRelabel is how alert_relabel_configs of a set apply.
type SetRelabel uint8

// The ways.
const (
	NoSetRelabel        SetRelabel = iota // the field does not exist
	SetRelabelDeadlocks                   // as SetRelabelLeaks, but a batch dropped whole keeps the set's lock for ever
	SetRelabelLeaks                       // when a batch is sent; changes show in the sets after it
	SetRelabelOnSend                      // when a batch is sent
	SetRelabelOnAdd                       // when alerts are queued
)

// Reload is whether ApplyConfig keeps the Alertmanagers that are known.
type Reload uint8

// With ReloadForgets there are none until the next target update. ReloadKeeps keeps those of sets whose
// configuration is the same.
const (
	ReloadForgets Reload = iota
	ReloadKeeps
)

// Counting is what the counters count.
type Counting uint8

// The ways.
const (
	CountRequests  Counting = iota // errors_total by request; sent_total and latency also on failure
	CountAlerts                    // errors_total by alert; sent_total and latency also on failure
	CountSuccesses                 // sent_total and latency on success alone; dropped_total by Alertmanager
)
