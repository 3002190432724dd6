// Package timeline shows a run on one time axis, an actor a column: the sender, its queues and the Alertmanagers. It
// makes text of fixed columns, and a page of HTML that stands alone: no request leaves it.
//
// It is made of the events of a run alone. What waits and what is in flight is added up from them.
//
// The package is internal to this module: it promises nothing to others.
package timeline
