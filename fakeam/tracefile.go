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
	MaxTraceTimes  = 100_000   // limit of the number of times in a file
	MaxTraceTime   = time.Hour // limit of each time
	maxTraceErrors = 1000      // limit of the number of errors that ParseTraceFile returns
)

// A TraceFile is a list of measured times to replay. It is immutable.
type TraceFile struct {
	name   string
	times  []time.Duration
	median time.Duration
}

// A TraceFileError is an error in a trace file, with its position.
type TraceFileError struct {
	Line, Col int    // counted from 1; Col in characters
	Msg       string // what is wrong and what to write
}

// ParseTraceFile reads a trace file, which has one duration per line in Go's notation, from 0s to MaxTraceTime. A
// comment extends from # to the end of the line. Empty lines are ignored. There must be at least one and at most
// MaxTraceTimes durations. name is only used in Replay(f).String().
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
			fail("%q is not a duration; write one duration per line, such as 20ms", printable(word))
		case t < 0 || t > MaxTraceTime:
			fail("%s is outside 0s to %s; write a time in that range", printable(word), formatDuration(MaxTraceTime))
		case len(f.times) == MaxTraceTimes:
			fail("there are more than %d durations; remove this one and all that follow", MaxTraceTimes)
			return nil, errs
		default:
			f.times = append(f.times, t)
		}
		if len(errs) == maxTraceErrors {
			return nil, errs
		}
	}
	if len(f.times) == 0 && len(errs) == 0 {
		errs = append(errs, TraceFileError{1, 1, "there is no duration; write durations such as 20ms, one per line"})
	}
	if len(errs) > 0 {
		return nil, errs
	}
	f.median = slices.Sorted(slices.Values(f.times))[len(f.times)/2]
	return f, nil
}

// Len returns how many measured times the file has.
func (f *TraceFile) Len() int { return len(f.times) }

// next returns the next time for a stream. After the last time, the first follows again.
func (f *TraceFile) next(r *Random) int64 {
	if len(f.times) == 0 {
		return 0 // the file was named but not read: see Distribution.Validate
	}
	t := f.times[r.traceNext%uint(len(f.times))]
	r.traceNext++
	return int64(t)
}
