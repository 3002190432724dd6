// Package timeline shows a run on a time axis with a column for each actor: the sender, its queues and the
// Alertmanagers. It writes text in fixed columns, or an HTML page that loads no other resource.
//
// It needs only the events of a run and its result. The numbers of copies that are queued and in flight are computed by
// summing up the events. The result says when alerts are uncovered, because the events do not tell what fires at the
// source. The same run gives the same bytes.
package timeline
