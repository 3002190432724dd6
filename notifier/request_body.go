package notifier

import (
	"errors"
	"io"
	"sync"
	"sync/atomic"

	"github.com/notifysim/notifysim/notifier/core"
)

// A body is the body of a request, an array of alerts. It consists of pieces of memory that belong to sends, so
// that nothing is copied. net/http may read it even after the request has ended; the sends are released when
// there is no reader left.
type body struct {
	pieces [][]byte
	size   int64
	sends  []core.Segment[*sendCall]
	users  atomic.Int64 // the request, and its readers that are open
}

var (
	openBracket, comma, closeBracket = []byte("["), []byte(","), []byte("]")

	errBodyClosed = errors.New("read of a request's body after its end")
)

// newBody returns a body for alerts of sends, with the request as its one user.
func newBody(sends []core.Segment[*sendCall]) *body {
	b := &body{sends: sends, pieces: make([][]byte, 0, 2*len(sends)+3)}
	for _, seg := range sends {
		seg.Send.retain(1)
	}
	b.users.Store(1)
	return b
}

// encode fills the body.
func (b *body) encode(e Encoding) error {
	for _, seg := range b.sends {
		if err := seg.Send.appendTo(b, e, seg.From, seg.To); err != nil {
			return err
		}
	}
	if len(b.pieces) == 0 {
		b.add(openBracket)
	}
	b.add(closeBracket)
	return nil
}

func (b *body) add(piece []byte) {
	b.pieces = append(b.pieces, piece)
	b.size += int64(len(piece))
}

// addAlerts adds alerts that are already joined by commas.
func (b *body) addAlerts(alerts []byte) {
	if len(b.pieces) == 0 {
		b.add(openBracket)
	} else {
		b.add(comma)
	}
	b.add(alerts)
}

// release says that one user is done.
func (b *body) release() {
	if b.users.Add(-1) > 0 {
		return
	}
	for _, seg := range b.sends {
		seg.Send.release(1)
	}
}

// reader returns a reader of the body from its beginning, which is a user until it is closed.
func (b *body) reader() (io.ReadCloser, error) {
	for {
		n := b.users.Load()
		if n == 0 {
			return nil, errBodyClosed
		}
		if b.users.CompareAndSwap(n, n+1) {
			return &bodyReader{body: b, rest: b.pieces}, nil
		}
	}
}

// A bodyReader may be closed while it is being read, as net/http does.
type bodyReader struct {
	body *body
	rest [][]byte
	off  int // in the first of rest

	mu              sync.Mutex
	reading, closed bool
}

// begin begins to read, and reports whether the reader is open.
func (r *bodyReader) begin() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reading = !r.closed
	return r.reading
}

// end ends what begin began.
func (r *bodyReader) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reading = false
	if r.closed {
		r.body.release()
	}
}

// Close implements io.Closer.
func (r *bodyReader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closed && !r.reading {
		r.body.release()
	}
	r.closed = true
	return nil
}

// Read implements io.Reader.
func (r *bodyReader) Read(p []byte) (n int, err error) {
	if !r.begin() {
		return 0, errBodyClosed
	}
	defer r.end()
	for n < len(p) && len(r.rest) > 0 {
		c := copy(p[n:], r.rest[0][r.off:])
		n += c
		r.skip(c)
	}
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// WriteTo implements io.WriterTo. It copies nothing.
func (r *bodyReader) WriteTo(w io.Writer) (n int64, err error) {
	if !r.begin() {
		return 0, errBodyClosed
	}
	defer r.end()
	for len(r.rest) > 0 {
		c, err := w.Write(r.rest[0][r.off:])
		n += int64(c)
		r.skip(c)
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// skip moves on by n bytes of the first piece.
func (r *bodyReader) skip(n int) {
	if r.off += n; r.off == len(r.rest[0]) {
		r.rest, r.off = r.rest[1:], 0
	}
}
