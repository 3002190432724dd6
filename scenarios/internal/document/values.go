package document

import (
	"time"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// The types of values in documents.
type (
	text      = strictyaml.Value[string]
	whole     = strictyaml.Value[int64]
	number    = strictyaml.Value[float64]
	boolean   = strictyaml.Value[bool]
	duration  = strictyaml.Value[time.Duration]
	texts     = strictyaml.List[text]
	labelSets = strictyaml.List[labels]
	labels    = strictyaml.Dict[text]

	thresholds = strictyaml.List[Threshold] // for one quantity
)
