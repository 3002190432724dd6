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
	// dumpTime is how long, in real time, a process that hangs gets to write the stacks of its goroutines before it is
	// killed.
	dumpTime = 2 * time.Second
	// deadlockAfter is how long, in real time, a process that should hang gets to respond and so to show that it does
	// not.
	deadlockAfter = time.Second
)

// errNoDeadlock is the error of a run whose notifier does not hang where it should according to the rules of its
// release.
var errNoDeadlock = errors.New("the notifier should hold its lock for ever on this release, but it does not")

// waitingForItsSet is the line in the result of waitingIn for a target update that waits for the lock of its set.
const waitingForItsSet = "    sync.RWMutex.Lock: (*alertmanagerSet).sync"

var (
	stanzas   = regexp.MustCompile(`(?m)^goroutine \d+ .*\[([^\]]*)\]:$`)
	notifying = regexp.MustCompile(`(?m)^github\.com/prometheus/prometheus/notifier\.(\S+)\(`)
)

// waitingIn reads the stacks that a Go program writes on SIGQUIT. It returns a line for each goroutine that waits in
// Prometheus' notifier, with what it waits for and in which function.
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

// expectDeadlock ends a process in which a goroutine of the notifier should wait for a lock for ever, so that virtual
// time stands still. It returns an error if there is no such goroutine. If no other goroutine can run either, the Go
// runtime itself ends the process.
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
	return fmt.Errorf("the notifier should wait for the lock of a set for ever on this release, but does not: %w", err)
}
