package notifier

import "sync"

// chunkLen is how many alerts of a send are encoded at a time: when the first request that carries one of them goes out, for
// all Alertmanagers.
const chunkLen = 256

// An encodedSend is a send in one Encoding, as far as anybody asked for it.
type encodedSend struct {
	begin  sync.Once
	chunks []chunk
}

type chunk struct {
	begin sync.Once
	*Encoded
}

// freeEncodings are Encoded that nobody uses, with their memory.
var freeEncodings = sync.Pool{New: func() any { return new(Encoded) }}

// chunk returns the i-th chunk of s.
func (s *managedSend) chunk(e Encoding, i int) *Encoded {
	x := &s.encoded[e]
	x.begin.Do(func() { x.chunks = make([]chunk, (len(s.alerts)+chunkLen-1)/chunkLen) })
	c := &x.chunks[i]
	c.begin.Do(func() {
		c.Encoded = freeEncodings.Get().(*Encoded)
		// An alert that fails is found out by Err.
		_ = c.Encode(e, s.alerts[i*chunkLen:min((i+1)*chunkLen, len(s.alerts))])
	})
	return c.Encoded
}

// appendTo appends the alerts from to to-1 to a body.
func (s *managedSend) appendTo(b *body, e Encoding, from, to int) error {
	for from < to {
		i, first := from/chunkLen, from%chunkLen
		n := min(to-from, chunkLen-first)
		c := s.chunk(e, i)
		if err := c.Err(first, first+n); err != nil {
			return err
		}
		b.addAlerts(c.Range(first, first+n))
		from += n
	}
	return nil
}

// hold says that n more hold on to s: each of its alerts in a queue or a batch, each request that carries some of it, and the
// call of Send.
func (s *managedSend) hold(n int) { s.root().holds.Add(int64(n)) }

// release undoes hold. When nobody holds on to a send any more, its memory is there for others.
func (s *managedSend) release(n int) {
	s = s.root()
	if s.holds.Add(-int64(n)) > 0 {
		return
	}
	s.recycle()
	for _, v := range s.variants {
		v.send.recycle()
	}
}

func (s *managedSend) recycle() {
	for e := range s.encoded {
		chunks := s.encoded[e].chunks
		for i := range chunks {
			if c := &chunks[i]; c.Encoded != nil {
				freeEncodings.Put(c.Encoded)
				c.Encoded = nil
			}
		}
	}
}

func (s *managedSend) root() *managedSend {
	if s.parent != nil {
		return s.parent
	}
	return s
}
