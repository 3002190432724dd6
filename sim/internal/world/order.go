package world

import "github.com/notifysim/notifysim/sim/internal/eventqueue"

// Events of one instant happen in the order of their classes. Within a class the position decides: the place in the
// scenario file, or the rank of the Alertmanager's address; then the order in which the events were planned.
//
// What the scenario says of an instant comes before what the notifier and the Alertmanagers do at it, and both before
// what looks at them.
const (
	ClassFault       eventqueue.Class = iota // an Alertmanager's fault begins or ends, an Alertmanager restarts
	ClassTargets                             // service discovery offers a target update
	ClassReload                              // a server reloads, stops or starts
	ClassResponse                            // a response arrives, a request times out (see network.Request.Ends)
	ClassSend                                // a rule is evaluated, Send is called
	ClassExpiry                              // an alert expires at an Alertmanager, unless a copy arrived
	ClassScrape                              // metrics are scraped
	ClassExpectation                         // an expectation is judged
	ClassEnd                                 // the run reaches its duration
)
