package core

import "slices"

// A Change is one difference between a release and those before it.
type Change struct {
	// Release is the first release with the change, such as "v2.9.2". Without a patch it is the first of its line.
	Release string
	// Commit and PR identify the change in github.com/prometheus/prometheus. Commit is "" if it is not known.
	Commit string
	PR     int
	// What describes the change. It continues the sentence "From this release on, the notifier …".
	What string
	// Set applies the change to a Release.
	Set func(*Release)

	since version // Release, parsed
}

// oldestRelease returns the behaviour of v2.5.0, to which the changes are applied.
func oldestRelease() Release {
	return Release{
		Line: oldest, BatchSize: 64, EmptyPost: EmptyOnTargetsAndSend, SetKeys: KeyByHash, Validity: 3,
		Queues: Shared, Success: AnyAlertmanager, API: V1, Targets: TargetsBetweenBatches, Offers: OfferEvery5s,
		Stop: StopAborts, SetRelabel: NoSetRelabel, Reload: ReloadForgets, Counting: CountRequests,
	}
}

// History returns all known changes since v2.5.0, oldest first. If Prometheus also backported a change to an older
// line, this is reflected only if Release names the patch of the backport.
func History() []Change { return slices.Clone(history) }

var history = parsed([]Change{
	{
		Release: "v2.6", Commit: "f25a6baedb", PR: 4891,
		What: "sends the header User-Agent: Prometheus/VERSION; before, that of Go's HTTP client",
		Set:  func(r *Release) { r.UserAgent = true },
	},
	{
		Release: "v2.9.2", Commit: "f2ca36e56a", PR: 5479,
		What: "reads the body of a response to its end, so that connections are reused",
		Set:  func(r *Release) { r.ReadsBody = true },
	},
	{
		Release: "v2.10", Commit: "dbd7a7400e", PR: 5535,
		What: "makes no request without alerts for a Send whose alerts relabelling drops",
		Set:  func(r *Release) { r.EmptyPost = EmptyOnTargets },
	},
	{
		Release: "v2.11", Commit: "41c22effbe", PR: 5482,
		What: "posts to Alertmanager's API v2 if api_version says so; v1 is the default",
		Set:  func(r *Release) { r.API = V1Default },
	},
	{
		Release: "v2.15", Commit: "cccd542891", PR: 6455,
		What: "calls its sets config-0, config-1 and so on in target updates; before, by a hash of the entry with " +
			"its secrets and without its regular expressions, so that entries that differ in those alone were one",
		Set: func(r *Release) { r.SetKeys = KeyByPlace },
	},
	{
		Release: "v2.15", Commit: "83cda784d2", PR: 6444,
		What: "makes no request without alerts for a target update",
		Set:  func(r *Release) { r.EmptyPost = EmptyNever },
	},
	{
		Release: "v2.19", Commit: "5368066b58", PR: 7228,
		What: "has copies of a firing alert that are valid for 4 times the longer of evaluation interval " +
			"and resend delay; before, 3 times",
		Set: func(r *Release) { r.Validity = 4 },
	},
	{
		Release: "v2.26", Commit: "49016994ac", PR: 8626,
		What: "posts to API v2 unless api_version says otherwise",
		Set:  func(r *Release) { r.API = V2Default },
	},
	{
		Release: "v2.45", Commit: "c3f267d862", PR: 12171,
		What: "lets the labels __scheme__ and __alerts_path__ of a target group replace the scheme and the path " +
			"of the entry; before, it ignored them",
		Set: func(r *Release) { r.GroupSetsURL = true },
	},
	{
		Release: "v2.51.0", Commit: "39d008f94f", PR: 12551,
		What: "applies the alert_relabel_configs of an alertmanagers entry when it sends a batch; what they " +
			"change shows in the sets after it, and if they drop the whole batch, the set's lock is never " +
			"released",
		Set: func(r *Release) { r.SetRelabel = SetRelabelDeadlocks },
	},
	{
		Release: "v2.51.2", Commit: "8bd6ae1b20", PR: 13861,
		What: "releases the lock of a set whose alert_relabel_configs drop the whole batch",
		Set:  func(r *Release) { r.SetRelabel = SetRelabelLeaks },
	},
	{
		Release: "v2.54", Commit: "690de487e2", PR: 14174,
		What: "takes target updates while batches are in flight; before, only between two batches (#10948 " +
			"in v2.37.0 did not change that)",
		Set: func(r *Release) { r.Targets = TargetsAtOnce },
	},
	{
		Release: "v2.54", Commit: "2dd07fbb1b", PR: 14290,
		What: "lets the batch in flight end on Stop, then drains the queue, or drops it if " +
			"--alertmanager.drain-notification-queue-on-shutdown is off; before, it cancelled the " +
			"requests and lost the queue, uncounted",
		Set: func(r *Release) { r.Stop = StopFinishes },
	},
	{
		Release: "v3.0", Commit: "83ee57343a", PR: 14987,
		What: "keeps the Alertmanagers of a set whose configuration a reload leaves as it is; before, it " +
			"knew none until the next target update",
		Set: func(r *Release) { r.Reload = ReloadKeeps },
	},
	{
		Release: "v3.0", Commit: "5710ddf24f", PR: 13909,
		What: "deletes the series of an Alertmanager that left",
		Set:  func(r *Release) { r.DropSeries = true },
	},
	{
		Release: "v3.0", Commit: "c78d5b94af", PR: 13883,
		What: "posts to API v2 only",
		Set:  func(r *Release) { r.API = V2 },
	},
	{
		Release: "v3.1", Commit: "e01c5cefac", PR: 15428,
		What: "counts alerts in errors_total; before, requests",
		Set:  func(r *Release) { r.Counting = CountAlerts },
	},
	{
		Release: "v3.3", Commit: "78599d0ec6", PR: 15979,
		What: "counts a batch as dropped if a set that it was posted to did not take it; before, if no " +
			"Alertmanager at all took it",
		Set: func(r *Release) { r.Success = EverySet },
	},
	{
		Release: "v3.4", Commit: "bd5b2ea95c", PR: 16254,
		What: "puts at most 256 alerts into a batch; before, 64",
		Set:  func(r *Release) { r.BatchSize = 256 },
	},
	{
		Release: "v3.4", Commit: "bd5b2ea95c", PR: 16254,
		What: "has --alertmanager.notification-batch-size",
		Set:  func(r *Release) { r.BatchSizeFlag = true },
	},
	{
		Release: "v3.7", Commit: "8f79470ca9", PR: 17063,
		What: "hides what a set's alert_relabel_configs change from the other sets",
		Set:  func(r *Release) { r.SetRelabel = SetRelabelOnSend },
	},
	{
		Release: "v3.9", Commit: "33082be0e2", PR: 16637,
		What: "exposes latency_histogram_seconds",
		Set:  func(r *Release) { r.Histogram = true },
	},
	{
		Release: "v3.10", Commit: "a89c665f47", PR: 16355,
		What: "has a queue and a send loop for each Alertmanager of each set; before, one for all",
		Set:  func(r *Release) { r.Queues = PerAlertmanager },
	},
	{
		Release: "v3.10", Commit: "a89c665f47", PR: 16355,
		What: "counts a batch as dropped if its Alertmanager did not take it",
		Set:  func(r *Release) { r.Success = ItsAlertmanager },
	},
	{
		Release: "v3.10", Commit: "a89c665f47", PR: 16355,
		What: "drains the queues on Stop beside the batches in flight, which it does not wait for, and " +
			"ignores Send from then on",
		Set: func(r *Release) { r.Stop = StopOvertakes },
	},
	{
		Release: "v3.10", Commit: "a89c665f47", PR: 16355,
		What: "applies the alert_relabel_configs of a set when it queues alerts",
		Set:  func(r *Release) { r.SetRelabel = SetRelabelOnAdd },
	},
	{
		Release: "v3.10", Commit: "a89c665f47", PR: 16355,
		What: "counts successes alone in sent_total and in the latencies, and has dropped_total and " +
			"queue_length by Alertmanager",
		Set: func(r *Release) { r.Counting = CountSuccesses },
	},
	{
		Release: "v3.12", Commit: "eb220862e5", PR: 18187,
		What: "is offered targets by service discovery after about 0.1s or, if there was an update shortly before, " +
			"after up to 5s or more, at random; before, every 5s",
		Set: func(r *Release) { r.Offers = OfferBackoff },
	},
	{
		Release: "v3.16", PR: 19882,
		What: "gets alerts that were firing when the server stopped again soon after its restart, also if the for of " +
			"their rule is below 10m; earlier releases waited for such a for once more",
		Set: func(r *Release) { r.RestoresShortFor = true },
	},
})

// parsed sets the field since of each change.
func parsed(changes []Change) []Change {
	for i := range changes {
		changes[i].since = firstVersion(changes[i].Release)
	}
	return changes
}
