// Package gate decides whether new benchmark results are worse than old ones.
//
// It promises never to pass by accident: a missing row, a line it cannot read, NaN, a benchmark that broke or nothing
// compared is never a pass. It also promises not to cry wolf: a timing counts as worse only when a paired test,
// corrected for the number of rows, and a minimum effect both say so. It never sees simulations, only
// files in Go's benchmark format (https://go.dev/design/14313-benchmark-format) and test binaries.
//
// There are two lanes:
//
//   - Exact: allocs/op, B/op and every unit declared with assume=exact. One sample is enough. Any change is reported,
//     a change for the worse fails, and so does variation inside one side.
//   - Timing: everything else. Sample i of the old side is paired with sample i of the new one, so the two must have run
//     next to each other. A one-sided Wilcoxon signed-rank test on the logarithms of the ratios, with Holm's correction
//     over the rows, decides.
//
// The pipeline, each part usable alone: [Read] a file, [Match] two files into rows, judge each row in its lane
// ([Exact], [Compare]), correct with [Holm], add up to a [Verdict], and write a [Report].
// [Session] makes the files as well: it builds both sides and runs them in turn.
package gate
