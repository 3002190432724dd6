package ledger

// EachAlert calls f with the number of every alert that a label set stands for, at the Alertmanagers or on its way to
// them. Alerts that are merged have the lowest of their numbers (see Merged).
func (l *AlertLog) EachAlert(labelSet int, f func(alert int)) {
	l.alertOf(labelSet, f)
	for _, variants := range l.variants {
		for _, from := range variants[labelSet] {
			if from != labelSet {
				l.alertOf(from, f)
			}
		}
	}
}

// Merged returns the lowest number of the alerts with which relabelling merges an alert.
func (l *AlertLog) Merged(alert int) int { return int(l.find(int32(alert))) }
