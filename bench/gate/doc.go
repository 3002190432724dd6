// Package gate decides whether new benchmark results are worse than old ones.
//
// It promises never to pass by accident: a missing row, a line that it cannot read, NaN, a benchmark that failed or an
// empty comparison is never a pass. It also promises few false alarms: a timing counts as worse only if a paired test,
// corrected for the number of rows, and a minimum effect both say so. It knows nothing of simulations, only files in
// Go's benchmark format (https://go.dev/design/14313-benchmark-format) and test binaries.
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
// The pipeline, each part usable alone: [Read] a file, [Match] two files into rows, judge each row in its lane
// ([Exact], [Compare]), correct with [Holm], derive a [Verdict], and write a [Report]. [Session] makes the files as
// well: it builds both sides and runs them in turn.
//
// The verdicts, with their exit codes:
//
//   - PASS, 0: nothing is worse, and something was compared. Rows that only the new side has are reported.
//   - FAIL, 1: a row is worse, is missing on the new side or varies though exact, or its benchmark fails there.
//   - CANNOT DECIDE, 2: a file that is absent, empty or truncated; a line that cannot be read; NaN or an infinity; a
//     unit whose better direction is not known, or on which the files disagree; a timing of 0, or of another machine,
//     or without its pair, or the same runs twice; a benchmark that failed on the old side; a side that does not build;
//     a dirty tree; an interrupt; nothing compared. It takes precedence over FAIL.
//   - INCONCLUSIVE, 2: too few pairs for a verdict, too much noise, or a moderate slowdown between files that were not
//     recorded in turn. FAIL takes precedence over it.
package gate
