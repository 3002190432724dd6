package ledger

import (
	"encoding/json"
	"math"
	"math/bits"
	"slices"
	"time"
)

// Delays is a histogram of delays from 0s up. The zero value is empty and ready.
//
// Its bins are those of a decimal log-linear histogram: delays up to 100µs are kept to the microsecond, longer ones
// to three digits, so a quantile is at most 1 % above the true one. Bins are fixed and hold integers: merging is exact,
// in any order. An edge belongs to the bin below it, and every bound that people write with up to three digits (5ms,
// 2.5s) is an edge, so Below is exact there. Count, Max, Min and Mean are exact always.
type Delays struct {
	bins     []int64 // up to the last that holds any
	blocks   []int64 // the sums of blockSize bins each, for Below
	n        int64
	min, max int64
	sum      [2]uint64 // of all nanoseconds, high word first
}

// delayUnit is the width of the narrowest bins.
const delayUnit = int64(time.Microsecond)

// BinOf returns the bin of a delay: 0 for no delay at all, then 100 of one unit, then 900 for each power of ten.
func BinOf(delay int64) int {
	if delay <= 0 {
		return 0
	}
	v := uint64(delay-1) / uint64(delayUnit)
	if v < 1000 {
		return 1 + int(v)
	}
	power := (bits.Len64(v)*1233)>>12 - 2 // 1233/4096 is the logarithm of 2; at most one too large
	if v < powers[power+2] {
		power--
	}
	digits, _ := bits.Mul64(v, inverses[power]) // a division would take as long as the rest of the function
	if digits*powers[power] > v {
		digits--
	}
	return 900*power + 1 + int(digits)
}

// edgeOf returns the longest delay of a bin.
func edgeOf(bin int) int64 {
	if bin <= 100 {
		return int64(bin) * delayUnit
	}
	power := (bin - 101) / 900
	digits := uint64(bin - 900*power)
	hi, lo := bits.Mul64(digits*uint64(delayUnit), powers[power])
	if hi > 0 || lo > math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(lo)
}

var powers = func() (p [20]uint64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = 10 * p[i-1]
	}
	return p
}()

// inverses are 2^64 divided by the powers of ten from the second on, rounded up.
var inverses = func() (inv [20]uint64) {
	for i := 1; i < len(inv); i++ {
		inv[i] = math.MaxUint64/powers[i] + 1
	}
	return inv
}()

// Add records a delay n times; one below 0 counts as none.
func (d *Delays) Add(delay time.Duration, n int64) {
	if n > 0 {
		d.add(BinOf(int64(delay)), max(int64(delay), 0), n)
	}
}

// add records a delay of a bin n times.
func (d *Delays) add(bin int, delay, n int64) {
	if bin >= len(d.bins) {
		d.reach(bin)
	}
	d.bins[bin] += n
	d.blocks[bin/blockSize] += n
	if d.n == 0 || delay < d.min {
		d.min = delay
	}
	d.max = max(d.max, delay)
	d.n += n
	hi, lo := bits.Mul64(uint64(delay), uint64(n))
	var carry uint64
	d.sum[1], carry = bits.Add64(d.sum[1], lo, 0)
	d.sum[0] += hi + carry
}

// reach extends the bins up to one.
func (d *Delays) reach(bin int) {
	more := bin + 1 - len(d.bins)
	d.bins = slices.Grow(d.bins, more)[:bin+1]
	clear(d.bins[bin+1-more:])
	for len(d.blocks) <= bin/blockSize {
		d.blocks = append(d.blocks, 0)
	}
}

// blockSize is how many bins a block has.
const blockSize = 16

// Merge adds all that o holds.
func (d *Delays) Merge(o *Delays) {
	if o.n == 0 {
		return
	}
	if last := len(o.bins) - 1; last >= len(d.bins) {
		d.reach(last)
	}
	for bin, n := range o.bins {
		d.bins[bin] += n
	}
	for block, n := range o.blocks {
		d.blocks[block] += n
	}
	if d.n == 0 || o.min < d.min {
		d.min = o.min
	}
	d.max = max(d.max, o.max)
	d.n += o.n
	var carry uint64
	d.sum[1], carry = bits.Add64(d.sum[1], o.sum[1], 0)
	d.sum[0] += o.sum[0] + carry
}

