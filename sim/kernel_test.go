package sim

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/internal/world"
)

// An mm1 is an M/M/1 queue, the usual benchmark for simulators: customers arrive at random, and one server serves them
// in order, each for an exponentially distributed time with a mean of one second. It runs on the event loop of the
// engine model, in a run without alerts.
type mm1 struct {
	world              *world.World
	arrivals, services fakeam.Random
	between, service   float64 // mean times in nanoseconds
	waiting            []int64 // a ring with the arrival times of those in the system; the first is being served
	first, n           int
	coming             int   // customers still to arrive
	inSystem           int64 // nanoseconds from arrival to departure, summed up over all customers
}

type (
	mm1Arrival   mm1
	mm1Departure mm1
)

func (a *mm1Arrival) Happen() {
	q := (*mm1)(a)
	w := q.world
	if q.n == len(q.waiting) {
		q.grow()
	}
	q.waiting[(q.first+q.n)&(len(q.waiting)-1)] = w.Now
	q.n++
	if q.n == 1 {
		q.serve()
	}
	if q.coming--; q.coming > 0 {
		w.Add(w.Now+int64(q.arrivals.Exp()*q.between), world.ClassSend, 0, a)
	}
}

func (d *mm1Departure) Happen() {
	q := (*mm1)(d)
	w := q.world
	q.inSystem += w.Now - q.waiting[q.first]
	q.first = (q.first + 1) & (len(q.waiting) - 1)
	q.n--
	if q.n > 0 {
		q.serve()
	}
}

func (q *mm1) serve() {
	w := q.world
	w.Add(w.Now+int64(q.services.Exp()*q.service), world.ClassResponse, 0, (*mm1Departure)(q))
}

func (q *mm1) grow() {
	ring := make([]int64, max(64, 2*len(q.waiting)))
	n := copy(ring, q.waiting[q.first:])
	copy(ring[n:], q.waiting[:q.first])
	q.waiting, q.first = ring, 0
}

// runMM1 serves customers and returns their mean time in the system, in units of the mean service time. load is the
// share of time during which the server is busy.
func runMM1(tb testing.TB, customers int, load float64, seed uint64) float64 {
	file, err := scenarios.Parse("mm1.yml", []byte("config: {}\ntests: [{name: M/M/1}]\n"))
	require.NoError(tb, err)
	r := newRun(file, file.Tests[0], core.Newest(), seed, nil, Options{})
	require.NoError(tb, r.openModels())
	q := &mm1{
		world:    r.world,
		arrivals: fakeam.NewRandom(seed, "customers", "arrival"), services: fakeam.NewRandom(seed, "server", "service"),
		between: float64(time.Second) / load, service: float64(time.Second), coming: customers,
	}
	r.world.Add(0, world.ClassSend, 0, (*mm1Arrival)(q))
	require.NoError(tb, r.play())
	require.Zero(tb, q.n)
	return float64(q.inSystem) / float64(customers) / float64(time.Second)
}

// The event loop and its random numbers agree with queueing theory: the mean time in an M/M/1 system is 1/(1 − load)
// service times (L. Kleinrock, Queueing Systems I, 1975, section 3.2). The test allows about five standard errors.
func TestKernelAgreesWithQueueingTheory(t *testing.T) {
	const customers = 400_000
	for _, c := range []struct{ load, within float64 }{{0.2, 0.02}, {0.5, 0.04}, {0.8, 0.3}} {
		for seed := range uint64(3) {
			got := runMM1(t, customers, c.load, seed)
			require.InDelta(t, 1/(1-c.load), got, c.within, "load %v, seed %d", c.load, seed)
		}
	}
	require.Equal(t, runMM1(t, 1000, 0.9, 7), runMM1(t, 1000, 0.9, 7))
}

// BenchmarkKernel measures how many customers a second pass an M/M/1 queue with a load of 0.9 on the event loop of the
// engine model. Each customer is two events in the event queue and two exponential random numbers. One operation is a
// million customers.
func BenchmarkKernel(b *testing.B) {
	const customers = 1_000_000
	for b.Loop() {
		runMM1(b, customers, 0.9, 1)
	}
	b.ReportMetric(float64(b.N)*customers/b.Elapsed().Seconds(), "customers/s")
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/customers, "ns/customer")
}
