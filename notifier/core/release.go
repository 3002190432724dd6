package core

import "time"

// A Release is a line of Prometheus releases whose notifiers behave alike: a row of the table below.
// Every difference between releases that the package knows is a column of it; no other file asks for a version.
type Release struct {
	// Name is the version as the user wrote it ("v2.53.3"), Line the first version of the row ("v2.51.2").
	Name, Line string
	since      version

	// Queues: one shared by all Alertmanagers, or one for each and set.
	// a89c665f47 (#16355), v3.10.0.
	Queues Queues
	// Success is when a batch counts as delivered.
	// 78599d0ec6 (#15979), v3.3.0, and a89c665f47, v3.10.0.
	Success Success
	// BatchSize is the default of the most alerts in one request; BatchSizeFlag says that
	// --alertmanager.notification-batch-size exists.
	// bd5b2ea95c (#16254), v3.4.0: 64 to 256, and the flag.
	BatchSize     int
	BatchSizeFlag bool
	// API is the API version posted to: v1 alone, v1 or v2 as api_version says, v2 alone.
	// 41c22effbe (#5482), v2.11.0; 49016994ac (#8626), v2.26.0, v2 by default; c78d5b94af (#13883), v3.0.0, no v1.
	API API
	// EmptyPost is what makes a request without alerts, body "[]".
	// dbd7a7400e (#5535), v2.10.0, stopped it for a Send that relabelling emptied; 83cda784d2 (#6444), v2.15.0, for target updates.
	EmptyPost EmptyPost
	// SetKeys is what target updates call a set.
	// cccd542891 (#6455), v2.15.0: until then a hash of the entry as JSON, which leaves out what tells some entries apart
	// (a relabelling's regex, a secret), so that only the last of them was there.
	SetKeys SetKeys
	// Targets is how a target update is taken while batches go out.
	// 02f3297719 (#10948), v2.37.0, looks at updates first, yet still only between batches;
	// 690de487e2 (#14174), v2.54.0, has a goroutine of its own for them.
	Targets Targets
	// Offers is how often service discovery repeats an offer that the notifier was too busy for.
	// eb220862e5 (#18187), v3.12.0.
	Offers Offers
	// Stop is what Stop does to the batch in flight and to the queue.
	// 2dd07fbb1b (#14290), v2.54.0, drains; a89c665f47, v3.10.0, no longer waits for the batch in flight.
	Stop Stop
	// SetRelabel is how an Alertmanager set's own alert_relabel_configs apply.
	// 39d008f94f (#12551), v2.51.0, brought them, one set's changes showing in the next, and a lock that stays held when a
	// batch comes to nothing, which 8bd6ae1b20 (#13861), v2.51.2, mended;
	// 8f79470ca9 (#17063), v3.7.0, keeps sets apart; a89c665f47, v3.10.0, applies them before the queue.
	SetRelabel SetRelabel
	// Reload says whether ApplyConfig keeps the Alertmanagers of a set whose configuration is unchanged.
	// 83ee57343a (#14987), v3.0.0.
	Reload Reload
	// Counting is what sent_total, errors_total, latency and dropped_total count.
	// e01c5cefac (#15428), v3.1.0, counts errors in alerts; a89c665f47, v3.10.0, counts successes alone as sent.
	Counting Counting
	// Histogram says that latency_histogram_seconds exists.
	// 33082be0e2 (#16637), v3.9.0.
	Histogram bool
	// DropSeries says that the series of an Alertmanager that left are deleted.
	// 5710ddf24f (#13909), v3.0.0.
	DropSeries bool
	// UserAgent says that requests name Prometheus and its version, not Go's client.
	// f25a6baedb (#4891), v2.6.0.
	UserAgent bool
	// ReadsBody says that the body of an answer is read to its end, which the send loop waits for.
	// f2ca36e56a (#5479), v2.9.2.
	ReadsBody bool
	// Validity is the number of max(evaluation interval, resend delay) for which a firing alert is valid.
	// 5368066b58 (#7228), v2.19.0: 3 to 4.
	Validity int
}

