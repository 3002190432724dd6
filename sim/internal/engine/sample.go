package engine

import (
	"cmp"
	"slices"
)

// A Sample is the value of one of the notifier's metrics at a scrape. Of summaries there are the count and the sum, of
// histograms the buckets too.
type Sample struct {
	Name         string
	Alertmanager string // the label of that name; "" without it
	Le           string // the label le of a bucket
	Value        float64
}

// SortSamples orders samples by name, Alertmanager and bucket, as samples of all engines are.
func SortSamples(s []Sample) {
	slices.SortFunc(s, func(a, b Sample) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Alertmanager, b.Alertmanager), cmp.Compare(a.Le, b.Le))
	})
}
