package core

import (
	"slices"
	"strings"
)

// patches lists the newest patch of every release line, as of 2026-11-27. `make patches` writes it anew from the tags
// of Prometheus' repository.
const patches = `
v2.5.0 v2.6.1 v2.7.2 v2.8.1 v2.9.2 v2.10.0 v2.11.2 v2.12.0 v2.13.1 v2.14.0 v2.15.2 v2.16.0
v2.17.2 v2.18.2 v2.19.3 v2.20.1 v2.21.0 v2.22.2 v2.23.0 v2.24.1 v2.25.2 v2.26.1 v2.27.1 v2.28.1
v2.29.2 v2.30.4 v2.31.2 v2.32.1 v2.33.5 v2.34.0 v2.35.0 v2.36.2 v2.37.9 v2.38.0 v2.39.2 v2.40.7
v2.41.0 v2.42.0 v2.43.1 v2.44.0 v2.45.6 v2.46.0 v2.47.2 v2.48.1 v2.49.1 v2.50.1 v2.51.2 v2.52.1
v2.53.5 v2.54.1 v2.55.1 v3.0.1 v3.1.0 v3.2.1 v3.3.1 v3.4.2 v3.5.5 v3.6.0 v3.7.3 v3.8.1
v3.9.1 v3.10.0 v3.11.3 v3.12.0 v3.13.5 v3.14.0 v3.15.1 v3.16.0
`

// NewestPatch returns the newest known patch of the release's minor version, "" if no patch of it is known, and whether
// the release is not newer than that.
func (r *Release) NewestPatch() (name string, known bool) {
	v, err := parseVersion(r.Name)
	if err != nil {
		return "", true
	}
	list := strings.Fields(patches)
	i := slices.IndexFunc(list, func(s string) bool { return firstVersion(s).line() == v.line() })
	if i < 0 {
		return "", true
	}
	return list[i], v[2] == lastPatch || !firstVersion(list[i]).before(v)
}
