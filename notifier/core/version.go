package core

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The oldest release line in the history, and the newest: that of the Prometheus module in go.mod.
const oldest, newest = "v2.5", "v3.16"

// Newest returns the newest release, whose real notifier is linked: the Prometheus module in go.mod is of this line.
func Newest() *Release {
	r, err := ParseRelease(newest)
	if err != nil {
		panic(err)
	}
	return r
}

// KnownReleases returns the oldest and the newest release line that ParseRelease accepts.
func KnownReleases() (string, string) { return oldest, newest }

// ParseRelease returns the release for a version such as "v2.53.3" or "2.53". A version without a patch stands for the
// last patch of its line. The error for an unknown release says which releases are known.
func ParseRelease(s string) (*Release, error) {
	v, err := parseVersion(s)
	if err != nil {
		return nil, fmt.Errorf("release %q: %w; write a Prometheus release such as %q", s, err, newest)
	}
	first, last := firstVersion(oldest), firstVersion(newest)
	if v.before(first) || last.line().before(v.line()) {
		return nil, fmt.Errorf("release %q is not known; known are %s to %s", s, oldest, newest)
	}
	r := oldestRelease()
	for _, c := range history {
		if v.before(c.since) {
			break
		}
		c.Set(&r)
		r.Line = c.Release
	}
	r.Name = "v" + strings.TrimPrefix(s, "v")
	return &r, nil
}

// ReleaseLines returns all values of Release.Line, oldest first: each is the first version with a new behaviour.
func ReleaseLines() []string {
	lines := []string{oldest}
	for _, c := range history {
		if c.Release != lines[len(lines)-1] {
			lines = append(lines, c.Release)
		}
	}
	return lines
}

// A version is a major, minor and patch number.
type version [3]int

// lastPatch is the patch number of a version without a patch: it is later than every real one.
const lastPatch = 9999

func (v version) line() version { return version{v[0], v[1]} }

func (v version) before(o version) bool { return slices.Compare(v[:], o[:]) < 0 }

func parseVersion(s string) (version, error) {
	v := version{0, 0, lastPatch}
	parts := strings.Split(strings.TrimPrefix(s, "v"), ".")
	if len(parts) < 2 || len(parts) > 3 {
		return v, errVersion
	}
	for i, p := range parts {
		n, err := strconv.Atoi(p)
		if err != nil || n < 0 || n > lastPatch || p != strconv.Itoa(n) {
			return v, errVersion
		}
		v[i] = n
	}
	return v, nil
}

// firstVersion returns the version s or, if s has no patch, patch 0 of its line. It panics if s is not a version.
func firstVersion(s string) version {
	v, err := parseVersion(s)
	if err != nil {
		panic(err)
	}
	if v[2] == lastPatch {
		v[2] = 0
	}
	return v
}

var errVersion = fmt.Errorf("not of the form %[1]s or %[1]s.1", newest)
