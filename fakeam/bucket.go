package fakeam

import (
	"container/heap"
	"time"

	"github.com/prometheus/common/model"
)

// A bucket holds the alerts of one alertname that count against its limit, the one that ends first on top
// (limit/bucket.go of Alertmanager v0.34.0). An alert that was pushed out stays in the store until it is collected.
type bucket struct {
	places []*place // a heap
	of     map[model.Fingerprint]*place
}

type place struct {
	key   model.Fingerprint
	ends  time.Time
	index int
}

func newBucket() *bucket { return &bucket{of: map[model.Fingerprint]*place{}} }

// admit gives an alert a place, a free one or that of an alert that ended before now, and reports whether it has one.
func (b *bucket) admit(key model.Fingerprint, ends, now time.Time, limit int) bool {
	if p := b.of[key]; p != nil {
		p.ends = ends
		heap.Fix(b, p.index)
		return true
	}
	if len(b.places) >= limit {
		if !b.places[0].ends.Before(now) {
			return false
		}
		delete(b.of, heap.Pop(b).(*place).key)
	}
	p := &place{key: key, ends: ends}
	b.of[key] = p
	heap.Push(b, p)
	return true
}

// stale reports whether the last place of the heap had ended before this time. That is not always the one that ends last:
// the real Alertmanager looks there too, so it can forget the count of an alertname that still has firing alerts.
func (b *bucket) stale(at time.Time) bool {
	n := len(b.places)
	return n == 0 || b.places[n-1].ends.Before(at)
}

// Len, Less, Swap, Push and Pop implement heap.Interface.
func (b *bucket) Len() int           { return len(b.places) }
func (b *bucket) Less(i, j int) bool { return b.places[i].ends.Before(b.places[j].ends) }
func (b *bucket) Swap(i, j int) {
	b.places[i], b.places[j] = b.places[j], b.places[i]
	b.places[i].index, b.places[j].index = i, j
}
func (b *bucket) Push(x any) {
	p := x.(*place)
	p.index = len(b.places)
	b.places = append(b.places, p)
}
func (b *bucket) Pop() any {
	last := len(b.places) - 1
	p := b.places[last]
	b.places[last] = nil
	b.places = b.places[:last]
	return p
}
