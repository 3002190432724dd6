package core

import (
	"fmt"
	"time"

	"github.com/prometheus/prometheus/config"
)

// A Release is the behaviour of the notifier of one Prometheus release: the sum of all changes up to it (see History).
// Each known difference between releases is a field, so no other file compares versions.
type Release struct {
	// Name is the version as the user wrote it, with a leading v ("v2.53.3"). Line is the first version with the same
	// behaviour ("v2.51.2").
	Name, Line string

	// Queues says whether all Alertmanagers share a queue or each Alertmanager of each set has its own.
	Queues Queues
	// Success says when a batch counts as delivered.
	Success Success
	// BatchSize is the default of the largest number of alerts in one request. BatchSizeFlag says whether
	// --alertmanager.notification-batch-size exists to change it: see BatchSizeFor.
	BatchSize     int
	BatchSizeFlag bool
	// API says which versions of Alertmanager's API the release can post to.
	API API
	// EmptyPost says what causes a request without alerts, whose body is "[]".
	EmptyPost EmptyPost
	// SetKeys says by which key a target update names a set.
	SetKeys SetKeys
	// GroupSetsURL says whether __scheme__ and __alerts_path__ as labels of a target group replace the scheme and the
	// path of the entry under alertmanagers. Otherwise such labels have no effect.
	GroupSetsURL bool
	// Targets says whether a target update is accepted while a batch is in flight.
	Targets Targets
	// Offers says how often service discovery offers target updates to the notifier.
	Offers Offers
	// Stop says what Stop does with the batch in flight and with the queues.
	Stop Stop
	// SetRelabel says how the alert_relabel_configs of an entry under alertmanagers are applied.
	SetRelabel SetRelabel
	// Reload says whether ApplyConfig keeps the Alertmanagers of a set whose configuration is unchanged.
	Reload Reload
	// Counting says what sent_total, errors_total, the latency metrics and dropped_total count.
	Counting Counting
	// Histogram says whether latency_histogram_seconds exists.
	Histogram bool
	// DropSeries says whether the series of an Alertmanager are deleted when it leaves.
	DropSeries bool
	// UserAgent says whether the User-Agent of requests is Prometheus and its version rather than Go's default.
	UserAgent bool
	// ReadsBody says whether the body of a response is read to its end. The send loop waits for that.
	ReadsBody bool
	// Validity is the factor of max(evaluation interval, resend delay) that gives the time for which a copy of a firing
	// alert is valid: see ValidFor.
	Validity int
	// RestoresShortFor says whether the rules restore the state of alerts after a restart even if the `for` of their
	// rule is shorter than --rules.alert.for-grace-period, which is 10 minutes by default.
	RestoresShortFor bool
}

// ValidFor returns how long a copy of a firing alert is valid, counted from the evaluation that sent it. interval is
// the evaluation interval of the rule group, resendDelay is --rules.alert.resend-delay (Prometheus' rules/alerting.go
// at v3.16.0, sendAlerts).
func (r *Release) ValidFor(interval, resendDelay time.Duration) time.Duration {
	return time.Duration(r.Validity) * max(interval, resendDelay)
}

// Queues says which Alertmanagers share a queue.
type Queues uint8

// Shared is one queue and one send loop for all Alertmanagers. PerAlertmanager is one for each Alertmanager of each
// set.
const (
	Shared Queues = iota
	PerAlertmanager
)

// Success is the condition under which a batch of a send loop counts as delivered.
type Success uint8

// The conditions. A batch that was posted to no Alertmanager is lost under AnyAlertmanager. Under the others it counts
// neither as delivered nor as lost.
const (
	AnyAlertmanager Success = iota // at least one Alertmanager of any set accepted it
	EverySet                       // at least one Alertmanager of each set that it was posted to accepted it
	ItsAlertmanager                // the only Alertmanager of the send loop accepted it
)

// API says which versions of Alertmanager's API a release can post to.
type API uint8

// V1 and V2 are one version only; with V1 there is no api_version. V1Default and V2Default are both versions, chosen by
// api_version, with v1 or v2 as its default.
const (
	V1 API = iota
	V1Default
	V2Default
	V2
)

// CheckAPIVersion returns an error if the release rejects api_version with this value, "v1" or "v2", in an entry under
// alertmanagers.
func (r *Release) CheckAPIVersion(asked config.AlertmanagerAPIVersion) error {
	switch {
	case r.API == V1:
		return fmt.Errorf("release %s has no `api_version`, which exists since v2.11; leave it out, since the release "+
			"posts to API v1 only, or choose a newer release", r.Name)
	case r.API == V2 && asked == config.AlertmanagerAPIVersionV1:
		return fmt.Errorf("release %s rejects `api_version` v1, which exists up to v2.55; leave it out, since the "+
			"release posts to API v2 only, or choose an older release", r.Name)
	}
	return nil
}

// EmptyPost says what causes a request without alerts.
type EmptyPost uint8

// EmptyOnTargets stands for target updates, EmptyOnTargetsAndSend also for a Send whose alerts are all dropped by
// relabelling.
const (
	EmptyNever EmptyPost = iota
	EmptyOnTargets
	EmptyOnTargetsAndSend
)

// Targets says when the notifier accepts a target update.
type Targets uint8

// With TargetsBetweenBatches the notifier accepts a target update only while no batch is in flight. Service discovery
// repeats an update that was not accepted.
const (
	TargetsBetweenBatches Targets = iota
	TargetsAtOnce
)

// SetKeys says by which key a target update names a set.
type SetKeys uint8

// KeyByPlace is the position of the entry, "config-0" for the first. KeyByHash is a hash of the entry's JSON, which has
// its secrets but not its regular expressions. Of the entries with the same hash only the last one is a set.
const (
	KeyByPlace SetKeys = iota
	KeyByHash
)

// Stop says what happens to queued alerts when the notifier stops.
type Stop uint8

// What a release does on Stop.
const (
	StopAborts    Stop = iota // requests in flight are cancelled and the queue is lost
	StopFinishes              // the batch in flight ends, then the queue is drained or dropped, then Run returns
	StopOvertakes             // the queue is drained while a batch may be in flight; Run does not wait for that
)

// SetRelabel says how the alert_relabel_configs of a set are applied.
type SetRelabel uint8

// When the alert_relabel_configs of a set are applied, and which sets see the result.
const (
	NoSetRelabel        SetRelabel = iota // the field does not exist
	SetRelabelDeadlocks                   // like SetRelabelLeaks; a set that drops a whole batch deadlocks
	SetRelabelLeaks                       // when a batch is sent; the sets after it see the changed alerts
	SetRelabelOnSend                      // when a batch is sent; other sets are not affected
	SetRelabelOnAdd                       // when alerts are queued; other sets are not affected
)

// Reload says whether ApplyConfig keeps the known Alertmanagers.
type Reload uint8

// With ReloadForgets there are no Alertmanagers after a reload until the next target update. With ReloadKeeps the sets
// whose configuration is unchanged keep theirs.
const (
	ReloadForgets Reload = iota
	ReloadKeeps
)

// Counting says what the counters count.
type Counting uint8

// The ways of counting, from the oldest to the newest.
const (
	CountRequests  Counting = iota // errors_total counts requests; sent_total and latency include failures
	CountAlerts                    // errors_total counts alerts; sent_total and latency include failures
	CountSuccesses                 // sent_total and latency exclude failures; dropped_total is by Alertmanager
)
