// Package timeline shows a run on a time axis with a column for each actor: the sender, its queues and the
// Alertmanagers. It writes text in fixed columns, and an HTML page that loads nothing.
//
// It uses only the events of a run and its result; the numbers of alerts that wait and that are in flight are sums over
// the events. The same events give the same bytes.
package timeline
