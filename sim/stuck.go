package sim

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/notifysim/notifysim/sim/adapter/protocol"
)

const (
	// dumpTime is for how long of real time a process that hangs may write down what its goroutines do before it is killed.
	dumpTime = 2 * time.Second
	// wedgedAfter is for how long of real time a process that must hang may show that it does not.
	wedgedAfter = time.Second
)

// waitingForItsSet is what waitingIn says of a target update for a set whose lock nobody will release.
const waitingForItsSet = "    sync.RWMutex.Lock: (*alertmanagerSet).sync"

var (
	stanzas   = regexp.MustCompile(`(?m)^goroutine \d+ .*\[([^\]]*)\]:$`)
	notifying = regexp.MustCompile(`(?m)^github\.com/prometheus/prometheus/notifier\.(\S+)\(`)
)

// waitingIn returns what the goroutines of a Go program that was sent SIGQUIT wait for in Prometheus' notifier, a line each.
func waitingIn(dump string) (lines []string) {
	starts := stanzas.FindAllStringSubmatchIndex(dump, -1)
	for i, at := range starts {
		end := len(dump)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		stanza := dump[at[1]:end]
		if call := notifying.FindStringSubmatch(stanza); call != nil {
			state, _, _ := strings.Cut(dump[at[2]:at[3]], ",")
			lines = append(lines, fmt.Sprintf("    %s: %s", state, call[1]))
		}
	}
	return lines
}

// standsStill ends a process in which a goroutine of the notifier must be waiting for a lock, so that virtual time stands still;
// an error says that none is. Go notices by itself when no other goroutine could go on.
func (p *process) standsStill() error {
	p.patience = wedgedAfter
	_, err := p.ask(protocol.Request{Op: protocol.Settle})
	switch {
	case err == nil:
		p.end()
		return errNotWedged
	case slices.Contains(waitingIn(p.said.all()), waitingForItsSet):
		return nil
	}
	return fmt.Errorf("by our rules the notifier waits for the lock of a set for ever, which is not seen: %w", err)
}
