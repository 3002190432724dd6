package document

// schemaTexts says of every field of the format what it is for, as an editor shows it. A field is named by the
// definition of the schema that it belongs to, and its name.
var schemaTexts = map[string]string{
	"file": "What happens to alerts between a Prometheus server and its Alertmanagers, and what must hold.",

	"file.release": "Prometheus release or a list of them, such as v2.53.3 or [v3.9, v3.15]; one run for each. " +
		"Default: the newest known",
	"file.config":              "a whole prometheus.yml; only the alerting section and the global settings matter",
	"file.config_file":         "a prometheus.yml; relative to this file",
	"file.flags":               "flags of prometheus by their exact names, without dashes",
	"file.evaluation_interval": "how often rules are evaluated. Default: the configuration's",
	"file.scrape_interval":     "how often the notifier's metrics are scraped. Default: the configuration's",
	"file.rule_files":          "files of Prometheus' rules; the sender evaluates them, and sends their alerts",
	"file.evaluation_offset": "hashed: every group is evaluated at an offset of its own, as in Prometheus; " +
		"none: at multiples of its interval, as in promtool. Default: hashed",
	"file.group_eval_order": "the order of groups that are evaluated at one instant; groups that it names come first",
	"file.fuzzy_compare":    "promql_expr_test treats neighbouring floating-point numbers as equal. Default: false",
	"file.replicas":         "how many Prometheus servers send, as in an HA pair; a test may have its own. Default: 1",
	"file.tests":            "what happens and what must hold",

	"flags.alertmanager.notification-queue-capacity": "the most alerts that wait for an Alertmanager, " +
		"or in old releases for all of them together",
	"flags.alertmanager.notification-batch-size": "the most alerts in one request (since v3.4). " +
		"Default: the release's, 64 or 256",
	"flags.alertmanager.drain-notification-queue-on-shutdown": "send what is queued before stopping (since v2.54)",
	"flags.rules.alert.resend-delay":                          "the least time between two sends of a firing alert",

	"test.name":         "what the test shows; --run finds it by this",
	"test.release":      "only these of the file's releases",
	"test.duration":     "when the run ends. Default: when everything has settled",
	"test.seeds":        "a number or a range such as 1-20; one run for each. Default: 1",
	"test.input_series": "alerts of rules, in promtool's notation, sent when Prometheus' rules would send them",
	"test.recording": "the alerts of a real server, sent like those of input_series: a file of OpenMetrics with a " +
		"sample of ALERTS at each evaluation, as notifysim record and promtool tsdb dump-openmetrics write it. " +
		"The run begins with the first",
	"test.alertmanagers":     "how Alertmanagers behave, by address. Others answer 200 at once",
	"test.timeline":          "what happens when",
	"test.alert_test":        "how well the Alertmanagers knew of the alerts that fired",
	"test.ledger_test":       "what must have happened to the alerts",
	"test.alertmanager_test": "what one Alertmanager must have received in a window of time",
	"test.promql_expr_test":  "results of PromQL expressions over the virtual scrapes",
	"test.alert_rule_test":   "which alerts of rule_files must fire",
	"test.replicas": "how many Prometheus servers send, all with the same configuration, flags, rules and service " +
		"discovery, to the same Alertmanagers. Default: 1",
	"test.interval": "the time from one value to the next of the input_series that rules read. " +
		"Default: evaluation_interval",
	"test.start_timestamp": "the instant of 0s for rules and expressions, such as 2026-01-31T12:00:00Z or seconds " +
		"since 1970. Default: 1970",
	"test.external_labels": "$externalLabels in templates of rules; alerts are sent with the configuration's. " +
		"Default: those too",
	"test.external_url": "$externalURL in templates of rules. Default: none",
	"test.thresholds": "bounds on quantities of the ledger over the whole run, as k6 writes them: " +
		"alert_delivery_seconds{to=\"any\"} with p(99) < 5s, alerts_lost with count == 0; " +
		"the command exits with 99 if nothing else fails",
	"test.invariants": "which invariants are off, or known not to hold, by name",

	"invariant.off":      "why it is not checked",
	"invariant.fails_on": "releases on which it is known not to hold, each with the reason",

	"alertRuleTest.eval_time":  "when to look",
	"alertRuleTest.alertname":  "the name of an alert of rule_files",
	"alertRuleTest.exp_alerts": "the alerts of that name that fire, in any order: these and no others. Default: none",

	"expectedAlert.exp_labels":      "its labels, without alertname",
	"expectedAlert.exp_annotations": "its annotations",

	"promqlTest.expr":        "an expression whose result is a vector or a scalar",
	"promqlTest.eval_time":   "when to evaluate it",
	"promqlTest.exp_samples": "the samples of the result, in any order: these and no others. Default: none",

	"sample.labels":    "the labels, as in up{job=\"prometheus\"}. Default: none",
	"sample.value":     "a number, +Inf, -Inf or NaN",
	"sample.histogram": "a native histogram instead, in promtool's notation",

	"longThreshold.threshold": "such as 'p(99) < 5s' or 'count == 0'",

	"series.series": "such as ALERTS{alertname=\"X\", alertstate=\"firing\"}",
	"series.expand": "labels and patterns for their values: one alert for each combination; " +
		"[0001-2000] keeps the zeros",
	"series.values": "one for each evaluation, from 0s on: 1 firing, _ not; _x5 is five, 1x40 is one and 40 more",

	"behaviour.latency": "the time until the answer; drawn for each request. Default: 0s",
	"behaviour.jitter":  "makes the latency longer or shorter by up to this",
	"behaviour.service": "the time it works on a request, one request after the other",
	"behaviour.stall":   "times in which it does no work",

	"service.per_request": "time for each request",
	"service.per_alert":   "time for each alert of the request",

	"stall.every": "the length of a period",
	"stall.for":   "how long it stalls in each period",

	"event.at": "when it happens, from the start of the run",
	"event.for": "how long the fault lasts, or the restart takes. " +
		"Default: a fault lasts to the end, a restart takes no time",
	"event.replica": "which of several servers a send, target_groups, a reload, a restart or a shutdown concerns. " +
		"Default: all of them",
	"event.send": "one call of the notifier's Send",
	"event.target_groups": "a target update of service discovery: replaces the targets of the sets it names; " +
		"config-0 is the first entry under alertmanagers",
	"event.target":      "the address of the Alertmanager that has the fault",
	"event.fault":       "what is wrong with the target",
	"event.zone_outage": "all targets hang at once",
	"event.swizzle": "some of the targets hang, beginning one after the other and ending in another order, " +
		"all within the time for; the seed draws which targets and both orders",
	"event.churn": "replaces addresses in service discovery, by set: in each period one is removed and the next of " +
		"the targets is added, after the last again the first, or those that the seed draws; " +
		"an Alertmanager that is added has an empty store",
	"event.restart": "the target restarts: requests to it break, it is down for the time for, then back with an empty " +
		"store. Or the replica restarts: it stops, and after the time for it starts with an empty queue. Write {}",
	"event.reload":   "the sender reloads its configuration",
	"event.shutdown": "the sender is stopped; the last event. Write {}",

	"zone.targets": "addresses of Alertmanagers",

	"churn.targets": "all addresses, of which some are there at a time",
	"churn.every":   "the length of a period; or {exponential: {mean: 5m}}, and the seed draws the times",
	"churn.leaves": "oldest: the address that was there for the longest is removed, and the one that was absent for the " +
		"longest is added; random: the seed draws both. Default: oldest",
	"churn.up": "how many are there at a time. Default: all but one",

	"periodForms.exponential": "exponentially distributed times from one to the next, with this mean: a Poisson process",

	"reload.config":      "the whole new prometheus.yml",
	"reload.config_file": "the new prometheus.yml; relative to this file",

	"send.alerts": "names of alerts; a[1-8] is a1 to a8",
	"send.labels": "more labels of all of them",
	"send.every":  "repeats the send: the time from one to the next, drawn for each",

	"group.targets": "addresses, host:port",
	"group.labels":  "labels of the targets, for relabelling",

	"alertTest.alerts": "which alerts, as a PromQL selector of their labels at the source, such as " +
		"'NodeDown{severity=\"page\"}'. Default: all",
	"alertTest.labels": "which alerts, by labels that they have",
	"alertTest.target": "the address of one Alertmanager, or any for what at least one knows. Default: any",
	"alertTest.exp_first_delivery": "the longest time from when an alert fires until it is first known as firing, such as " +
		"<= 1m; an alert that is never known exceeds every limit",
	"alertTest.exp_uncovered":      "the longest time for which an alert fires and is not known as firing, such as <= 1m",
	"alertTest.exp_false_resolved": "how many alerts were resolved while they fired, such as 0 or <= 3",
	"alertTest.exp_missed":         "how many alerts were never known, such as 0 or <= 3",

	"ledgerTest.eval_time":          "when to look, after all that happens at that instant",
	"ledgerTest.target":             "the address of one Alertmanager. Default: all of them together",
	"ledgerTest.replica":            "only what this one of several servers sent. Default: all of them together",
	"ledgerTest.exp_offered":        "copies offered",
	"ledgerTest.exp_delivered":      "copies accepted by at least one Alertmanager, or by the target",
	"ledgerTest.exp_lost":           "copies that no Alertmanager accepted or will accept; without target only",
	"ledgerTest.exp_lost_by_all":    "copies that no replica delivered to any Alertmanager; without target or replica",
	"ledgerTest.exp_dropped":        "copies dropped, by reason",
	"ledgerTest.exp_queued":         "copies that wait",
	"ledgerTest.exp_late":           "alerts sent as firing and stored after their end",
	"ledgerTest.exp_refired":        "how often an alert that had resolved while it fired, fired again",
	"ledgerTest.exp_resurrected":    "how often an alert fired again after its end",
	"ledgerTest.exp_false_resolved": "how often an alert resolved at an Alertmanager while it fired at the source",
	"ledgerTest.exp_in_flight":      "copies in requests that have not ended",

	"alertmanagerTest.target":       "the address of the Alertmanager",
	"alertmanagerTest.between":      "[from, to], both included",
	"alertmanagerTest.exp_received": "alerts that it stored",
	"alertmanagerTest.exp_requests": "requests that reached it",
	"alertmanagerTest.exp_alerts":   "the names of the alerts that it stored, in any order: these and no others",

	"received.unique":     "different alerts",
	"received.late":       "alerts sent as firing and stored after their end",
	"received.duplicates": "how often it stored an alert again",

	"distributionForms.constant":    "always the same",
	"distributionForms.uniform":     "evenly distributed between two times",
	"distributionForms.exponential": "exponentially distributed: mostly short, now and then long",
	"distributionForms.lognormal":   "log-normally distributed, as latencies of servers mostly are",
	"distributionForms.normal":      "normally distributed, never below 0",
	"distributionForms.pareto":      "Pareto-distributed: with a heavy tail",
	"distributionForms.trace": "a text file, relative to this one, with a time a line such as 20ms and # for comments: " +
		"the times in their order, after the last again the first; each Alertmanager begins with the first",
}

