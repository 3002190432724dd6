package fakeam

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
)

// Random is a stream of random numbers. Streams for different (seed, actor, purpose) are independent, so drawing from
// one never changes another. The same (seed, actor, purpose) yields the same numbers on every machine. A copy continues
// where the original is. The zero value is always the same stream.
type Random struct {
	pcg       rand.PCG
	traceNext uint // number of times drawn from a trace file
}

// NewRandom returns the stream for a purpose (such as "latency") of an actor (an address) in the run with this seed. It
// is a PCG generator seeded with the first 16 bytes, big-endian, of the SHA-256 hash of the seed, the length of actor,
// actor, and purpose; the seed and the length are 8 bytes each, big-endian.
func NewRandom(seed uint64, actor, purpose string) Random {
	text := make([]byte, 0, 128)
	text = binary.BigEndian.AppendUint64(text, seed)
	text = binary.BigEndian.AppendUint64(text, uint64(len(actor)))
	text = append(text, actor...)
	text = append(text, purpose...)
	sum := sha256.Sum256(text)
	var r Random
	r.pcg.Seed(binary.BigEndian.Uint64(sum[0:]), binary.BigEndian.Uint64(sum[8:]))
	return r
}

// Uint64 draws 64 random bits. Every other method calls it exactly once.
func (r *Random) Uint64() uint64 { return r.pcg.Uint64() }

// Float64 draws a multiple of 2^-53 in [0, 1).
func (r *Random) Float64() float64 { return float64(r.Uint64()>>11) * 0x1p-53 }

// Exp draws an exponentially distributed number with mean 1, in (0, 36.8), by inversion.
func (r *Random) Exp() float64 { return -log(r.open()) }

// Norm draws a standard normal number, in (-8.3, 8.3), by inversion.
func (r *Random) Norm() float64 { return normalQuantile(r.open()) }

// open draws an odd multiple of 2^-53 in the open interval (0, 1), symmetrically about ½.
func (r *Random) open() float64 { return float64(r.Uint64()>>12<<1|1) * 0x1p-53 }
