package fakeam

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"
)

// The limits of a trace file.
const (
	MaxTraceTimes  = 100_000   // how many times it may have
	MaxTraceTime   = time.Hour // the longest of them
	maxTraceErrors = 1000      // how many errors ParseTraceFile reports
)

// A TraceFile is a list of measured times to replay. It is immutable.
type TraceFile struct {
	name   string
	times  []time.Duration
	median time.Duration
}

// A TraceFileError is an error at a position in a trace file.
type TraceFileError struct {
	Line, Col int    // from 1; Col in characters
	Msg       string // what is wrong and what to write
}

// ParseTraceFile reads a trace file: one duration per line in Go's notation, from 0s to MaxTraceTime. A comment runs
// from # to the end of the line; empty lines are skipped. A file has 1 to MaxTraceTimes times. Replay(f).String()
// shows the name.
func ParseTraceFile(name string, text []byte) (*TraceFile, []TraceFileError) {
	f := &TraceFile{name: name}
	var errs []TraceFileError
	n := 0
	for line := range bytes.Lines(bytes.TrimPrefix(text, []byte("\ufeff"))) {
		n++
		written, _, _ := strings.Cut(string(line), "#")
		word := strings.TrimSpace(written)
		if word == "" {
			continue
		}
		before, _, _ := strings.Cut(written, word)
		fail := func(format string, args ...any) {
			errs = append(errs, TraceFileError{n, 1 + len([]rune(before)), fmt.Sprintf(format, args...)})
		}
		t, err := time.ParseDuration(word)
		switch {
		case err != nil:
			fail("invalid duration %q; write one per line, such as 20ms", printable(word))
		case t < 0 || t > MaxTraceTime:
			fail("%s is outside 0s to %s; write a time in that range", printable(word), formatDuration(MaxTraceTime))
		case len(f.times) == MaxTraceTimes:
			fail("too many times, the limit is %d; remove this one and all that follow", MaxTraceTimes)
			return nil, errs
		default:
			f.times = append(f.times, t)
		}
		if len(errs) == maxTraceErrors {
			return nil, errs
		}
	}
	if len(f.times) == 0 && len(errs) == 0 {
		errs = append(errs, TraceFileError{1, 1, "no times; write durations such as 20ms, one per line"})
	}
	if len(errs) > 0 {
		return nil, errs
	}
	f.median = slices.Sorted(slices.Values(f.times))[len(f.times)/2]
	return f, nil
}

// Len returns the number of times.
func (f *TraceFile) Len() int { return len(f.times) }

// next returns the next time in a stream, after the last one the first again.
func (f *TraceFile) next(r *Random) int64 {
	if len(f.times) == 0 {
		return 0 // a file that is named only: see Distribution.Validate
	}
	t := f.times[r.traceNext%uint(len(f.times))]
	r.traceNext++
	return int64(t)
}
