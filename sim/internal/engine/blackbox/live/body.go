package live

import (
	"context"
	"io"
)

// A responseBody is the body of a response. Before its reader sees the end of the body, it calls ended, which waits for
// the driver.
type responseBody struct {
	io.ReadCloser
	read   bool
	ended  func()
	cancel context.CancelFunc
}

func (b *responseBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && !b.read {
		b.read = true
		b.ended()
	}
	return n, err
}

func (b *responseBody) Close() error {
	defer b.cancel()
	return b.ReadCloser.Close()
}
