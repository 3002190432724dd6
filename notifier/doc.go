// Package notifier does what the notifier of a chosen Prometheus release does between Send and Alertmanagers: it
// relabels, queues, drops, batches, posts and counts alerts.
//
// [Manager] has the methods of Prometheus' notifier.Manager. Package core makes its decisions and knows how releases
// differ; the Manager carries them out with goroutines, HTTP and a clock. [Encoding] writes the bodies of requests, and
// [SendAlerts] converts the alerts of rules.
//
// The package never retries, stores on disk or reorders alerts. It never changes the alerts passed to Send, although
// releases up to v3.6 do. All its timeouts run on Options.Clock.
//
// The differences between releases are listed in docs/reference/releases.md. The following tests show them. Most of
// these also run on Prometheus' own notifier, of the release in go.mod.
//
//	v2.6    User-Agent                              TestHeaderPathAndBody
//	v2.9.2  response bodies                         in package sim
//	v2.10   requests without alerts                 TestEmptyRequests
//	v2.11   API version and path                    TestHeaderPathAndBody, TestEncodings
//	v2.15   keys of sets                            TestEntriesThatDifferInOneField
//	v2.15   requests without alerts                 TestEmptyRequests
//	v2.26   API version and path                    TestHeaderPathAndBody
//	v2.45   scheme and path of a target group       TestSchemeAndPathOfATargetGroup
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
// One known difference from old releases is not reproduced: v2.11 to v2.17 never released a lock after a batch that
// could not be encoded.
package notifier
