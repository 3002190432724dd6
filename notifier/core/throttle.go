package core

import (
	"math"
	"time"
)

// Offers says how often service discovery offers updates to the notifier.
type Offers uint8

const (
	// OfferEvery5s offers at ticks of 5 s.
	OfferEvery5s Offers = iota
	// OfferBackoff waits about 0.1 s before the next offer, and half as long again after each wait. Once 5 s have passed
	// since an update was accepted, waits are short again.
	OfferBackoff
)

// The constants of service discovery (Prometheus' discovery/manager.go at v2.5.0 and v3.16.0, sender).
const (
	longestOfferWait  = 5 * time.Second
	shortestOfferWait = 100 * time.Millisecond
	// idleOffers is long enough for the waits to be short again, whatever happened before.
	idleOffers = 4 * longestOfferWait
)

// A Throttle decides when service discovery offers updates to the notifier. All times count from the start of service
// discovery.
type Throttle struct {
	offers   Offers
	now      time.Duration // the last time at which it offered something or could have
	accepted time.Duration // when the last update was accepted
	wait     time.Duration // the next wait, before the random change
}

// NewThrottle returns the throttle of a service discovery that starts at 0.
func NewThrottle(o Offers) Throttle {
	return Throttle{offers: o, accepted: -longestOfferWait - 1, wait: shortestOfferWait}
}

// Next returns the first time after now at which service discovery offers what has changed by now. random draws a
// number in [0, 1): with OfferBackoff each wait is multiplied by a random factor from 0.5 to 1.5.
func (t *Throttle) Next(now time.Duration, random func() float64) time.Duration {
	if t.offers == OfferEvery5s {
		return (now/longestOfferWait + 1) * longestOfferWait
	}
	t.advance(now, random)
	return t.now
}

// Retry returns when service discovery repeats an offer that Offered has just said was not accepted at the time now.
func (t *Throttle) Retry(now time.Duration, random func() float64) time.Duration {
	if t.offers == OfferEvery5s {
		return now + longestOfferWait
	}
	return t.Next(now, random)
}

// Offered tells the throttle that an update was offered at the time now, and whether it was accepted.
func (t *Throttle) Offered(now time.Duration, accepted bool, random func() float64) {
	if t.offers == OfferEvery5s {
		return
	}
	if now > t.now { // the scenario, not the throttle, chose the time
		t.advance(now, random)
	}
	if t.now = now; accepted {
		t.accepted = now
	}
}

// advance lets service discovery wait until a time after now.
func (t *Throttle) advance(now time.Duration, random func() float64) {
	if now-t.now > idleOffers {
		// It has been waiting for about 0.1 s again and again. Whichever wait now falls into, long waits more often
		// than short ones, it ends at a random time.
		const shortest, longest = 0.5, 1.5
		length := math.Sqrt(shortest*shortest + random()*(longest*longest-shortest*shortest))
		t.now = now + 1 + time.Duration(random()*length*float64(shortestOfferWait))
		t.wait = grown(shortestOfferWait)
		return
	}
	for t.now <= now {
		if t.now-t.accepted > longestOfferWait {
			t.wait = shortestOfferWait
		}
		t.now += max(1, time.Duration((0.5+random())*float64(t.wait)))
		t.wait = grown(t.wait)
	}
}

func grown(wait time.Duration) time.Duration { return min(wait*3/2, longestOfferWait) }
