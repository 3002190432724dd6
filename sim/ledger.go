package sim

import (
	"fmt"

	"github.com/notifysim/notifysim/notifier"
)

// A Ledger is the account of every alert of a run at one instant. An alert counts as often as it is sent.
//
// For the whole, Offered = Delivered + Lost + Pending; for each Alertmanager,
// Offered = Delivered + the sum of Dropped + Queued + InFlight. A run fails when that does not hold at any event.
type Ledger struct {
	// Offered counts the alerts that came out of the relabelling of Send.
	Offered int64 `json:"offered"`
	// Delivered counts the alerts that at least one Alertmanager took, Lost those that none took and none ever will;
	// Pending are the rest, waiting or in flight.
	Delivered int64 `json:"delivered"`
	Lost      int64 `json:"lost"`
	Pending   int64 `json:"pending"`
	// Relabelled counts the alerts that relabelling dropped, on purpose: they are not offered.
	Relabelled int64 `json:"relabelled"`
	// Sends counts the calls of Send, Blocked those that had to wait for the manager's lock.
	Sends   int64 `json:"sends"`
	Blocked int64 `json:"blocked"`

	Alertmanagers map[string]Account `json:"alertmanagers"`
}

// An Account is the ledger of one Alertmanager, by its address.
type Account struct {
	// Offered counts the alerts that were queued for it, or lost on their way into its queue.
	Offered int64 `json:"offered"`
	// Delivered counts the alerts for which it answered 2xx in time.
	Delivered int64 `json:"delivered"`
	// Dropped counts by reason those that it did not take.
	Dropped Dropped `json:"dropped"`
	// Queued and InFlight count those that wait, and those in a request that has not ended.
	Queued   int64 `json:"queued"`
	InFlight int64 `json:"in_flight"`
	// Unique counts the label sets that it took, Duplicates how often it took one that it had taken before. Together they
	// are more than Delivered when it took alerts whose sender had given up waiting.
	Unique     int64 `json:"unique"`
	Duplicates int64 `json:"duplicates"`
	// Requests counts the requests that it was sent.
	Requests int64 `json:"requests"`
}

// Dropped counts alerts by the reason for which they were dropped. It has every reason, zero or not.
type Dropped [5]int64

// Total is the sum over all reasons.
func (d Dropped) Total() int64 {
	var sum int64
	for _, n := range d {
		sum += n
	}
	return sum
}

// Of returns the count of one reason.
func (d Dropped) Of(r notifier.Reason) int64 { return d[r] }

// MarshalJSON writes an object of all reasons.
func (d Dropped) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, r := range notifier.Reasons() {
		if i > 0 {
			b = append(b, ',')
		}
		b = fmt.Appendf(b, "%q:%d", r, d[r])
	}
	return append(b, '}'), nil
}

// open is the number of alerts that have neither been delivered nor dropped.
func (a *Account) open() int64 {
	n := a.Offered - a.Delivered
	for i := range a.Dropped {
		n -= a.Dropped[i]
	}
	return n
}

// wrong says how an account does not add up.
func (a *Account) wrong() string {
	return fmt.Sprintf("offered %d, but delivered %d + dropped %d + queued %d + in flight %d",
		a.Offered, a.Delivered, a.Dropped.Total(), a.Queued, a.InFlight)
}