// ValidFor returns for how long a copy of a firing alert is valid, from its evaluation on, by the rule's evaluation interval and
// --rules.alert.resend-delay (Prometheus' rules/alerting.go at v3.15.0, sendAlerts).
func (r *Release) ValidFor(interval, resendDelay time.Duration) time.Duration {
	return time.Duration(r.Validity) * max(interval, resendDelay)
}

// Queues is who shares a queue.
type Queues uint8

// Shared is one queue and one send loop for all Alertmanagers, PerAlertmanager one for each Alertmanager of each set.
const (
	Shared Queues = iota
	PerAlertmanager
)

// Success is the rule by which a batch of a send loop counts as delivered.
type Success uint8

// The rules. With AnyAlertmanager a batch that nobody was asked to take is lost; with the others it is not counted.
const (
	AnyAlertmanager Success = iota // at least one Alertmanager of any set took it
	EverySet                       // at least one of each set that was asked took it
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

// Between batches, an update is taken only when the send loop sleeps: an offer to a busy one is lost and repeated.
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

// Wait returns for how long service discovery waits after the given number of offers in a row that were not taken. The back-off
// is without its random part (Prometheus' discovery/manager.go at v2.5.0 and v3.15.0, sender).
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

// Stop is what becomes of waiting alerts when the sender stops.
type Stop uint8

// The ways.
const (
	StopAborts    Stop = iota // requests in flight are cancelled, the queue is lost
	StopFinishes              // the batch in flight ends, then the queue drains (or is dropped), then Run returns
	StopOvertakes             // the queue drains beside the batch in flight, which nobody waits for
)

// SetRelabel is how alert_relabel_configs of a set apply.
type SetRelabel uint8

// The ways.
const (
	NoSetRelabel        SetRelabel = iota // the field does not exist
	SetRelabelDeadlocks                   // as SetRelabelLeaks, and a batch that comes to nothing keeps the set's lock for ever
	SetRelabelLeaks                       // when a batch is sent; changes show in the sets after it
	SetRelabelOnSend                      // when a batch is sent
	SetRelabelOnAdd                       // when alerts are queued
)

// Reload is what ApplyConfig does to known Alertmanagers.
type Reload uint8

// ReloadForgets waits for the next target update; ReloadKeeps keeps those of sets whose configuration is the same.
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

// releases is the table, oldest first. A row holds from its line until the next; a row is written only where something differs.
var releases = func() []Release {
	// The cells of the table, short.
	const (
		one, each                      = Shared, PerAlertmanager
		anyAM, everySet, itsAM         = AnyAlertmanager, EverySet, ItsAlertmanager
		never, emptyTargets, emptyBoth = EmptyNever, EmptyOnTargets, EmptyOnTargetsAndSend
		between, atOnce                = TargetsBetweenBatches, TargetsAtOnce
		tick, backoff                  = OfferEvery5s, OfferBackoff
		noRelabel, deadlocks, leaks    = NoSetRelabel, SetRelabelDeadlocks, SetRelabelLeaks
		onSend, onAdd                  = SetRelabelOnSend, SetRelabelOnAdd
		forgets, keeps                 = ReloadForgets, ReloadKeeps
		requests, alerts, successes    = CountRequests, CountAlerts, CountSuccesses
	)
	rows := []struct {
		line      string
		queues    Queues
		success   Success
		batch     int
		api       API
		empty     EmptyPost
		keys      SetKeys
		targets   Targets
		offers    Offers
		stop      Stop
		relabel   SetRelabel
		reload    Reload
		counting  Counting
		validity  int
		userAgent bool
		histogram bool
		readsBody bool
	}{
		{"v2.5", one, anyAM, 64, V1, emptyBoth, KeyByHash, between, tick, StopAborts, noRelabel, forgets, requests, 3, false, false, false},
		{"v2.6", one, anyAM, 64, V1, emptyBoth, KeyByHash, between, tick, StopAborts, noRelabel, forgets, requests, 3, true, false, false},
		{"v2.9.2", one, anyAM, 64, V1, emptyBoth, KeyByHash, between, tick, StopAborts, noRelabel, forgets, requests, 3, true, false, true},
		{"v2.10", one, anyAM, 64, V1, emptyTargets, KeyByHash, between, tick, StopAborts, noRelabel, forgets, requests, 3, true, false, true},
		{"v2.11", one, anyAM, 64, V1Default, emptyTargets, KeyByHash, between, tick, StopAborts, noRelabel, forgets, requests, 3, true, false, true},
		{"v2.15", one, anyAM, 64, V1Default, never, KeyByPlace, between, tick, StopAborts, noRelabel, forgets, requests, 3, true, false, true},
		{"v2.19", one, anyAM, 64, V1Default, never, KeyByPlace, between, tick, StopAborts, noRelabel, forgets, requests, 4, true, false, true},
		{"v2.26", one, anyAM, 64, V2Default, never, KeyByPlace, between, tick, StopAborts, noRelabel, forgets, requests, 4, true, false, true},
		{"v2.51.0", one, anyAM, 64, V2Default, never, KeyByPlace, between, tick, StopAborts, deadlocks, forgets, requests, 4, true, false, true},
		{"v2.51.2", one, anyAM, 64, V2Default, never, KeyByPlace, between, tick, StopAborts, leaks, forgets, requests, 4, true, false, true},
		{"v2.54", one, anyAM, 64, V2Default, never, KeyByPlace, atOnce, tick, StopFinishes, leaks, forgets, requests, 4, true, false, true},
		{"v3.0", one, anyAM, 64, V2, never, KeyByPlace, atOnce, tick, StopFinishes, leaks, keeps, requests, 4, true, false, true},
		{"v3.1", one, anyAM, 64, V2, never, KeyByPlace, atOnce, tick, StopFinishes, leaks, keeps, alerts, 4, true, false, true},
		{"v3.3", one, everySet, 64, V2, never, KeyByPlace, atOnce, tick, StopFinishes, leaks, keeps, alerts, 4, true, false, true},
		{"v3.4", one, everySet, 256, V2, never, KeyByPlace, atOnce, tick, StopFinishes, leaks, keeps, alerts, 4, true, false, true},
		{"v3.7", one, everySet, 256, V2, never, KeyByPlace, atOnce, tick, StopFinishes, onSend, keeps, alerts, 4, true, false, true},
		{"v3.9", one, everySet, 256, V2, never, KeyByPlace, atOnce, tick, StopFinishes, onSend, keeps, alerts, 4, true, true, true},
		{"v3.10", each, itsAM, 256, V2, never, KeyByPlace, atOnce, tick, StopOvertakes, onAdd, keeps, successes, 4, true, true, true},
		{"v3.12", each, itsAM, 256, V2, never, KeyByPlace, atOnce, backoff, StopOvertakes, onAdd, keeps, successes, 4, true, true, true},
	}
	table := make([]Release, len(rows))
	for i, r := range rows {
		since, err := parseVersion(r.line)
		if err != nil {
			panic(err)
		}
		if since[2] == lastPatch {
			since[2] = 0
		}
		table[i] = Release{
			Name: r.line, Line: r.line, since: since,
			Queues: r.queues, Success: r.success, BatchSize: r.batch, BatchSizeFlag: r.batch == 256, API: r.api,
			EmptyPost: r.empty, SetKeys: r.keys, Targets: r.targets, Offers: r.offers, Stop: r.stop,
			SetRelabel: r.relabel, Reload: r.reload, DropSeries: r.reload == ReloadKeeps, Counting: r.counting,
			Validity: r.validity, UserAgent: r.userAgent, Histogram: r.histogram, ReadsBody: r.readsBody,
		}
	}
	return table
}()
