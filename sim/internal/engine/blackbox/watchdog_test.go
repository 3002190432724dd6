package blackbox

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
)

// If Send is called while a drain of the real notifier holds the lock, Send waits for a mutex. That stops virtual time,
// and the watchdog reports it. The test runs the notifier without an Engine, which would avoid the call, and in a
// process of its own, since the waiting goroutine never ends.
func TestWatchdogReportsASendThatWaitsForAMutex(t *testing.T) {
	if os.Getenv("HAZARD") != "" {
		require.ErrorContains(t, sendDuringDrain(2*time.Second), "waits for a mutex")
		fmt.Println("stuck, as expected")
		os.Exit(0)
	}
	cmd := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), "HAZARD=1")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "stuck, as expected")
}

// sendDuringDrain calls Send of the real notifier while it drains the queue of a removed Alertmanager that hangs. It
// leaves behind a bubble that never ends.
func sendDuringDrain(limit time.Duration) error {
	file, err := scenarios.Parse("hazard.yml", []byte(`
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}}
flags: {alertmanager.notification-batch-size: 1}
tests: [{name: hazard}]
`))
	if err != nil {
		return err
	}
	static := map[string][]*targetgroup.Group{"config-0": {{Targets: []model.LabelSet{{model.AddressLabel: "am-a:9093"}}}}}
	return (&Loop{}).guard(limit, inBubble, func() error {
		b := newBubble(func(do doFunc) manager { return Given(Prometheus)(file.Flags, core.Newest(), do) })
		if err := b.ApplyConfig(file.Config); err != nil {
			return err
		}
		for _, tgs := range []map[string][]*targetgroup.Group{static, {"config-0": nil}} {
			if _, err := b.OfferTargets(tgs); err != nil {
				return err
			}
			settle()
			if err := b.Send([]Alert{{}, {}, {}}); err != nil { // the second call waits for the lock
				return err
			}
			settle()
		}
		return nil
	})
}
