package summary

import (
	"fmt"

	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/notifier/core"
)

// losses is the sentence about the copies that no Alertmanager accepted, and why.
func (s *summary) losses() string {
	l := s.res.Ledger
	dropped := l.Whole().Dropped
	switch {
	case l.Offered == 0 && l.Relabelled > 0:
		return sentence("relabelling dropped all alerts: nothing was sent")
	case l.Offered == 0:
		return "Nothing was sent."
	case l.Lost == 0 && l.Pending > 0 && s.test.Duration > 0:
		return sentence(fmt.Sprintf("nothing was lost; the run ended while %s %s on the way",
			copies(l.Pending), choose(l.Pending, "was", "were")))
	case l.Lost == 0 && l.Pending > 0:
		return sentence(fmt.Sprintf("nothing was lost, but %s still %s at the end",
			copies(l.Pending), choose(l.Pending, "waits", "wait")))
	case l.Lost == 0:
		return "Nothing was lost."
	}
	lost := fmt.Sprintf("no Alertmanager accepted %s of %s", text.Thousands(l.Lost), copies(l.Offered))
	if l.Lost == l.Offered {
		lost = "no Alertmanager accepted " + choose(l.Lost, "the copy", "any of the "+copies(l.Lost))
	}
	capacity := text.Thousands(int64(s.file.Flags.QueueCapacity))
	switch {
	case dropped.Total() == 0:
		lost += ": no Alertmanager was known when " + choose(l.Lost, "it was", "they were") + " sent"
	case dropped.Of(core.BatchTooLarge) > 0:
		lost += ": a send was larger than the queue of " + capacity
	case dropped.Of(core.QueueFull) > 0 && dropped.Of(core.SendFailed) > 0 && len(s.addresses) == 1:
		lost += fmt.Sprintf(": requests with %s failed, and %s did not fit into the queue of %s",
			copies(dropped.Of(core.SendFailed)), text.Thousands(dropped.Of(core.QueueFull)), capacity)
	case dropped.Of(core.QueueFull) > 0 && s.release.Queues == core.Shared && len(s.addresses) > 1:
		lost += fmt.Sprintf(": under %s all Alertmanagers share one queue, and it moves at the pace of the slowest",
			s.release.Name)
	case dropped.Of(core.QueueFull) > 0:
		lost += ": the queue of " + capacity + " was full"
	}
	return sentence(lost)
}

// blockedSends is the sentence about calls of Send that had to wait.
func (s *summary) blockedSends() string {
	if l := s.res.Ledger; l.Blocked > 0 {
		return sentence(fmt.Sprintf("%s of %s to Send waited for the notifier's lock",
			text.Thousands(l.Blocked), text.Count(l.Sends, "call")))
	}
	return ""
}

// replicas is the sentence about the copies that none of several senders delivered.
func (s *summary) replicas() string {
	switch n := s.res.Ledger.LostByAll; {
	case n == nil || s.res.Ledger.Lost == 0:
		return ""
	case *n == 0:
		return "At least one replica delivered each alert."
	default:
		return sentence("no replica delivered " + copies(*n))
	}
}