// sharedTexts are of fields that mean the same wherever they stand: those of expectations, faults and distributions.
var sharedTexts = map[string]string{
	"release":  "only these of the file's releases",
	"fails_on": "releases on which this is known not to hold, each with the reason",

	"hang":          "accepts connections and never answers",
	"refuse":        "refuses connections: they fail at once",
	"reset":         "connections break before an answer",
	"status":        "answers with this HTTP status, and does not store the alerts",
	"lose_response": "stores the alerts, then the connection breaks",
	"truncate":      "stores the alerts; the answer breaks off within its body",
	"slow_body":     "stores the alerts; the body of the answer takes this long",
	"partial":       "stores this share of the alerts, then answers 400",
	"tls":           "the TLS handshake fails",
	"rate_limit":    "this many requests a second pass, the others are answered 429",
	"wrong_content": "answers 200 with another server's page, and does not store the alerts",
	"probability":   "the share of requests that meet the fault. Default: 1",
	"ramp":          "the probability rises from 0 over this time",
	"every":         "the length of a period, of which the fault lasts for a part (for)",
	"for":           "the part of each period (every) in which the fault lasts",
	"after":         "this many requests pass first",
	"first":         "only this many requests meet the fault",

	"min":    "the shortest",
	"max":    "the longest",
	"mean":   "the mean",
	"median": "the median: half are below",
	"sigma":  "the standard deviation of the logarithm: 0.4 is moderate, 1 is wide",
	"stddev": "the standard deviation",
	"alpha":  "the exponent; the lower, the longer the tail",
}
