// Package notifier does what the notifier of a Prometheus release does between Send and Alertmanagers: it relabels, queues,
// drops, batches, posts and counts alerts, by the rules of that release.
//
// The rules are in [Core], once, without goroutine, clock or socket. [Manager] drives them with all three, and has the
// methods of Prometheus' notifier.Manager; the simulator is another driver. [Release] is the table of what differs between
// releases. Nothing here retries, spools or reorders what the real one would not; alerts that are handed over are never
// changed, not even as releases up to v3.6 do.
//
// What a test shows of each change between releases, by its number in Prometheus' history as the project keeps it (facts,
// releases.md, sections 1a to 1c and 6). Most of the tests run on the real notifier of the linked module too.
//
//	1, 2    requests without alerts                    TestEmptyRequests
//	3       User-Agent                                 TestRequest
//	4       entries that differ in a regex alone       TestEntriesAlike
//	6, 33   quantiles, histogram                       TestSameAsLinked, TestHistogram
//	7, 9    API version, path                          TestRequest
//	12, 13  target updates starve                      TestTargetUpdatesStarve
//	15      alerts of the caller                       TestSetRelabeling
//	16      no port is added                           TestRequest
//	17      SigV4                                      TestSigV4
//	18, 20  a set's relabelling, its leak              TestSetRelabeling
//	19      its deadlock                               TestSetRelabelingDeadlock
//	21      Stop                                       TestStop
//	23      reload of the same configuration           TestReloadSame
//	24      series of the gone, and how they come back TestSeriesOfTheGone, TestSeriesComeBack
//	27, 28  errors, what counts as dropped             TestCounts
//	29      batch size                                 TestBatches
//	31      closed channel of target updates           TestClosedTargets
//	34      one hanging Alertmanager                   TestOneHangs
//	36      Send after Stop                            TestSendAfterStop
//	1b      all that is counted                        TestCounts, TestOverflow, TestStop
//	1c      wire format                                TestRequest, TestEncodings
//	6       the conversion from rules' alerts          TestSendAlerts
//
// Package sim has the test of 5, that up to v2.9.1 bodies of responses are not read to the end. Not here: 8, a lock that v2.11 to
// v2.17 kept after a batch that could not be encoded; ours does as later releases. 10, 11, 14, 22, 25, 26, 30, 32 and 35 show in nothing that this
// package does; 37 is service discovery's.
package notifier
