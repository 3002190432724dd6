// Package gate decides whether new benchmark results are worse than old ones.
//
// It never passes by accident: a missing row, a line that it cannot read, NaN, a failed benchmark or an empty
// comparison prevents a pass. False alarms are rare: a timing counts as worse only if it exceeds a minimum effect and a
// paired test, corrected for the number of rows, is significant. The package knows nothing of simulations, only files
// in Go's benchmark format (https://go.dev/design/14313-benchmark-format) and test binaries.
//
// There are two lanes:
//
//   - Exact: allocs/op, B/op and every unit declared with assume=exact. One sample is enough. Any change is reported; a
//     change for the worse fails, and so does variation inside one side.
//   - Timing: everything else. Sample i of the old side is paired with sample i of the new one, so the two must have
//     run next to each other. A one-sided Wilcoxon signed-rank test on the logarithms of the ratios, with Holm's
//     correction over the rows, decides. A [Session] also judges the processor time of every benchmark that has a time,
//     which other work on the machine hardly changes; noise in the time is then noted, and does not prevent a pass.
//
// The steps of the gate can be used one by one: [Read] reads a file, [Match] pairs the rows of two files, [Exact]
// judges a row of the exact lane, [SignedRank], [Shift] and [Holm] are the statistics of the timing lane, and [Compare]
// does all of that and returns a [Report] with a [Verdict]. A [Session] also makes the files: it builds both sides and
// runs them in turn.
//
// The verdicts, with their exit codes:
//
//   - PASS, 0: nothing is worse, and something was compared. Rows that only the new side has are reported.
//   - FAIL, 1: a row is worse, is missing on the new side or varies though exact, or its benchmark fails there.
//   - CANNOT DECIDE, 2: the results cannot be trusted, or nothing was compared. The reason may be a file that is
//     absent, empty or truncated; an unreadable line; NaN or an infinity; a unit whose better direction is not known or
//     differs between the files; a timing that is 0, has no pair or is from another machine; the same runs twice in a
//     file; a benchmark that failed on the old side; a side that does not build; a dirty tree; an interrupt. It takes
//     precedence over FAIL.
//   - INCONCLUSIVE, 2: too few pairs for a verdict, too much noise, or a moderate slowdown between files that were not
//     recorded in turn. FAIL takes precedence over it.
package gate
