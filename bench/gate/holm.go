package gate

import "slices"

// Holm returns Holm's adjusted p-values, in the order of p. Rejecting every hypothesis whose adjusted value is at most
// alpha keeps the probability of one or more false rejections at alpha or less, whatever the dependence between them.
//
// S. Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6 (1979)
// 65–70, https://www.jstor.org/stable/4615733.
func Holm(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case p[a] < p[b]:
			return -1
		case p[a] > p[b]:
			return 1
		}
		return 0
	})
	adjusted := make([]float64, len(p))
	highest := 0.0
	for i, at := range order {
		highest = max(highest, min(1, float64(len(p)-i)*p[at]))
		adjusted[at] = highest
	}
	return adjusted
}
