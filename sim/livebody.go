package sim

import (
	"context"
	"io"
)

// A liveBody is the body of an answer. Whoever reads it hears of its end when the driver has.
type liveBody struct {
	io.ReadCloser
	told   bool
	ended  func()
	cancel context.CancelFunc
}

func (b *liveBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && !b.told {
		b.told = true
		b.ended()
	}
	return n, err
}

func (b *liveBody) Close() error {
	defer b.cancel()
	return b.ReadCloser.Close()
}
