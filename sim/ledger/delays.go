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
// Its bins are those of a decimal log-linear histogram: delays up to 100µs are kept to the microsecond and longer ones
// to three digits, so a quantile is at most 1 % too high. The bins are fixed and hold integers, so merging is exact in
// any order. The upper edge of a bin belongs to the bin. Every bound that people write with up to three digits (5ms,
// 2.5s) is an edge, so Below is exact for it. Count, Max, Min and Mean are always exact.
type Delays struct {
	bins     []int64 // up to the last bin that is not empty
	blocks   []int64 // the sums of blockSize bins each, for Below
	n        int64
	min, max int64
	sum      [2]uint64 // the sum of all nanoseconds, high word first
}

// delayUnit is the width of the narrowest bins.
const delayUnit = int64(time.Microsecond)

// BinOf returns the bin of a delay. Bin 0 is for delays of 0, the next 100 bins are one delayUnit wide, and then follow
// 900 bins for each power of ten.
func BinOf(delay int64) int {
	if delay <= 0 {
		return 0
	}
	v := uint64(delay-1) / uint64(delayUnit)
	if v < 1000 {
		return 1 + int(v)
	}
	power := (bits.Len64(v)*1233)>>12 - 2 // 1233/4096 approximates log10(2); the result is at most one too large
	if v < powers[power+2] {
		power--
	}
	digits, _ := bits.Mul64(v, inverses[power]) // a division would take as long as the rest of the function
	if digits*powers[power] > v {
		digits--
	}
	return 900*power + 1 + int(digits)
}

// edgeOf returns the longest delay that belongs to a bin.
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

// inverses are 2^64 divided by the powers of ten, from 100 on, rounded up.
var inverses = func() (inv [20]uint64) {
	for i := 1; i < len(inv); i++ {
		inv[i] = math.MaxUint64/powers[i] + 1
	}
	return inv
}()

// Add records a delay n times. A negative delay counts as 0.
func (d *Delays) Add(delay time.Duration, n int64) {
	if n > 0 {
		d.add(BinOf(int64(delay)), max(int64(delay), 0), n)
	}
}

// add records a delay n times in its bin.
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

// reach extends the list of bins so that it contains bin.
func (d *Delays) reach(bin int) {
	more := bin + 1 - len(d.bins)
	d.bins = slices.Grow(d.bins, more)[:bin+1]
	clear(d.bins[bin+1-more:])
	for len(d.blocks) <= bin/blockSize {
		d.blocks = append(d.blocks, 0)
	}
}

// blockSize is how many bins form a block.
const blockSize = 16

// Merge adds all delays of o to d.
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

// Min returns the shortest delay, or 0 if there is none.
func (d *Delays) Min() time.Duration { return time.Duration(d.min) }

// Max returns the longest delay, or 0 if there is none.
func (d *Delays) Max() time.Duration { return time.Duration(d.max) }

// Mean returns the mean delay, rounded down, or 0 if there is none.
func (d *Delays) Mean() time.Duration {
	if d.n == 0 {
		return 0
	}
	mean, _ := bits.Div64(d.sum[0], d.sum[1], uint64(d.n)) // does not overflow: the mean is at most Max
	return time.Duration(mean)
}

// Total returns the sum of all delays in nanoseconds, or the largest int64 if the sum is larger.
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

// Quantile returns the q-quantile, for q from 0 to 1: the shortest delay that at least the fraction q of all delays
// does not exceed. The result is rounded up to the upper edge of its bin, but is at most Max; it is 0 if there is no
// delay.
func (d *Delays) Quantile(q float64) time.Duration {
	return d.rank(max(int64(math.Ceil(float64(q*float64(d.n)))), 1))
}

// rank returns the rank-th shortest delay, counted from 1, rounded up to the upper edge of its bin but at most Max. It
// returns 0 if there are not that many delays.
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

// Below returns how many delays are at most bound.
func (d *Delays) Below(bound time.Duration) int64 {
	if bound < 0 {
		return 0
	}
	return (&Cumulative{Delays: d}).UpTo(BinOf(int64(bound)))
}

// A Cumulative counts the delays in the bins up to one bin after another, in a single pass over all bins.
type Cumulative struct {
	*Delays
	bin int   // the first bin that is not counted yet
	n   int64 // how many delays are in the bins before that
}

// UpTo returns how many delays are in the bins up to bin, which must not be lower than in the last call.
func (c *Cumulative) UpTo(bin int) int64 {
	end := bin + 1
	if end >= len(c.bins) {
		return c.Count()
	}
	first, last := (c.bin+blockSize-1)/blockSize, end/blockSize // the blocks that are counted as a whole
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
