// Package adapter compiles the programs that run the notifiers of Prometheus releases other than the one that this
// binary is linked with. It compiles a small source, embedded as text, against the module of a release with the Go
// toolchain.
//
// A release that can be compiled has a pin: its module graph and the checksums of every module in it (folder releases).
// Only modules that a pin names are downloaded or compiled. Programs are kept in the user's cache directory. The
// package never runs them.
//
// The package is internal to sim: it promises nothing to others.
package adapter

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

//go:embed child/*.go protocol/*.go releases/*.mod releases/*.sum
var source embed.FS

// A Pin is a release that can be compiled.
type Pin struct {
	Release string // the Prometheus release, such as "v3.9.1"
	Module  string // its version as a Go module, such as "v0.309.1"
}

// Pins returns all pins, oldest first. Prometheus 2.x.y is the module version v0.x.y, 3.x.y is v0.3xx.y.
func Pins() []Pin {
	files, err := fs.Glob(source, "releases/*.mod")
	if err != nil {
		panic(err)
	}
	var pins []Pin
	for _, f := range files {
		p := Pin{Module: strings.TrimSuffix(path.Base(f), ".mod")}
		v, err := numbers(p.Module)
		if err != nil {
			panic(fmt.Errorf("%s: %w", f, err))
		}
		major, minor := 2, v[1]
		if minor >= 300 {
			major, minor = 3, minor-300
		}
		p.Release = fmt.Sprintf("v%d.%d.%d", major, minor, v[2])
		pins = append(pins, p)
	}
	slices.SortFunc(pins, func(a, b Pin) int { return a.compare(b) })
	return pins
}

// Find returns the pin of a release such as "v2.53.3". A version without a patch number means the last patch release
// that has a pin.
func Find(release string) (Pin, error) {
	want, err := numbers(release)
	if err != nil || len(want) < 2 || len(want) > 3 {
		return Pin{}, fmt.Errorf("release %q is not of the form v3.9 or v3.9.1", release)
	}
	var found *Pin
	var known []string
	for _, p := range Pins() {
		known = append(known, p.Release)
		if v, _ := numbers(p.Release); slices.Equal(v[:len(want)], want) {
			found = &p
		}
	}
	if found == nil {
		return Pin{}, fmt.Errorf("there is no real notifier of Prometheus %s here; write one of %s, or use the engine "+
			"model, which knows every release",
			release, strings.Join(known, ", "))
	}
	return *found, nil
}

func (p Pin) compare(o Pin) int {
	a, _ := numbers(p.Release)
	b, _ := numbers(o.Release)
	return slices.Compare(a, b)
}

// numbers returns the numbers of a version.
func numbers(version string) ([]int, error) {
	var list []int
	for part := range strings.SplitSeq(strings.TrimPrefix(version, "v"), ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	return list, nil
}
