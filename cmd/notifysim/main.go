// Command notifysim shows what becomes of alerts between Prometheus and its Alertmanagers, and checks that it is what
// you expect.
package main

import "os"

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
