// Command notifysim simulates what happens to alerts between a Prometheus server and its Alertmanagers, and checks the
// outcome against expectations.
package main

import "os"

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
