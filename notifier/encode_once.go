package notifier

import "sync"

// chunkLen is the number of alerts of a send that are encoded at once. A chunk is encoded when the first request needs
// one of its alerts; all other requests reuse the result.
const chunkLen = 256

// An encodedSend is a send in one Encoding. Chunks that no request has needed are not encoded.
type encodedSend struct {
	once   sync.Once
	chunks []chunk
}

type chunk struct {
	once sync.Once
	*Encoded
}

// freeEncodings holds Encoded values for reuse, which saves allocating their memory again.
var freeEncodings = sync.Pool{New: func() any { return new(Encoded) }}

// chunk returns the chunk of s at index i, encoded by e.
func (s *sendCall) chunk(e Encoding, i int) *Encoded {
	x := &s.encoded[e]
	x.once.Do(func() { x.chunks = make([]chunk, (len(s.alerts)+chunkLen-1)/chunkLen) })
	c := &x.chunks[i]
	c.once.Do(func() {
		c.Encoded = freeEncodings.Get().(*Encoded)
		// Encode's error is ignored here: appendTo calls Err for the alerts that it needs.
		_ = c.Encode(e, s.alerts[i*chunkLen:min((i+1)*chunkLen, len(s.alerts))])
	})
	return c.Encoded
}

// appendTo appends the alerts from..to-1 to a body.
func (s *sendCall) appendTo(b *body, e Encoding, from, to int) error {
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

// retain adds n references to s. There is one for each of its alerts in a queue or batch, one for each request that
// carries some of them, and one for the call of Send.
func (s *sendCall) retain(n int) { s.root().references.Add(int64(n)) }

// release removes n references. When none is left, other sends may reuse the memory of the encoded alerts.
func (s *sendCall) release(n int) {
	s = s.root()
	if s.references.Add(-int64(n)) > 0 {
		return
	}
	s.recycle()
	for _, v := range s.variants {
		v.send.recycle()
	}
}

func (s *sendCall) recycle() {
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

func (s *sendCall) root() *sendCall {
	if s.parent != nil {
		return s.parent
	}
	return s
}
