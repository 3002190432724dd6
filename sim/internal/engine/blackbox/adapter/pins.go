// Package adapter compiles the programs that run the notifiers of Prometheus releases other than the one that this
// binary is linked with. It compiles a small source, embedded as text, against the module of a release with the Go
// toolchain.
//
// Some releases are pinned: their module graph and the checksums of every module in it are in folder releases, and only
// modules that the pin names are downloaded or compiled. For the others the go command finds the modules, and checks
// them with the checksum database as far as the environment says so. Programs are kept in the user's cache directory.
// The package never runs them.
//
// The package is internal to sim: it promises nothing to others.
package adapter

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

//go:embed child/*.go protocol/*.go standin/* releases/*.mod releases/*.sum releases/releases.txt
var source embed.FS

// Linked is the module version of the release that this binary is linked with.
const Linked = "v0.316.0"

// A Pin is a release whose notifier can be compiled.
type Pin struct {
	Release string // the Prometheus release, such as "v3.9.1"
	Module  string // its version as a Go module, such as "v0.309.1"
}

// Pins returns all known patch releases, oldest first. Releases up to v2.5 have versions such as v2.5.0+incompatible as
// Go modules, those up to v2.34 only pseudo-versions, and from then on 2.x.y is v0.x.y and 3.x.y is v0.3xx.y.
func Pins() []Pin {
	text, err := source.ReadFile("releases/releases.txt")
	if err != nil {
		panic(err)
	}
	var pins []Pin
	for line := range strings.Lines(string(text)) {
		release, module, _ := strings.Cut(strings.TrimSpace(line), " ")
		pins = append(pins, Pin{release, module})
	}
	return pins
}

// LastPatches returns the release of each minor version that Find returns for it, oldest first.
func LastPatches() []Pin {
	var list []Pin
	seen := map[string]bool{}
	for _, p := range Pins() {
		minor := p.Release[:strings.LastIndex(p.Release, ".")]
		if found, err := Find(minor); err == nil && !seen[minor] {
			seen[minor] = true
			list = append(list, found)
		}
	}
	return list
}

// Find returns the pin of a release such as "v2.53.3". A version without a patch number means the last pinned patch
// release, or the last known one if none is pinned. Patch releases since v2.35 need not be known.
func Find(release string) (Pin, error) {
	want, err := numbers(release)
	if err != nil || len(want) < 2 || len(want) > 3 {
		return Pin{}, fmt.Errorf("release %q is not of the form v3.9 or v3.9.1", release)
	}
	var found *Pin
	var patches []string
	pins := Pins()
	for _, p := range pins {
		v, _ := numbers(p.Release)
		if slices.Equal(v[:2], want[:2]) {
			patches = append(patches, p.Release)
		}
		if slices.Equal(v[:len(want)], want) && (found == nil || !found.pinned() || p.pinned()) {
			found = &p
		}
	}
	switch {
	case found != nil:
		return *found, nil
	case len(patches) == 0:
		return Pin{}, fmt.Errorf("there is no real notifier of Prometheus %s here; write a release from %s to %s, or use "+
			"the engine model", release, pins[0].Release, pins[len(pins)-1].Release)
	case want[0] == 2 && want[1] < 35:
		return Pin{}, fmt.Errorf("there is no Prometheus release %s; write one of %s", release, strings.Join(patches, ", "))
	}
	return Pin{Release: fmt.Sprintf("v%d.%d.%d", want[0], want[1], want[2]),
		Module: fmt.Sprintf("v0.%d.%d", (want[0]-2)*300+want[1], want[2])}, nil
}

// Reduced reports whether the program is compiled from a reduced copy of the release's sources.
func (p Pin) Reduced() bool { return !strings.HasPrefix(p.Module, "v0.") }

// pinned reports whether the release has a pinned module graph, or is the linked one.
func (p Pin) pinned() bool {
	_, err := fs.Stat(source, p.modFile())
	return err == nil || p.Module == Linked
}

func (p Pin) modFile() string { return "releases/" + p.Module + ".mod" }

// files returns go.mod and go.sum of the module in which the program is compiled. go.sum is empty unless the release is
// pinned.
func (p Pin) files() (mod, sum []byte, err error) {
	mod, err = source.ReadFile(p.modFile())
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Appendf(nil, "module notifysim.child\n\ngo 1.26\n\nrequire %s %s\n", prometheusModule, p.Module), nil, nil
	}
	if err == nil {
		sum, err = source.ReadFile("releases/" + p.Module + ".sum")
	}
	return mod, sum, err
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
