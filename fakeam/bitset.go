package fakeam

import (
	"math/bits"
	"slices"
)

// A Bitset counts by label set number what was taken: the first time a number is unique, later it is a duplicate.
// The zero value is ready to use. It takes one bit of memory for each number up to the largest.
type Bitset struct {
	// Unique is how many different numbers were taken, Duplicates how often one was taken that had been before.
	Unique, Duplicates int64

	seen []uint64 // bit i%64 of word i/64 is number i
}

// Add takes the numbers first, …, first+n-1 and returns how many of them are new. first is at least 0;
// n of 0 or less takes none.
func (t *Bitset) Add(first, n int) (unique int) {
	if n <= 0 {
		return 0
	}
	if first < 0 {
		panic("fakeam: label set numbers begin at 0")
	}
	from, last := uint(first), uint(first+n-1)
	if last/64 >= uint(len(t.seen)) {
		t.reach(int(last / 64))
	}
	words := t.seen[from/64 : last/64+1]
	mask := ^uint64(0) << (from % 64)
	for len(words) > 1 {
		unique += bits.OnesCount64(mask &^ words[0])
		words[0] |= mask
		words, mask = words[1:], ^uint64(0)
	}
	mask &= ^uint64(0) >> (63 - last%64)
	unique += bits.OnesCount64(mask &^ words[0])
	words[0] |= mask
	t.Unique += int64(unique)
	t.Duplicates += int64(n - unique)
	return unique
}

// reach makes word w exist.
func (t *Bitset) reach(w int) {
	n := w + 1 - len(t.seen)
	t.seen = slices.Grow(t.seen, n)[:w+1]
	clear(t.seen[w+1-n:])
}

// Has reports whether number i was taken.
func (t *Bitset) Has(i int) bool {
	return i >= 0 && i/64 < len(t.seen) && t.seen[i/64]>>(i%64)&1 != 0
}

// Reset makes t as new, and keeps its memory.
func (t *Bitset) Reset() {
	clear(t.seen)
	t.Unique, t.Duplicates = 0, 0
}
