package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/notifysim/notifysim/scenarios"
)

// A Question is what a plan is asked. The answer depends on nothing else, since the texts of the scenario's files are
// part of it.
type Question struct {
	// File is the path of the scenario file, one of Sources. Test is the name of one of its tests.
	File    string            `json:"file"`
	Sources scenarios.Sources `json:"sources"`
	Test    string            `json:"test"`
	// Releases are the releases to plan for; nil stands for those of the file.
	Releases []string `json:"releases"`
	// Seeds are the seeds to run, one run each.
	Seeds scenarios.Seeds `json:"seeds"`
	// Percentile is the share of runs, in (0, 1), in which queues with the drop-free capacity drop nothing. Confidence,
	// in (0, 1), is the probability with which that holds.
	Percentile float64 `json:"percentile"`
	Confidence float64 `json:"confidence"`
	// Tolerate is the share, in [0, 1), of the copies for an Alertmanager that its queue may drop in a run that counts as
	// free of drops.
	Tolerate float64 `json:"tolerate"`
	// BatchSizes are the batch sizes to plan for; nil stands for that of the scenario.
	BatchSizes []int `json:"batch_sizes,omitempty"`
	// SaveMemory asks for the smallest capacity that is as good as the current one.
	SaveMemory bool `json:"save_memory,omitempty"`
	// Grace is how long the process may take to stop before it is killed.
	Grace time.Duration `json:"grace_ns"`
	// Sensitivity asks which input changes the drop-free capacity most. Sweep asks for that capacity over two inputs.
	Sensitivity bool   `json:"sensitivity,omitempty"`
	Sweep       []Axis `json:"sweep,omitempty"`
}

// Hash returns the SHA-256 of the question, in hexadecimal.
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
