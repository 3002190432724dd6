package summary

import (
	"fmt"
	"strings"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/internal/text"
)

// A fault is what was wrong with an Alertmanager.
type fault struct {
	what, span string
	hang       bool
}

// addFaults notes the faults that the scenario gives the Alertmanagers, up to the end of the run.
func (s *summary) addFaults() {
	for _, am := range s.test.Alertmanagers {
		s.addFault(am.Address, am.Behaviour.Fault, "for the whole run")
		if st := am.Behaviour.Stall; st != (fakeam.Stall{}) {
			s.faults[am.Address] = append(s.faults[am.Address], fault{
				what: fmt.Sprintf("stalled for %s every %s", text.Duration(st.For), text.Duration(st.Every)),
			})
		}
	}
	for _, e := range s.test.Timeline {
		if e.Fault == nil || int64(e.At) > s.res.End {
			continue
		}
		span := "from " + text.Duration(e.At) + " on"
		if e.Fault.For > 0 {
			span = "for " + text.Duration(e.Fault.For)
		}
		s.addFault(e.Fault.Target, e.Fault.Fault, span)
	}
}

// addFault notes a fault of the Alertmanager at an address.
func (s *summary) addFault(address string, f fakeam.Fault, span string) {
	var what string
	switch {
	case f.Hang:
		what = "hung"
	case f.Refuse:
		what = "refused connections"
	case f.Reset:
		what = "reset connections"
	case f.Status != 0:
		what = fmt.Sprintf("answered %d", f.Status)
	case f.LoseResponse:
		what = "stored alerts and sent no response"
	case f.Truncate:
		what = "cut off its responses"
	case f.SlowBody != 0:
		what = "took " + text.Duration(f.SlowBody) + " to send the body of a response"
	case f.Partial != 0:
		what = "rejected part of each batch"
	case f.WrongContent:
		what = "answered with another server's page"
	case f.TLS:
		what = "spoke TLS"
	case f.RateLimit != 0:
		what = fmt.Sprintf("accepted %d requests a second", f.RateLimit)
	default:
		return
	}
	if f.Probability != 0 && f.Probability != 1 || f.Ramp != 0 || f.Every != 0 || f.After != 0 || f.First != 0 {
		what += " at times"
	}
	s.faults[address] = append(s.faults[address], fault{what, span, f.Hang})
}

// faultsOf says what was wrong.
func faultsOf(ts []fault) string {
	var parts []string
	for _, t := range ts {
		parts = append(parts, strings.TrimSpace(t.what+" "+t.span))
	}
	if n := len(parts); n > maxNamed {
		return fmt.Sprintf("%s, then %s", parts[0], text.Count(n-1, "other fault"))
	}
	return inWords(parts)
}
