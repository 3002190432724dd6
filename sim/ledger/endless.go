package ledger

import "time"

// OrNil returns a time, or nil if it has no end.
func OrNil(d time.Duration, ends bool) *time.Duration {
	if !ends {
		return nil
	}
	return &d
}
