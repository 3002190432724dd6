package alerts

import (
	"sort"

	"github.com/notifysim/notifysim/fakeam"
)

// Times are the times in the copies of one send, and the time at which the alerts resolve at their source, in
// nanoseconds from the start of the run.
type Times struct {
	// StartsAt and EndsAt are in every copy.
	StartsAt, EndsAt int64
	// Resolved says that the sender sent the alert as resolved.
	Resolved bool
	// Until is when the alert resolves at its source. An alert of a raw send resolves at its EndsAt.
	Until int64
}

func (t *Times) batch(first, n int) fakeam.AlertRange {
	return fakeam.AlertRange{
		First: first, N: n, StartsAt: t.StartsAt, EndsAt: t.EndsAt, Resolved: t.Resolved, SourceEnd: t.Until,
	}
}

// A timeSpan is a range of copies of a send that have the same times. It ends before the place to, and begins where the
// previous timeSpan ends.
type timeSpan struct {
	to int
	Times
}

// appendTimes appends the copies up to the place to, not included, with their times.
func appendTimes(spans []timeSpan, to int, t Times) []timeSpan {
	switch n := len(spans); {
	case n > 0 && spans[n-1].Times == t:
		spans[n-1].to = to
		return spans
	case n > 0 && spans[n-1].to == to || to == 0:
		return spans
	}
	return append(spans, timeSpan{to, t})
}

// EndsAt returns the EndsAt of the first copy of s.
func (s *Send) EndsAt() int64 { return s.times[0].EndsAt }

// Batches calls f with the copies from from to to-1 as an Alertmanager receives them, grouped by equal times and
// consecutive numbers.
func (s *Send) Batches(from, to int, f func(fakeam.AlertRange)) {
	k := sort.Search(len(s.times), func(i int) bool { return s.times[i].to > from })
	s.EachSpan(from, to, func(sp Span) {
		for sp.N > 0 {
			t := &s.times[k]
			n := min(sp.N, t.to-from)
			f(t.batch(sp.First, n))
			sp = Span{First: sp.First + n, N: sp.N - n}
			if from += n; from == t.to {
				k++
			}
		}
	})
}

// IsContiguous reports whether all copies of s have consecutive numbers and the same times. This is so for nearly all
// sends.
func (s *Send) IsContiguous() bool { return len(s.Spans) == 1 && len(s.times) == 1 }

// ContiguousBatch returns n copies of s beginning at the place from. s must be contiguous (see IsContiguous).
func (s *Send) ContiguousBatch(from, n int) fakeam.AlertRange {
	return s.times[0].batch(s.Spans[0].First+from, n)
}

// AppendBatches appends the first n copies of segments as an Alertmanager receives them. The result does not refer to
// the sends, whose memory may be reused before an Alertmanager stores a late request.
func AppendBatches(list []fakeam.AlertRange, n int, segs ...Segment) []fakeam.AlertRange {
	for _, seg := range segs {
		to := min(seg.To, seg.From+n)
		seg.Send.Batches(seg.From, to, func(b fakeam.AlertRange) { list = append(list, b) })
		n -= to - seg.From
	}
	return list
}

// SpansOfBatches returns the label sets of batches and the number of copies.
func SpansOfBatches(list []fakeam.AlertRange) (spans []Span, n int) {
	for _, b := range list {
		n += b.N
		if last := len(spans) - 1; last >= 0 && spans[last].First+spans[last].N == b.First {
			spans[last].N += b.N
		} else {
			spans = append(spans, Span{First: b.First, N: b.N})
		}
	}
	return spans, n
}
