// Package notifier does what the notifier of a Prometheus release does between Send and Alertmanagers: it
// relabels, queues, drops, batches, posts and counts alerts, by the rules of that release.
//
// [Manager] has the methods of Prometheus' notifier.Manager. It does with goroutines, HTTP and a clock what the
// rules of package core decide; those also say how releases differ. [Encoding] writes the bodies of requests,
// and [SendAlerts] converts the alerts of rules.
//
// The package never retries, spools or reorders what Prometheus would not. It never changes the alerts that it
// is sent, although releases up to v3.6 do. Every wait is by Options.Clock.
//
// What releases do differently is listed in docs/reference/releases.md. These tests show it, most of them also
// on Prometheus' own notifier of the linked module:
//
//	v2.6    User-Agent                              TestHeaderPathAndBody
//	v2.9.2  response bodies                         in package sim
//	v2.10   requests without alerts                 TestEmptyRequests
//	v2.11   API version and path                    TestHeaderPathAndBody, TestEncodings
//	v2.15   keys of sets                            TestEntriesThatDifferInARegex
//	v2.15   requests without alerts                 TestEmptyRequests
//	v2.26   API version and path                    TestHeaderPathAndBody
//	v2.51   relabelling of a set, and its deadlock  TestSetRelabeling, TestSetRelabelingDeadlock
//	v2.54   target updates while batches go out     TestTargetUpdatesStarve
//	v2.54   Stop                                    TestStop, TestSendAfterStop, TestRunAfterStop
//	v3.0    reload of the same configuration        TestReloadOfSameConfiguration
//	v3.0    series of removed Alertmanagers         TestSeriesOfRemovedAlertmanager, TestLateRequestMakesSeriesAgain
//	v3.1    errors_total                            TestCountersOfDeliveredAndFailedBatches
//	v3.3    dropped_total                           TestCountersOfDeliveredAndFailedBatches
//	v3.4    batch size                              TestBatchSize
//	v3.7    relabelling of a set                    TestSetRelabeling
//	v3.9    histogram                               TestHistogram, TestSameAsLinkedNotifier
//	v3.10   queues, counters, Stop, drains          TestHangingAlertmanagerAndItsPeer, TestStop, TestDrainUnderLock
//
// In one thing it does not follow old releases: v2.11 to v2.17 kept a lock for ever after a batch that could
// not be encoded.
package notifier
