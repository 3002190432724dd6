package fakeam

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
)

// The limits of a trace file.
const (
	MaxTraceTimes  = 100_000   // times of it
	MaxTraceTime   = time.Hour // any of them
	maxTraceFaults = 1000      // errors reported
)

// A TraceFile is a list of times that were measured somewhere, to be replayed. It never changes.
type TraceFile struct {
	name   string
	times  []time.Duration
	median time.Duration // at least half of them are no shorter
}

// A TraceFileError is what is wrong at a place of a trace file; Line and Col count from 1, Col in characters.
type TraceFileError struct {
	Line, Col int
	Msg       string // what is wrong; what to write
}

// ParseTraceFile reads a trace file: one duration a line in Go's notation, 0s to MaxTraceTime. What follows a # is a comment, lines
// without a time are skipped. The name is what String calls it. Without faults there is at least one time, at most MaxTraceTimes.
func ParseTraceFile(name string, text []byte) (*TraceFile, []TraceFileError) {
	f := &TraceFile{name: name}
	var faults []TraceFileError
	n := 0
	for line := range bytes.Lines(bytes.TrimPrefix(text, []byte("\ufeff"))) {
		n++
		written, _, _ := strings.Cut(string(line), "#")
		word := strings.TrimSpace(written)
		if word == "" {
			continue
		}
		before, _, _ := strings.Cut(written, word)
		fault := func(format string, args ...any) {
			faults = append(faults, TraceFileError{n, 1 + len([]rune(before)), fmt.Sprintf(format, args...)})
		}
		t, err := time.ParseDuration(word)
		switch {
		case err != nil:
			fault("%q is no duration; write one such as 20ms, one a line", briefly(word))
		case t < 0 || t > MaxTraceTime:
			fault("%s is outside of 0s to %s; write a time within", briefly(word), spell(MaxTraceTime))
		case len(f.times) == MaxTraceTimes:
			fault("there are more times than the limit of %d; leave out the others", MaxTraceTimes)
			return nil, faults
		default:
			f.times = append(f.times, t)
		}
		if len(faults) == maxTraceFaults {
			return nil, faults
		}
	}
	if len(f.times) == 0 && len(faults) == 0 {
		faults = append(faults, TraceFileError{1, 1, "there is no time; write durations such as 20ms, one a line"})
	}
	if len(faults) > 0 {
		return nil, faults
	}
	f.median = slices.Sorted(slices.Values(f.times))[len(f.times)/2]
	return f, nil
}

// briefly shortens a word to what an error can show.
func briefly(word string) string {
	shown := []rune(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, word))
	if len(shown) > 40 {
		shown = append(shown[:39], '…')
	}
	return string(shown)
}

// Len returns how many times there are.
func (f *TraceFile) Len() int { return len(f.times) }

// next returns the time that is next in a stream: the first, the second, …, and after the last the first again.
func (f *TraceFile) next(r *Random) int64 {
	if len(f.times) == 0 {
		return 0 // named, and not read: see Validate
	}
	t := f.times[r.turn%uint(len(f.times))]
	r.turn++
	return int64(t)
}

// Replay is the times of a trace file in their order, and after the last one from the first again. Every stream of random
// numbers begins with the first.
func Replay(f *TraceFile) Distribution { return Distribution{kind: replayed, file: f, sigma: 1} }
