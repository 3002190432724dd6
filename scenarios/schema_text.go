package scenarios

// schemaTexts says of every field of the format what it is for, as an editor shows it; the types and limits are the schema's.
// A field is named by its type without Doc, and its name.
var schemaTexts = map[string]string{
	"file": "What happens to alerts between a Prometheus server and its Alertmanagers, and what must hold.",

	"file.release":             "Prometheus release or a list of them, such as v2.53.3 or [v3.9, v3.15]; one run for each. Default: the newest known",
	"file.config":              "a whole prometheus.yml; of it, the alerting section and the global settings matter",
	"file.config_file":         "a prometheus.yml beside this file",
	"file.flags":               "flags of prometheus by their exact names, without dashes",
	"file.evaluation_interval": "how often rules are evaluated. Default: the configuration's",
	"file.scrape_interval":     "how often the notifier's metrics are scraped. Default: the configuration's",
	"file.rule_files":          "files of Prometheus' rules beside this one; the sender evaluates them, and their alerts are sent",
	"file.evaluation_offset":   "hashed: every group is evaluated at an offset of its own, as in Prometheus; none: at multiples of its interval, as in promtool. Default: hashed",
	"file.group_eval_order":    "the order of groups that are evaluated at one instant",
	"file.fuzzy_compare":       "promql_expr_test takes neighbouring numbers for equal. Default: false",
	"file.tests":               "what happens and what must hold",

	"flags.alertmanager.notification-queue-capacity":          "the most alerts that wait for an Alertmanager, or with old releases for all of them",
	"flags.alertmanager.notification-batch-size":              "the most alerts in one request (since v3.4). Default: the release's, 64 or 256",
	"flags.alertmanager.drain-notification-queue-on-shutdown": "send what waits before stopping (since v2.54)",
	"flags.rules.alert.resend-delay":                          "the least time between two sends of a firing alert",

	"test.name":              "what the test shows; --run finds it by this",
	"test.release":           "only these of the file's releases",
	"test.duration":          "when the run ends. Default: when all has settled",
	"test.seeds":             "a number or a range such as 1-20; one run for each. Default: 1",
	"test.input_series":      "alerts of rules, in promtool's notation, sent when Prometheus' rules would send them",
	"test.recording":         "the alerts of a real server, sent like those of input_series: a file of OpenMetrics beside this one, with a sample of ALERTS at each evaluation, as notifysim record and promtool tsdb dump-openmetrics write it. The run begins with the first",
	"test.alertmanagers":     "how Alertmanagers behave, by address. Others answer 200 at once",
	"test.timeline":          "what happens when",
	"test.ledger_test":       "what must have become of the alerts",
	"test.alertmanager_test": "what one Alertmanager must have got in a window",
	"invariant.off":          "why it is not checked",
	"invariant.fails_on":     "releases on which it is known not to hold, each with the reason",

	"test.promql_expr_test": "what PromQL must say of the virtual scrapes",

	"test.alert_rule_test": "which alerts of rule_files must fire",
	"test.interval":        "how far the values of input_series are apart that rules read. Default: evaluation_interval",

	"test.start_timestamp": "the instant of 0s for rules and expressions, such as 2026-01-31T12:00:00Z or seconds since 1970. Default: 1970",
	"test.external_labels": "what templates of rules have as $externalLabels; alerts are sent with those of the configuration. Default: those",
	"test.external_url":    "what templates of rules have as $externalURL. Default: none",

	"alertRuleTest.release":    "only these of the file's releases",
	"alertRuleTest.fails_on":   "releases on which this is known not to hold, each with the reason",
	"alertRuleTest.eval_time":  "when to look",
	"alertRuleTest.alertname":  "the name of an alert of rule_files",
	"alertRuleTest.exp_alerts": "the alerts of that name that fire, in any order: these and no others. Default: none",

	"expectedAlert.exp_labels":      "its labels, without alertname",
	"expectedAlert.exp_annotations": "its annotations",

	"promqlTest.release":     "only these of the file's releases",
	"promqlTest.fails_on":    "releases on which this is known not to hold, each with the reason",
	"promqlTest.expr":        "an expression whose result is a vector or a scalar",
	"promqlTest.eval_time":   "when to ask",
	"promqlTest.exp_samples": "the samples of the result, in any order: these and no others. Default: none",

	"sample.labels":    "the labels, as in up{job=\"prometheus\"}. Default: none",
	"sample.value":     "a number, +Inf, -Inf or NaN",
	"sample.histogram": "a native histogram instead, in promtool's notation",

	"test.thresholds": "what quantities of the ledger must keep to over the whole run, in k6's words: alert_delivery_seconds{to=\"any\"} with p(99) < 5s, alerts_lost with count == 0; the command exits with 99 if nothing else fails",

	"test.invariants": "which invariants are off, or known not to hold, by name",

	"series.series": "such as ALERTS{alertname=\"X\", alertstate=\"firing\"}",
	"series.expand": "labels and the patterns of their values: one alert for each combination; [0001-2000] keeps the zeros",
	"series.values": "one an evaluation, from 0s on: 1 firing, _ not; _x5 is five, 1x40 is one and 40 more",

	"behaviour.latency": "how long an answer takes; drawn for each request. Default: 0s",
	"behaviour.jitter":  "makes the latency longer or shorter by up to this",
	"behaviour.service": "how long it works on a request, one request at a time",
	"behaviour.stall":   "does no work now and then",

	"service.per_request": "time for each request",
	"service.per_alert":   "time for each alert of it",

	"stall.every": "the length of a period",
	"stall.for":   "how long it stalls in each period",

	"event.at":                "when it happens, from the start of the run",
	"event.for":               "how long the fault lasts, or the restart. Default: to the end, a restart no time",
	"event.send":              "one call of the notifier's Send",
	"event.target_groups":     "a target update of service discovery: replaces the targets of the sets it names; config-0 is the first entry under alertmanagers",
	"event.target":            "the address of the Alertmanager at fault",
	"event.fault":             "what is wrong with the target",
	"event.zone_outage":       "all targets hang at once",
	"event.swizzle":           "some of the targets, which the seed draws, hang one after the other and are released in another order, all within the time for",
	"event.churn":             "addresses that come and go in service discovery, by set: each period one is replaced by the next of the targets, again from the first, or as the seed draws; who comes has an empty store",
	"zone.targets":            "addresses of Alertmanagers",
	"churn.targets":           "all addresses, of which some are there at a time",
	"churn.every":             "the length of a period; or {exponential: {mean: 5m}}, and the seed draws the times",
	"churn.leaves":            "oldest: who was there longest goes, and who was away longest comes; random: the seed draws both. Default: oldest",
	"periodForms.exponential": "exponentially distributed times between replacements: they come at random, at this rate",
	"churn.up":                "how many are there at a time. Default: all but one",
	"event.restart":           "the target restarts: requests to it break, it is down for the time for, then back with an empty store. Write {}",
	"event.reload":            "the sender reloads its configuration",
	"event.shutdown":          "the sender is stopped; last. Write {}",

	"reload.config":      "the whole new prometheus.yml",
	"reload.config_file": "the new prometheus.yml, beside this file",

	"send.alerts": "names of alerts; a[1-8] is a1 to a8",
	"send.labels": "more labels of all of them",

	"group.targets": "addresses, host:port",
	"group.labels":  "labels of the targets, for relabelling",

	"ledgerTest.release":            "only these of the file's releases",
	"ledgerTest.fails_on":           "releases on which this is known not to hold, each with the reason",
	"ledgerTest.eval_time":          "when to look, after all that happens at that instant",
	"ledgerTest.target":             "the address of one Alertmanager. Default: the whole",
	"ledgerTest.exp_offered":        "alerts offered",
	"ledgerTest.exp_delivered":      "alerts taken by at least one Alertmanager, or by the target",
	"ledgerTest.exp_lost":           "alerts that no Alertmanager took, and none ever will; of the whole only",
	"ledgerTest.exp_dropped":        "alerts dropped, by reason",
	"ledgerTest.exp_queued":         "alerts that wait",
	"ledgerTest.exp_late":           "alerts that it took after their end though they were sent as firing",
	"ledgerTest.exp_refired":        "how often an alert that had resolved while it fired, fired again",
	"ledgerTest.exp_resurrected":    "how often an alert that was over fired again",
	"ledgerTest.exp_false_resolved": "how often an alert resolved at an Alertmanager while it fired at the source",
	"ledgerTest.exp_in_flight":      "alerts in requests that have not ended",

	"alertmanagerTest.release":      "only these of the file's releases",
	"alertmanagerTest.fails_on":     "releases on which this is known not to hold, each with the reason",
	"alertmanagerTest.target":       "the address of the Alertmanager",
	"alertmanagerTest.between":      "[from, to], both included",
	"alertmanagerTest.exp_received": "alerts that it took",
	"alertmanagerTest.exp_requests": "requests that it was sent",
	"alertmanagerTest.exp_alerts":   "the names of the alerts that it took, in any order: these and no others",

	"received.unique":     "different alerts",
	"received.late":       "alerts that it took after their end though they were sent as firing",
	"received.duplicates": "how often it took one again",

	"distributionForms.constant":    "always the same",
	"distributionForms.uniform":     "evenly between two times",
	"distributionForms.exponential": "exponentially distributed: mostly short, now and then long",
	"distributionForms.lognormal":   "log-normally distributed, as latencies of servers mostly are",
	"distributionForms.normal":      "normally distributed, never below 0",
	"distributionForms.pareto":      "Pareto-distributed: a heavy tail",
	"distributionForms.trace":       "a file of text beside this one, a time a line such as 20ms, # for comments: the times in their order, and after the last from the first again; each Alertmanager begins with the first",
}

