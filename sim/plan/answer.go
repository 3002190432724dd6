package plan

import (
	"encoding/json"
	"io"
	"time"

	"github.com/notifysim/notifysim/sim/ledger"
)

// An Answer is the result of a plan. Its JSON is a contract: fields are added, never renamed or removed.
type Answer struct {
	File       string  `json:"file"`
	Test       string  `json:"test"`
	Question   string  `json:"question_sha256"`
	Seeds      int     `json:"seeds"`
	FirstSeed  uint64  `json:"first_seed"`
	Random     bool    `json:"random"`             // the outcome depends on the seed
	Replicas   int     `json:"replicas,omitempty"` // if there are several
	Percentile float64 `json:"percentile"`
	Confidence float64 `json:"confidence"`
	Tolerate   float64 `json:"tolerate"`
	// Plans has one for each release and batch size.
	Plans       []*Plan  `json:"plans"`
	Sensitivity []Shift  `json:"sensitivity,omitempty"`
	Heatmap     *Heatmap `json:"heat,omitempty"`
	// Partial says that the records of some runs are missing.
	Partial bool `json:"partial,omitempty"`
}

// WriteJSON writes an answer as one line of JSON.
func (a *Answer) WriteJSON(w io.Writer) error { return json.NewEncoder(w).Encode(a) }

// A Plan is the answer for one release and batch size. Capacities are in alerts.
type Plan struct {
	Release   string `json:"release"`
	Shared    bool   `json:"shared_queue"` // one queue for all Alertmanagers
	BatchSize int    `json:"batch_size"`
	// Current is the capacity that the scenario has.
	Current int `json:"current_capacity"`
	// Capacity is the flag to set: Needed, but at most Useful. Needed bounds what runs need. Above Useful, alerts wait so
	// long that the copy before them has expired. Lower is the largest single send: a smaller capacity drops alerts of
	// every such send.
	Capacity int `json:"capacity"`
	Lower    int `json:"lower"`
	Needed   int `json:"needed"`
	Useful   int `json:"useful"`
	// Least, Median and Most are of the needs of runs; Bound is the rank, from 1, of the run that Needed is of.
	Least  int `json:"least"`
	Median int `json:"median"`
	Most   int `json:"most"`
	Bound  int `json:"bound_rank"`

	Regime   Regime   `json:"regime"`
	Peak     Peak     `json:"peak"`
	Lifetime Lifetime `json:"lifetime"`
	Growth   *Growth  `json:"growth,omitempty"`
	Memory   Memory   `json:"memory"`
	Drain    Drain    `json:"drain"`
	Timeout  *Advice  `json:"timeout,omitempty"`
	Resend   *Advice  `json:"resend_delay,omitempty"`
	// Lost is what the worst run loses with Capacity, and why.
	Lost  Losses   `json:"lost"`
	Curve []Sample `json:"curve"`
	// CurveSeeds is how many runs each sample of the curve has.
	CurveSeeds int `json:"curve_seeds"`

	depth  []ledger.MinMax // of the longest queue of the worst run, by time
	step   time.Duration   // of depth
	point  point
	events int64 // the most events of a run
}

// TooSmall reports whether the capacity that the scenario has is smaller than the one to set.
func (p *Plan) TooSmall() bool { return p.Current < p.Capacity }

// A Peak is the longest queue of the worst run. Times are since the start of the run.
type Peak struct {
	Seed          uint64        `json:"seed"`
	Alertmanagers []string      `json:"alertmanagers"`
	At            time.Duration `json:"at_ns"`
	Since         time.Duration `json:"since_ns"` // when the queue was last empty
	Waiting       int           `json:"waiting"`
	Arriving      int           `json:"arriving"`
	// Arrival and Leaving are the alerts a second that arrived and left between Since and At. If Since equals At,
	// Leaving is that of the whole run while requests were under way.
	Arrival float64 `json:"arrival_per_second"`
	Leaving float64 `json:"leaving_per_second"`
}

// A Drain is how long the process takes to stop.
type Drain struct {
	// Drains says that the release sends what is queued before it stops, if the flag asks for that.
	Drains bool `json:"drains"`
	// AtPeak is how long stopping takes at the worst moment of the worst run; nil if it never ends.
	AtPeak *time.Duration `json:"at_peak_ns,omitempty"`
	// Hung is how long a full queue takes whose Alertmanager hangs: one timeout for each batch, one queue after the
	// other.
	Hung  time.Duration `json:"hung_ns"`
	Grace time.Duration `json:"grace_ns"`
	// Lost is how many alerts that stop drops, over all Alertmanagers.
	Lost int64 `json:"lost"`
}

// An Advice is another setting of the sender, and the capacity that the worst run would need with it.
type Advice struct {
	Value  time.Duration `json:"value_ns"`
	From   time.Duration `json:"from_ns"`
	Needed int           `json:"needed"`
}

// Losses are what the worst run loses with the capacity planned.
type Losses struct {
	// All is how many of Offered were delivered nowhere; of replicas, both are sums over them. ByAll is how many alerts
	// of an evaluation all replicas lost, nil if there is one server.
	Offered int64  `json:"offered"`
	All     int64  `json:"all"`
	ByAll   *int64 `json:"by_all,omitempty"`
	By      []Loss `json:"by,omitempty"`
}

// A Loss is how many alerts were not delivered to one Alertmanager, for one reason.
type Loss struct {
	Alertmanager string `json:"alertmanager"`
	Reason       string `json:"reason"`
	Alerts       int64  `json:"alerts"`
}

// A Sample is the outcome of one capacity, over the runs of a curve.
type Sample struct {
	Capacity int `json:"capacity"`
	// Overflow is the share of the copies for single Alertmanagers that queues dropped, Lost that of the alerts that no
	// Alertmanager took.
	Overflow Estimate `json:"overflow"`
	Lost     Estimate `json:"lost"`
	// Clean is the number of runs in which no queue dropped anything.
	Clean int `json:"clean"`
	// P99 is the 99th percentile of the delay from Send to the first answer, Slowest that of the copies for the
	// Alertmanager where it is longest.
	P99     time.Duration `json:"delay_p99_ns"`
	Slowest time.Duration `json:"slowest_delay_p99_ns"`
	Memory  int64         `json:"memory"` // bytes when all queues are full
}

// An Estimate is a share, in [0, 1], with its 95 % confidence interval. The unit of observation is a run, since the
// losses within a run depend on each other. Of one run, all three are the same.
type Estimate struct {
	Mean float64 `json:"mean"`
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// A Shift is what an answer needs when one input is halved and doubled.
type Shift struct {
	Input string `json:"input"`
	Half  int    `json:"half"`
	Base  int    `json:"base"`
	Twice int    `json:"double"`
}

// Swing is by how much the input changes the answer.
func (s Shift) Swing() int { return s.highest() - s.lowest() }

func (s Shift) lowest() int  { return min(s.Half, s.Base, s.Twice) }
func (s Shift) highest() int { return max(s.Half, s.Base, s.Twice) }

// A Heatmap is an answer over two inputs.
type Heatmap struct {
	// What says what Cells holds: "capacity" needed, or "overflow", the percentage that queues drop, where capacity is
	// one of the inputs. A cell without runs is -1.
	What  string      `json:"what"`
	Rows  Axis        `json:"rows"`
	Cols  Axis        `json:"columns"`
	Cells [][]float64 `json:"cells"`
}
