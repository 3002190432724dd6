package scenarios

import "embed"

// The library consists of the files in this directory and in the directories named below. It is embedded in the binary.
// Each file in bugs reproduces a bug of Prometheus that has been fixed: its expectations fail on the last release with
// the bug. Each file in known reproduces a problem of the real notifier that is not fixed. These were found by random
// search and reduced; a file fails when its problem is fixed. The files in metamonitoring evaluate alerting rules that
// people use to monitor the delivery of alerts.
//
//go:embed *.yml *.rules bugs/*.yml known/*.yml metamonitoring/*.yml metamonitoring/*.rules
var library embed.FS