// sharedTexts are of fields that mean the same wherever they stand: those of faults and distributions.
var sharedTexts = map[string]string{
	"hang":          "takes connections and never answers",
	"refuse":        "nobody listens: connections fail at once",
	"reset":         "connections break before an answer",
	"status":        "answers with this HTTP status, the alerts not taken",
	"lose_response": "takes the alerts, then the connection breaks",
	"truncate":      "takes the alerts; the answer breaks off within its body",
	"slow_body":     "takes the alerts; the body of the answer takes this long",
	"partial":       "takes this share of the alerts, then answers 400",
	"tls":           "the TLS handshake fails",
	"rate_limit":    "so many requests pass in a second, the others are answered 429",
	"wrong_content": "answers 200 with somebody else's page, the alerts not taken",
	"probability":   "the share of requests that meet the fault. Default: 1",
	"ramp":          "the probability rises from 0 over this time",
	"every":         "the length of a period, of which the fault holds for a part (for)",
	"for":           "the part of each period (every) in which the fault holds",
	"after":         "so many requests pass first",
	"first":         "only so many requests meet the fault",

	"min":    "the shortest",
	"max":    "the longest",
	"mean":   "the mean",
	"median": "the median: half are below",
	"sigma":  "the standard deviation of the logarithm: 0.4 is moderate, 1 is wide",
	"stddev": "the standard deviation",
	"alpha":  "the exponent; the lower, the longer the tail",
}
