// Package plan says with which settings of the notifier alerts are known in time, and why.
//
// It runs a scenario with other settings, one at a time: a [Candidate] is one of them, with the [Outcome] of its runs.
// The [Advice] is the candidate that is best by the account of alerts (ledger.AlertAccounts): the fewest missed
// alerts, then the least time for which alerts fire and no Alertmanager knows them, then for which the worst healthy
// one does not, then the fewest false resolves. Of those that are about as good, it is the one that takes the least
// effort.
//
// Besides, it finds the drop-free capacity. A run with unbounded queues shows the smallest capacity with which that
// run drops nothing, and order statistics over seeds bound its quantiles whatever their distribution.
//
// A [Question] becomes a [Study]. Each run of the study gives a [Record], and [Study.Answer] makes an [Answer] from
// the records and from the runs of the candidates. The runs of a study can be spread over several machines as shards:
// see [Study.WriteShard], [ReadShard] and [Merge]. The same question gives the same answer, byte for byte, on any
// machine and with any number of workers or shards.
//
// The package never reads the clock, and it opens no file except those that it is given the names of.
package plan
