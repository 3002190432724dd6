package fakeam

import (
	"math/bits"
	"slices"
)

// A Bitset is a set of numbers of label sets. It counts how many additions were new and how many were repeated. The
// zero value is empty and ready to use. The memory is one bit for each number up to the largest.
type Bitset struct {
	// Unique is the number of different numbers added, Duplicates the number of additions of a number already present.
	Unique, Duplicates int64

	words []uint64 // number i is bit i%64 of words[i/64]
}

// Add adds the numbers first to first+n-1 and returns how many of them were not in the set. If n is 0 or negative, it
// adds none. It panics if first is negative.
func (s *Bitset) Add(first, n int) (unique int) {
	if n <= 0 {
		return 0
	}
	if first < 0 {
		panic("fakeam: negative label set number")
	}
	from, last := uint(first), uint(first+n-1)
	if last/64 >= uint(len(s.words)) {
		s.grow(int(last / 64))
	}
	words := s.words[from/64 : last/64+1]
	mask := ^uint64(0) << (from % 64)
	for len(words) > 1 {
		unique += bits.OnesCount64(mask &^ words[0])
		words[0] |= mask
		words, mask = words[1:], ^uint64(0)
	}
	mask &= ^uint64(0) >> (63 - last%64)
	unique += bits.OnesCount64(mask &^ words[0])
	words[0] |= mask
	s.Unique += int64(unique)
	s.Duplicates += int64(n - unique)
	return unique
}

// grow extends words so that index w is valid.
func (s *Bitset) grow(w int) {
	n := w + 1 - len(s.words)
	s.words = slices.Grow(s.words, n)[:w+1]
	clear(s.words[w+1-n:])
}

// Has reports whether number i is in the set.
func (s *Bitset) Has(i int) bool {
	return i >= 0 && i/64 < len(s.words) && s.words[i/64]>>(i%64)&1 != 0
}

// Reset empties the set but keeps its memory.
func (s *Bitset) Reset() {
	clear(s.words)
	s.Unique, s.Duplicates = 0, 0
}
