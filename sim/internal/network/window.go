package network

import (
	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/sim/internal/alerts"
	"github.com/notifysim/notifysim/sim/ledger"
)

// A Window counts what one Alertmanager receives from one instant to another, both included.
type Window struct {
	From, To int64
	// Taken has the numbers of the alerts that it stored.
	Taken fakeam.Bitset
	// Requests counts its requests, Late the copies that arrived after their endsAt.
	Requests, Late int64
}

func (w *Window) includes(at int64) bool { return w.From <= at && at <= w.To }

// countRequests adds the requests that went out at the times of posts to the windows of am.
func (am *Alertmanager) countRequests(posts []ledger.Step) {
	for _, w := range am.Windows {
		for i := range posts {
			if w.includes(posts[i].At) {
				w.Requests++
			}
		}
	}
}

func (am *Alertmanager) countTaken(now int64, sp alerts.Span) {
	for _, w := range am.Windows {
		if w.includes(now) {
			w.Taken.Add(sp.First, sp.N)
		}
	}
}

func (am *Alertmanager) countLate(now int64, n int) {
	for _, w := range am.Windows {
		if w.includes(now) {
			w.Late += int64(n)
		}
	}
}
