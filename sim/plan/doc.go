// Package plan says which capacity the notifier's queue needs, why, and above which capacity alerts wait too long to be
// of use.
//
// The method is exact: a run without a capacity shows the smallest capacity with which that run drops nothing, and
// order statistics over seeds bound its quantiles whatever their distribution. The same question gives the same answer,
// byte for byte, on any machine and with any number of workers or shards.
//
// A [Question] becomes a [Study], whose runs give one [Record] each; [Study.Answer] makes an [Answer] of them. Shards
// of a study run on different machines: [Study.WriteShard], [ReadShard] and [Merge].
//
// The package never reads the clock, and it opens no file except those that it is given the names of.
package plan
