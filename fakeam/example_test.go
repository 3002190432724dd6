package fakeam_test

import (
	"fmt"
	"time"

	"github.com/notifysim/notifysim/fakeam"
)

// An Alertmanager that works 40ms on each request refuses connections for a moment.
func Example() {
	am := fakeam.New("am-a:9093", fakeam.Behaviour{
		Latency: fakeam.Constant(5 * time.Millisecond),
		Service: fakeam.Service{PerRequest: 40 * time.Millisecond},
	}, 1)
	post := func(at time.Duration) {
		d := am.Decide(int64(at), 64)
		fmt.Println(at, d.Verdict, d.Status, time.Duration(d.At))
		if d.Takes {
			am.Take(0, 64) // by the sender's event loop, at d.At
		}
	}
	post(0)
	post(10 * time.Millisecond)
	am.Begin(fakeam.Fault{Refuse: true}, "1")
	post(time.Second)
	am.End("1")
	post(2 * time.Second)
	fmt.Println(am.Received().Unique, "unique,", am.Received().Duplicates, "duplicates")
	// Output:
	// 0s ok 200 45ms
	// 10ms ok 200 85ms
	// 1s refused 0 1s
	// 2s ok 200 2.045s
	// 64 unique, 128 duplicates
}
