package sim_test

import (
	"fmt"
	"strings"

	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/ledger"
)

// One of two Alertmanagers hangs. In v3.9 both share one queue, so the healthy one loses alerts too; in v3.16 it
// receives all of them.
func ExampleRun() {
	file, err := scenarios.Parse("peer_hangs.yml", []byte(`
release: [v3.9, v3.16]
config: {alerting: {alertmanagers: [{timeout: 10s, static_configs: [{targets: ['am-a:9093', 'am-b:9093']}]}]}}
flags: {alertmanager.notification-queue-capacity: 10, alertmanager.notification-batch-size: 5}
tests:
  - name: peer hangs
    alertmanagers: {'am-b:9093': {hang: true}}
    timeline:
      - {at: 0s, send: {alerts: 'a[1-8]'}}
      - {at: 5s, send: {alerts: 'a[9-16]'}}
    alertmanager_test:
      - {target: 'am-a:9093', between: [0s, 1m], exp_received: {unique: 16}}
`))
	if err != nil {
		panic(err)
	}
	for _, release := range file.Releases {
		res, err := sim.Run(file, file.Tests[0], release, 1, sim.Options{})
		if err != nil {
			panic(err)
		}
		fmt.Printf("%s: pass %t, %d of %d delivered\n", release.Name, res.Pass, res.Ledger.Delivered, res.Ledger.Offered)
		for _, failure := range res.Failures {
			fmt.Println(failure.Pos, failure.Message)
		}
	}
	// Output:
	// v3.9: pass false, 15 of 16 delivered
	// peer_hangs.yml:12:73 am-a:9093 received 15 unique alerts in [0s, 1m], want 16
	// v3.16: pass true, 16 of 16 delivered
}

// Options.Events shows every event of a run as it happens, and Result.Delivery how late the alerts were delivered.
func ExampleOptions_events() {
	file, err := scenarios.Parse("refuses.yml", []byte(`
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am:9093']}]}]}}
tests:
  - name: refuses at first
    alertmanagers: {'am:9093': {latency: 20ms}}
    timeline:
      - {at: 0s, for: 1m, target: 'am:9093', fault: {refuse: true}}
      - {at: 30s, send: {alerts: DiskFull}}
      - {at: 2m, send: {alerts: DiskFull}}
`))
	if err != nil {
		panic(err)
	}
	res, err := sim.Run(file, file.Tests[0], file.Releases[0], 1, sim.Options{
		Events: func(e *sim.Event) { fmt.Println(strings.TrimSpace(fmt.Sprint(e.At, " ", e.Kind, " ", e.Outcome))) },
	})
	if err != nil {
		panic(err)
	}
	fmt.Println("delivered after", res.Delivery[ledger.Any].Max())
	// Output:
	// 0s targets
	// 0s join
	// 0s fault
	// 30s send
	// 30s queue
	// 30s post
	// 30s answer refused
	// 30s lost
	// 1m0s fault_end
	// 2m0s send
	// 2m0s queue
	// 2m0s post
	// 2m0.02s answer 200
	// delivered after 20ms
}