// Count returns how many delays were recorded.
func (d *Delays) Count() int64 { return d.n }

// Min returns the shortest delay, 0 if there is none.
func (d *Delays) Min() time.Duration { return time.Duration(d.min) }

// Max returns the longest delay, 0 if there is none.
func (d *Delays) Max() time.Duration { return time.Duration(d.max) }

// Mean returns the mean delay, rounded down, 0 if there is none.
func (d *Delays) Mean() time.Duration {
	if d.n == 0 {
		return 0
	}
	mean, _ := bits.Div64(d.sum[0], d.sum[1], uint64(d.n)) // no longer than the longest
	return time.Duration(mean)
}

// Total returns the sum of all delays in nanoseconds, at most the largest int64.
func (d *Delays) Total() int64 {
	if d.sum[0] > 0 || d.sum[1] > math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(d.sum[1])
}

// Seconds returns the sum of all delays in seconds.
func (d *Delays) Seconds() float64 {
	return (float64(d.sum[0])*(1<<64) + float64(d.sum[1])) / float64(time.Second)
}

// Quantile returns the q-quantile, q from 0 to 1: the shortest delay such that at least the fraction q of all delays is
// not above it. It is the upper edge of a bin, but not above Max; 0 if there is no delay.
func (d *Delays) Quantile(q float64) time.Duration {
	return d.rank(max(int64(math.Ceil(float64(q*float64(d.n)))), 1))
}

// rank returns the n-th shortest delay, from 1, as the upper edge of its bin and never above Max; 0 of none.
func (d *Delays) rank(rank int64) time.Duration {
	if rank > d.n {
		return d.Max()
	}
	var seen int64
	for bin, n := range d.bins {
		if seen += n; seen >= rank {
			return time.Duration(max(d.min, min(edgeOf(bin), d.max)))
		}
	}
	return d.Max()
}

// Below returns how many delays are not above a bound.
func (d *Delays) Below(bound time.Duration) int64 {
	if bound < 0 {
		return 0
	}
	return (&Cumulative{Delays: d}).UpTo(BinOf(int64(bound)))
}

// A Cumulative counts the delays up to one bin after another, in one pass over the bins.
type Cumulative struct {
	*Delays
	bin int   // the first bin that is not counted
	n   int64 // the delays in the bins before it
}

// UpTo returns how many delays are in the bins up to one, which must not be below that of the last call.
func (c *Cumulative) UpTo(bin int) int64 {
	end := bin + 1
	if end >= len(c.bins) {
		return c.Count()
	}
	first, last := (c.bin+blockSize-1)/blockSize, end/blockSize // the whole blocks between
	if first >= last {
		c.n += sum(c.bins[c.bin:end])
	} else {
		c.n += sum(c.bins[c.bin:first*blockSize]) + sum(c.blocks[first:last]) + sum(c.bins[last*blockSize:end])
	}
	c.bin = end
	return c.n
}

func sum(list []int64) (n int64) {
	for _, x := range list {
		n += x
	}
	return n
}

// MarshalJSON writes {"count", "min_ns", "mean_ns", "p50_ns", "p90_ns", "p99_ns", "max_ns"}.
func (d *Delays) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Count int64         `json:"count"`
		Min   time.Duration `json:"min_ns"`
		Mean  time.Duration `json:"mean_ns"`
		P50   time.Duration `json:"p50_ns"`
		P90   time.Duration `json:"p90_ns"`
		P99   time.Duration `json:"p99_ns"`
		Max   time.Duration `json:"max_ns"`
	}{d.n, d.Min(), d.Mean(), d.Quantile(0.5), d.Quantile(0.9), d.Quantile(0.99), d.Max()})
}
