package notifier

import (
	"errors"
	"io"
	"sync"
	"sync/atomic"

	"github.com/notifysim/notifysim/notifier/core"
)

// A body is the body of a request: a JSON array of alerts. Its bytes are chunks of memory that belong to sends and are
// not copied. net/http may read a body even after the request has ended, so the sends are released only when the last
// reader is closed.
type body struct {
	chunks [][]byte
	size   int64
	sends  []core.Segment[*sendCall]
	users  atomic.Int64 // number of users: the request, and its readers that are open
}

var (
	openBracket, comma, closeBracket = []byte("["), []byte(","), []byte("]")

	errBodyClosed = errors.New("request body read after it was closed")
)

// newBody returns a body that will hold these alerts of sends. The request is its only user.
func newBody(sends []core.Segment[*sendCall]) *body {
	b := &body{sends: sends, chunks: make([][]byte, 0, 2*len(sends)+3)}
	for _, seg := range sends {
		seg.Send.retain(1)
	}
	b.users.Store(1)
	return b
}

// encode fills in the chunks of the body.
func (b *body) encode(e Encoding) error {
	for _, seg := range b.sends {
		if err := seg.Send.appendTo(b, e, seg.From, seg.To); err != nil {
			return err
		}
	}
	if len(b.chunks) == 0 {
		b.add(openBracket)
	}
	b.add(closeBracket)
	return nil
}

func (b *body) add(chunk []byte) {
	b.chunks = append(b.chunks, chunk)
	b.size += int64(len(chunk))
}

// addAlerts adds alerts that are already joined by commas.
func (b *body) addAlerts(alerts []byte) {
	if len(b.chunks) == 0 {
		b.add(openBracket)
	} else {
		b.add(comma)
	}
	b.add(alerts)
}

// release removes one user.
func (b *body) release() {
	if b.users.Add(-1) > 0 {
		return
	}
	for _, seg := range b.sends {
		seg.Send.release(1)
	}
}

// reader returns a reader from the beginning of the body. It counts as a user until it is closed.
func (b *body) reader() (io.ReadCloser, error) {
	for {
		n := b.users.Load()
		if n == 0 {
			return nil, errBodyClosed
		}
		if b.users.CompareAndSwap(n, n+1) {
			return &bodyReader{body: b, unread: b.chunks}, nil
		}
	}
}

// A bodyReader may be closed while it is being read, which net/http does.
type bodyReader struct {
	body   *body
	unread [][]byte
	off    int // offset of the first unread byte in unread[0]

	mu              sync.Mutex
	reading, closed bool
}

// begin marks the reader as being read, and reports whether it is open.
func (r *bodyReader) begin() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reading = !r.closed
	return r.reading
}

// end reverts begin. If the reader was closed in between, it releases the body.
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
	for n < len(p) && len(r.unread) > 0 {
		c := copy(p[n:], r.unread[0][r.off:])
		n += c
		r.skip(c)
	}
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// WriteTo implements io.WriterTo. It writes the chunks without copying them.
func (r *bodyReader) WriteTo(w io.Writer) (n int64, err error) {
	if !r.begin() {
		return 0, errBodyClosed
	}
	defer r.end()
	for len(r.unread) > 0 {
		c, err := w.Write(r.unread[0][r.off:])
		n += int64(c)
		r.skip(c)
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// skip marks the next n bytes of the first unread chunk as read.
func (r *bodyReader) skip(n int) {
	if r.off += n; r.off == len(r.unread[0]) {
		r.unread, r.off = r.unread[1:], 0
	}
}
