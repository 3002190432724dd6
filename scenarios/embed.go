package scenarios

import "embed"

// The library lives in this folder and in those below that are named here, and travels inside the binary. In bugs are those of
// Prometheus that were mended, one file each: what must hold fails on the last release that had the bug. In known are findings about the real notifier that nobody has mended
// yet: what a search found, shrunk; each goes red when its bug is gone. In metamonitoring are the alerts that people run on the alerting path.
//
//go:embed *.yml *.rules bugs/*.yml known/*.yml metamonitoring/*.yml metamonitoring/*.rules
var library embed.FS
