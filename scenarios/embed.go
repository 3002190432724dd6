package scenarios

import "embed"

// The library is in this folder and the folders below that are named here, and is part of the binary. Each file in bugs
// reproduces a bug of Prometheus that was fixed: what must hold fails on the last release that had it. Those in known
// reproduce findings about the real notifier that are not fixed, found by search and shrunk; each fails when its bug
// is fixed. Those in metamonitoring run alerts that people have on the path of alerts.
//
//go:embed *.yml *.rules bugs/*.yml known/*.yml metamonitoring/*.yml metamonitoring/*.rules
var library embed.FS
