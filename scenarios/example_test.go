package scenarios_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/notifysim/notifysim/scenarios"
)

const exampleScenario = `# One Alertmanager hangs. Its peer must still get every alert.
release: [v3.9, v3.16]
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093', 'am-b:9093']}]}]}}
tests:
  - name: peer hangs
    alertmanagers: {'am-b:9093': {hang: true}}
    timeline:
      - {at: 0s, send: {alerts: 'a[1-8]'}}
    alertmanager_test:
      - {target: 'am-a:9093', between: [0s, 1m], exp_received: {unique: 8}}
`

// Load reads a file and checks it completely. The File that it returns is ready to run.
func ExampleLoad() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "peer_hangs.yml")
	if err := os.WriteFile(path, []byte(exampleScenario), 0o600); err != nil {
		panic(err)
	}

	file, err := scenarios.Load(path)
	if err != nil {
		panic(err)
	}
	fmt.Println(file.Comment)
	for _, release := range file.Releases {
		fmt.Println(release.Name)
	}
	for _, test := range file.Tests {
		send := test.Timeline[0].Send
		fmt.Printf("%s: %d alerts, %s to %s\n", test.Name, len(send.Alerts), send.Names[0], send.Names[7])
	}
	// Output:
	// One Alertmanager hangs. Its peer must still get every alert.
	// v3.9
	// v3.16
	// peer hangs: 8 alerts, a1 to a8
}

// An error lists everything that is wrong, each with its position and with what to write instead.
func ExampleParse_errors() {
	_, err := scenarios.Parse("peer_hangs.yml", []byte(`
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}}
tests:
  - name: peer hangs
    durration: 10m
    alertmanagers: {'am-a:9093': {latency: 5}}
`))
	var errs scenarios.Errors
	if errors.As(err, &errs) {
		for _, e := range errs {
			line, caret := e.Excerpt()
			fmt.Printf("%s\n%s\n%s\n", e, line, caret)
		}
	}
	// Output:
	// peer_hangs.yml:5:5: unknown field "durration"; write "duration"
	// 5 |     durration: 10m
	//   |     ^
	// peer_hangs.yml:6:44: `latency` is 5; write a unit too, such as 5s or 5m
	// 6 |     alertmanagers: {'am-a:9093': {latency: 5}}
	//   |                                            ^
}
