package fakeam_test

import (
	"fmt"
	"time"

	"github.com/notifysim/notifysim/fakeam"
)

// An Alertmanager that serves each request for 40ms refuses connections during a fault.
func Example() {
	am := fakeam.New("am-a:9093", fakeam.Behaviour{
		Latency: fakeam.Constant(5 * time.Millisecond),
		Service: fakeam.Service{PerRequest: 40 * time.Millisecond},
	}, 1)
	var received fakeam.Bitset
	post := func(at time.Duration) {
		d := am.Decide(int64(at), 64)
		fmt.Println(at, d.Outcome, d.Status, time.Duration(d.At))
		if d.Accepts {
			received.Add(0, 64) // the same alerts in each request
		}
	}
	post(0)
	post(10 * time.Millisecond)
	am.StartFault(0, fakeam.Fault{Refuse: true}, "1")
	post(time.Second)
	am.EndFault("1")
	post(2 * time.Second)
	fmt.Println(received.Unique, "unique,", received.Duplicates, "duplicates")
	// Output:
	// 0s ok 200 45ms
	// 10ms ok 200 85ms
	// 1s refused 0 1s
	// 2s ok 200 2.045s
	// 64 unique, 128 duplicates
}

// A copy of a firing alert arrives after its end because it waited in a queue. The Alertmanager treats it as resolved.
// When the next copy arrives, the alert fires again.
func ExampleAlertStates() {
	var e fakeam.AlertStates
	put := func(at, endsAt time.Duration) {
		for _, c := range e.Put(int64(at), &fakeam.AlertRange{N: 64, EndsAt: int64(endsAt), SourceEnd: fakeam.Never}) {
			fmt.Println(time.Duration(c.At), c.Kind, c.N)
		}
	}
	put(0, 4*time.Minute)
	put(time.Minute, 5*time.Minute)
	put(6*time.Minute, 330*time.Second) // a copy that arrives after its end
	put(7*time.Minute, 11*time.Minute)
	fmt.Println(e.Counts.FalseResolves, "false resolves,", e.Counts.Refires, "refires")
	// Output:
	// 0s fires 64
	// 5m0s falsely_resolves 64
	// 6m0s late 64
	// 7m0s refires 64
	// 64 false resolves, 64 refires
}
