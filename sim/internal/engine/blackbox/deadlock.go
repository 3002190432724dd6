package blackbox

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/notifysim/notifysim/sim/internal/engine/blackbox/adapter/protocol"
)

const (
	// dumpTime is for how long of real time a process that hangs may write down what its goroutines do before it is
	// killed.
	dumpTime = 2 * time.Second
	// DefaultPatience is for how long of real time a notifier may stand still.
	DefaultPatience = 30 * time.Second
	// deadlockAfter is for how long of real time a process that must hang may show that it does not.
	deadlockAfter = time.Second
)

// errNoDeadlock is what a run ends with when the notifier goes on where by our rules it waits for ever.
var errNoDeadlock = errors.New("by our rules the notifier holds its lock for ever, but it does not")

// ErrStuck is what a bubble ends with when virtual time has stopped.
var ErrStuck = errors.New("virtual time stands still: a goroutine of the notifier waits for a mutex, or never ends")

// waitingForItsSet is what waitingIn says of a target update for a set whose lock nobody will release.
const waitingForItsSet = "    sync.RWMutex.Lock: (*alertmanagerSet).sync"

var (
	stanzas   = regexp.MustCompile(`(?m)^goroutine \d+ .*\[([^\]]*)\]:$`)
	notifying = regexp.MustCompile(`(?m)^github\.com/prometheus/prometheus/notifier\.(\S+)\(`)
)

// waitingIn returns what the goroutines of a Go program that was sent SIGQUIT wait for in Prometheus' notifier, a line
// each.
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

// expectDeadlock ends a process in which a goroutine of the notifier must be waiting for a lock, so that virtual time
// stands still; an error says that none is. Go notices by itself when no other goroutine could go on.
func (p *process) expectDeadlock() error {
	p.patience = deadlockAfter
	_, err := p.ask(protocol.Request{Op: protocol.Settle})
	switch {
	case err == nil:
		p.end()
		return errNoDeadlock
	case slices.Contains(waitingIn(p.said.all()), waitingForItsSet):
		return nil
	}
	return fmt.Errorf("by our rules the notifier waits for the lock of a set for ever, which is not seen: %w", err)
}
