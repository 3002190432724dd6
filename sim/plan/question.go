package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/notifysim/notifysim/scenarios"
)

// A Question is what a plan is asked. It has all that the answer depends on, the texts of the scenario's files
// included.
type Question struct {
	// File is the scenario, among Sources, and Test the name of one of its tests.
	File    string            `json:"file"`
	Sources scenarios.Sources `json:"sources"`
	Test    string            `json:"test"`
	// Releases are those to plan for; nil is the file's.
	Releases []string `json:"releases"`
	// Seeds are the seeds to run, one run each.
	Seeds scenarios.Seeds `json:"seeds"`
	// Percentile is the share of runs, in (0, 1), in which the capacity is to suffice, and Confidence, in (0, 1), the
	// probability with which the answer holds.
	Percentile float64 `json:"percentile"`
	Confidence float64 `json:"confidence"`
	// Tolerate is the share, in [0, 1), of the alerts for an Alertmanager that the queue may drop.
	Tolerate float64 `json:"tolerate"`
	// BatchSizes are those to plan for; nil is the scenario's.
	BatchSizes []int `json:"batch_sizes,omitempty"`
	// Grace is how long the process has to stop.
	Grace time.Duration `json:"grace_ns"`
	// Sensitivity asks which input changes the answer most, and Sweep for the answer over two inputs.
	Sensitivity bool   `json:"sensitivity,omitempty"`
	Sweep       []Axis `json:"sweep,omitempty"`
}

// Hash identifies the question.
func (q *Question) Hash() string {
	text, err := json.Marshal(q)
	if err != nil {
		panic(err) // numbers and strings can always be encoded
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func (q *Question) check() error {
	if err := checkShares(q.Percentile, q.Confidence); err != nil {
		return err
	}
	if !(q.Tolerate >= 0 && q.Tolerate < 1) {
		return fmt.Errorf("a tolerated loss of %g; write a share from 0 to below 1, such as 0.001", q.Tolerate)
	}
	if q.Seeds.From > q.Seeds.To || q.Seeds.To-q.Seeds.From >= maxSeeds {
		return fmt.Errorf("seeds %d to %d; write 1 to %d of them", q.Seeds.From, q.Seeds.To, maxSeeds)
	}
	for _, b := range q.BatchSizes {
		if b < 1 || b > 1_000_000 {
			return fmt.Errorf("batch size %d; write 1 to 1000000", b)
		}
	}
	return nil
}
