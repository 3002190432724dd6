// Package timeline shows a run on a time axis with a column for each actor: the sender, its queues and the
// Alertmanagers. It writes text in fixed columns, or an HTML page that loads no other resource.
//
// It needs only the events of a run and its result. The numbers of copies that are queued and in flight are computed by
// summing up the events. When alerts are uncovered says the result, because the events do not say what the source says.
// The same run gives the same bytes.
package timeline
