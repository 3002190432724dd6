package world

import "github.com/notifysim/notifysim/sim/internal/eventqueue"

// Events of one instant happen in the order of their classes, and within a class in the order of their positions: the
// place in the scenario file, or the rank of the Alertmanager's address. Events with the same position happen in the
// order in which they were planned.
//
// At one instant, the events that the scenario specifies come first, then what the notifier and the Alertmanagers do,
// and then scrapes and expectations, which observe the result.
const (
	ClassFault       eventqueue.Class = iota // an Alertmanager's fault begins or ends, an Alertmanager restarts
	ClassTargets                             // service discovery offers a target update
	ClassReload                              // a server reloads, stops or starts
	ClassTimeout                             // a sender stops waiting for a response or its body
	ClassResponse                            // a response arrives (see network.Request.Ends)
	ClassSend                                // a rule is evaluated, Send is called
	ClassExpiry                              // an alert expires at an Alertmanager, unless a new copy has arrived
	ClassScrape                              // metrics are scraped
	ClassExpectation                         // an expectation is judged
	ClassEnd                                 // the run reaches its duration
)
