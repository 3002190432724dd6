package plan

import (
	"encoding/json"
	"io"
	"time"

	"github.com/notifysim/notifysim/sim/ledger"
)

// An Answer is the answer to a question. Its JSON is a contract: fields are added, never renamed or removed.
type Answer struct {
	File       string  `json:"file"`
	Test       string  `json:"test"`
	Question   string  `json:"question_sha256"`
	Seeds      int     `json:"seeds"`
	FirstSeed  uint64  `json:"first_seed"`
	Random     bool    `json:"random"`             // runs with different seeds differ
	Replicas   int     `json:"replicas,omitempty"` // how many servers there are, if several
	Percentile float64 `json:"percentile"`
	Confidence float64 `json:"confidence"`
	Tolerate   float64 `json:"tolerate"`
	// Plans has one for each release and batch size.
	Plans       []*Plan  `json:"plans"`
	Sensitivity []Shift  `json:"sensitivity,omitempty"`
	Heatmap     *Heatmap `json:"heat,omitempty"`
	// Partial says that the records of some runs are missing.
	Partial bool `json:"partial,omitempty"`
	// Width is how many columns the text may have; 0 means as many as it needs.
	Width int `json:"-"`
}

// WriteJSON writes an answer as one line of JSON.
func (a *Answer) WriteJSON(w io.Writer) error { return json.NewEncoder(w).Encode(a) }

// A Plan is the answer for one release and batch size. Capacities are in alerts.
type Plan struct {
	Release   string `json:"release"`
	Shared    bool   `json:"shared_queue"` // one queue for all Alertmanagers
	BatchSize int    `json:"batch_size"`
	// Current is the capacity in the scenario.
	Current int `json:"current_capacity"`
	// Capacity is the value of --alertmanager.notification-queue-capacity to set: another one than Current only if Advice
	// is to change it. Lower is the largest single send: a smaller capacity drops alerts of every such send. Needed is
	// the drop-free capacity: with it no queue drops anything, or no more than is tolerated, in the percentile of runs.
	// Above Useful, copies wait so long that the ones before them have expired.
	Capacity int `json:"capacity"`
	Lower    int `json:"lower"`
	Needed   int `json:"needed"`
	Useful   int `json:"useful"`
	// Least, Median and Most are of the smallest capacities with which single runs drop nothing. Needed is one of these:
	// the one with the rank Bound, from 1 for the smallest.
	Least  int `json:"least"`
	Median int `json:"median"`
	Most   int `json:"most"`
	Bound  int `json:"bound_rank"`

	Regime   Regime    `json:"regime"`
	Peak     Peak      `json:"peak"`
	Lifetime Lifetime  `json:"lifetime"`
	Growth   *Growth   `json:"growth,omitempty"`
	Memory   Memory    `json:"memory"`
	Drain    Drain     `json:"drain"`
	Timeout  *Shortcut `json:"timeout,omitempty"`
	Resend   *Shortcut `json:"resend_delay,omitempty"`
	// Lost is which copies the worst run loses as advised, and why.
	Lost  Losses   `json:"lost"`
	Curve []Sample `json:"curve"`
	// CurveSeeds is how many runs each sample of the curve has.
	CurveSeeds int `json:"curve_seeds"`
	// Candidates are the settings that were tried, the current one first.
	Candidates []*Candidate `json:"candidates"`
	Advice     Advice       `json:"advice"`
	// Firing is the sum over all alerts for how long they fire, in nanoseconds, at most the largest int64.
	Firing int64 `json:"firing_ns"`

	advised  *Candidate
	interval time.Duration   // the evaluation interval
	queues   int64           // the number of queues
	depth    []ledger.MinMax // the length over time of the longest queue of the worst run
	step     time.Duration   // the time that one element of depth is about
	point    point           // the scenario as it is planned for
	events   int64           // the number of events of the run with the most
}

// A Peak is the longest queue of the worst run. Times are since the start of the run.
type Peak struct {
	Seed          uint64        `json:"seed"`
	Alertmanagers []string      `json:"alertmanagers"`
	At            time.Duration `json:"at_ns"`
	Since         time.Duration `json:"since_ns"` // when the queue was last empty
	Waiting       int           `json:"waiting"`
	Arriving      int           `json:"arriving"`
	// Arrival and Leaving are how many alerts arrived and left in a second, on average from Since to At. If Since equals
	// At, Leaving is the average over the times of the whole run in which requests were in flight.
	Arrival float64 `json:"arrival_per_second"`
	Leaving float64 `json:"leaving_per_second"`
}

// A Drain is how long the process takes to stop, with the advised setting.
type Drain struct {
	// Drains says that the notifier sends what is queued before it stops: the release can, and the flag asks for it.
	Drains bool `json:"drains"`
	// AtPeak is how long it takes to stop at the worst moment of the worst run; nil if that never ends.
	AtPeak *time.Duration `json:"at_peak_ns,omitempty"`
	// Hung is how long a full queue takes whose Alertmanager hangs: one timeout for each batch, one queue after the
	// other.
	Hung  time.Duration `json:"hung_ns"`
	Grace time.Duration `json:"grace_ns"`
	// Lost is how many queued copies stopping at the worst moment drops, over all Alertmanagers.
	Lost int64 `json:"lost"`
}

// A Shortcut is a timeout or resend delay with which the longest queue of the worst run would be shorter; Needed is
// the drop-free capacity with it.
type Shortcut struct {
	Value  time.Duration `json:"value_ns"`
	From   time.Duration `json:"from_ns"`
	Needed int           `json:"needed"`
}

// Losses are how many copies the worst run loses with the advised setting.
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

// A Sample is the result for one queue capacity: one point of the curve, summed up over all runs with that capacity.
type Sample struct {
	Capacity int `json:"capacity"`
	// Overflow is the share of copies that queues dropped, where a copy counts once for each Alertmanager that it is for.
	// Lost is the share of copies that no Alertmanager took.
	Overflow Estimate `json:"overflow"`
	Lost     Estimate `json:"lost"`
	// Clean is the number of runs in which no queue dropped anything.
	Clean int `json:"clean"`
	// P99 is the 99th percentile of the delay of delivered copies, from Send to the first answer of any Alertmanager.
	// Slowest is the same for the answers of one Alertmanager, the one where it is longest.
	P99     time.Duration `json:"delay_p99_ns"`
	Slowest time.Duration `json:"slowest_delay_p99_ns"`
	Memory  int64         `json:"memory"` // bytes when all queues are full
}

// A Shift has the drop-free capacities when one input is halved, unchanged and doubled.
type Shift struct {
	Input string `json:"input"`
	Half  int    `json:"half"`
	Base  int    `json:"base"`
	Twice int    `json:"double"`
}

// Swing returns by how much the capacity changes with the input.
func (s Shift) Swing() int { return s.highest() - s.lowest() }

func (s Shift) lowest() int  { return min(s.Half, s.Base, s.Twice) }
func (s Shift) highest() int { return max(s.Half, s.Base, s.Twice) }

// A Heatmap has one number for each pair of values of two inputs.
type Heatmap struct {
	// What says what Cells holds: "capacity" for the drop-free capacity, or, if the capacity is one of the inputs,
	// "overflow" for the percentage of copies that queues drop. A cell without runs is -1.
	What  string      `json:"what"`
	Rows  Axis        `json:"rows"`
	Cols  Axis        `json:"columns"`
	Cells [][]float64 `json:"cells"`
}
