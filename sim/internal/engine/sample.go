package engine

import (
	"cmp"
	"slices"
)

// A Sample is the value of one of the notifier's metrics at one scrape. A summary has samples for its count and its
// sum, a histogram also for its buckets.
type Sample struct {
	Name         string
	Alertmanager string // the label alertmanager; "" without it
	Le           string // the label le of a bucket
	Value        float64
}

// SortSamples orders samples by name, Alertmanager and bucket. All engines return samples in this order.
func SortSamples(s []Sample) {
	slices.SortFunc(s, func(a, b Sample) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Alertmanager, b.Alertmanager), cmp.Compare(a.Le, b.Le))
	})
}
