package fakeam

import (
	"container/heap"
	"time"

	"github.com/prometheus/common/model"
)

// A bucket holds the alerts with one alertname that count towards StoreOptions.PerAlertname, in a heap with the alert
// that ends first on top (limit/bucket.go of Alertmanager v0.35.0). An alert that is replaced in the bucket by another
// stays in the store until garbage collection.
type bucket struct {
	heap  []*bucketItem
	items map[model.Fingerprint]*bucketItem
}

type bucketItem struct {
	key   model.Fingerprint
	ends  time.Time
	index int // index in the heap
}

func newBucket() *bucket { return &bucket{items: map[model.Fingerprint]*bucketItem{}} }

// add adds an alert or updates its end, and reports whether the alert is in the bucket. If the bucket is full, the new
// alert replaces the one that ends first, provided that this one ended before now.
func (b *bucket) add(key model.Fingerprint, ends, now time.Time, limit int) bool {
	if p := b.items[key]; p != nil {
		p.ends = ends
		heap.Fix(b, p.index)
		return true
	}
	if len(b.heap) >= limit {
		if !b.heap[0].ends.Before(now) {
			return false
		}
		delete(b.items, heap.Pop(b).(*bucketItem).key)
	}
	p := &bucketItem{key: key, ends: ends}
	b.items[key] = p
	heap.Push(b, p)
	return true
}

// stale reports whether the last item of the heap ended before the time at. That item need not be the one that ends
// last. A real Alertmanager tests the same item, so it too may discard the bucket of an alertname that still has firing
// alerts.
func (b *bucket) stale(at time.Time) bool {
	n := len(b.heap)
	return n == 0 || b.heap[n-1].ends.Before(at)
}

// Len, Less, Swap, Push and Pop implement heap.Interface.
func (b *bucket) Len() int           { return len(b.heap) }
func (b *bucket) Less(i, j int) bool { return b.heap[i].ends.Before(b.heap[j].ends) }
func (b *bucket) Swap(i, j int) {
	b.heap[i], b.heap[j] = b.heap[j], b.heap[i]
	b.heap[i].index, b.heap[j].index = i, j
}
func (b *bucket) Push(x any) {
	p := x.(*bucketItem)
	p.index = len(b.heap)
	b.heap = append(b.heap, p)
}
func (b *bucket) Pop() any {
	last := len(b.heap) - 1
	p := b.heap[last]
	b.heap[last] = nil
	b.heap = b.heap[:last]
	return p
}
