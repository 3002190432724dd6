package alerts

import (
	"sort"

	"github.com/notifysim/notifysim/fakeam"
)

// Times are the times in the copies of one send, and the time until which the alerts really fire, in nanoseconds from
// the start of the run.
type Times struct {
	// StartsAt and EndsAt are in the copy.
	StartsAt, EndsAt int64
	// Resolved says that the sender sent the alert as resolved.
	Resolved bool
	// Until is when the alert is resolved at its source. An alert of a raw send is resolved at its EndsAt.
	Until int64
}

func (t *Times) batch(first, n int) fakeam.AlertRange {
	return fakeam.AlertRange{
		First: first, N: n, StartsAt: t.StartsAt, EndsAt: t.EndsAt, Resolved: t.Resolved, SourceEnd: t.Until,
	}
}

// A timeSpan is the copies of a send before the place to that are not in the timeSpan before; they share their times.
type timeSpan struct {
	to int
	Times
}

// appendTimes adds the copies before the place to.
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

// EndsAt returns the EndsAt of the first copies of s.
func (s *Send) EndsAt() int64 { return s.times[0].EndsAt }

// Batches calls f with the copies from to to-1 as an Alertmanager receives them.
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

// IsContiguous reports whether all copies of s have consecutive numbers and the same times, as nearly all sends have.
func (s *Send) IsContiguous() bool { return len(s.Spans) == 1 && len(s.times) == 1 }

// ContiguousBatch returns n copies from a place on, of a send that IsContiguous.
func (s *Send) ContiguousBatch(from, n int) fakeam.AlertRange {
	return s.times[0].batch(s.Spans[0].First+from, n)
}

// AppendBatches appends the first n copies of segments as an Alertmanager receives them. The batches do not refer to
// the sends, whose memory may be used again before an Alertmanager stores a late request.
func AppendBatches(list []fakeam.AlertRange, n int, segs ...Segment) []fakeam.AlertRange {
	for _, seg := range segs {
		to := min(seg.To, seg.From+n)
		seg.Send.Batches(seg.From, to, func(b fakeam.AlertRange) { list = append(list, b) })
		n -= to - seg.From
	}
	return list
}

// SpansOfBatches returns the label sets of batches and how many copies they are.
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
