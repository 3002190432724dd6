package sim

import (
	"time"

	"github.com/prometheus/prometheus/discovery/targetgroup"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
)

// SendDuringDrain calls Send of the real notifier while it drains a hung Alertmanager that was removed. It leaves a bubble behind
// that never ends.
func SendDuringDrain(limit time.Duration) error {
	file, err := scenarios.Parse("hazard.yml", []byte(`
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}}
flags: {alertmanager.notification-batch-size: 1}
tests: [{name: hazard}]
`))
	if err != nil {
		return err
	}
	r := newRun(file, file.Tests[0], core.Newest(), 1, nil, Options{})
	return r.guarded(limit, inBubble, func() error {
		b := newBubble(func(do doFunc) manager { return newPromManager(newPrometheus)(file.Flags, r.release, do) })
		if err := b.apply(file.Config); err != nil {
			return err
		}
		for _, tgs := range []map[string][]*targetgroup.Group{staticTargets(file.Config), {"config-0": nil}} {
			if _, err := b.offer(tgs); err != nil {
				return err
			}
			settle()
			if err := b.send([]handed{{}, {}, {}}); err != nil { // the second time, the lock is held
				return err
			}
			settle()
		}
		return nil
	})
}
