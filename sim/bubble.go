package sim

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/notifier"
)

// A manager is a notifier with goroutines of its own: ours, or Prometheus'.
type manager interface {
	ApplyConfig(*config.Config) error
	Run(<-chan map[string][]*targetgroup.Group)
	Stop()
	Alertmanagers() []*url.URL
	// send calls Send with alerts that are made for it alone.
	send([]handed)
	// samples reads its metrics.
	samples() ([]Sample, error)
}

// A handed is an alert as a manager is handed it.
type handed struct {
	labels           labels.Labels
	startsAt, endsAt time.Time
	generatorURL     string
}

// A bubble is an engine that runs a manager in virtual time. It does one thing at a time, and lets the manager settle after each,
// so that what the manager does next is a matter of its rules and not of how its goroutines are scheduled. What cannot be seen
// from outside is inferred (see lane).
type bubble struct {
	*run
	manager manager
	epoch   time.Time
	tsets   chan map[string][]*targetgroup.Group
	sends   []*send         // by the number that their alerts carry
	sets    []*notifier.Set // as our rules have them; what the manager says is compared
	lanes   []*lane
	visits  []*visit // in flight
	priming bool
	state   stage
	// leaving are lanes of Alertmanagers that were removed, being drained one after the other while the manager holds its lock.
	leaving []*lane
	waiting []*send // calls of Send that must not be made until then

	wake    chan struct{}
	mu      sync.Mutex // guards what the manager's goroutines write:
	arrived []*visit
	gaveUp  []*visit
	exited  bool // Run has returned
	closed  bool // the run is over: nobody is answered any more

	steps *atomic.Int64
}

// A stage is how far a bubble has come.
type stage uint8

const (
	stageRuns stage = iota
	stageStops
	stageStopped
)

func newBubble(r *run, steps *atomic.Int64) *bubble {
	return &bubble{run: r, steps: steps, tsets: make(chan map[string][]*targetgroup.Group), wake: make(chan struct{}, 1)}
}

// tell lets a goroutine of the manager write something down and wakes the run. It is false when the run is over.
func (b *bubble) tell(write func()) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return false
	}
	write()
	select {
	case b.wake <- struct{}{}:
	default:
	}
	return true
}

// execute implements subject.
func (b *bubble) execute() error {
	b.epoch = time.Now()
	go func() {
		b.manager.Run(b.tsets)
		b.tell(func() { b.exited = true })
	}()
	settle()
	b.priming = true
	b.targets(0, staticTargets(b.file.Config))
	b.settled()
	b.priming = false
	b.epoch = time.Now()
	for b.err == nil && !b.over && b.advance() {
		b.settled()
	}
	if b.err == nil {
		b.scrape()
		b.final = b.ledger()
	}
	b.shut()
	return b.err
}

// advance goes to the next instant at which something happens, and does what the agenda has there. It is false when nothing will.
func (b *bubble) advance() bool {
	b.steps.Add(1)
	b.cause, b.line = 0, 0
	if b.agenda.empty() {
		if len(b.visits) == 0 && (b.state != stageStops) {
			return false
		}
		<-b.wake // a request that hangs ends by its timeout
		b.tick()
		return true
	}
	next := b.agenda.heap[0].at
	if wait := next - int64(time.Since(b.epoch)); wait > 0 {
		timer := time.NewTimer(time.Duration(wait))
		select {
		case <-timer.C:
		case <-b.wake:
			timer.Stop()
			b.tick()
			return true
		}
	}
	b.tick()
	b.settled() // timeouts come first
	if b.agenda.heap[0].at == b.now && b.err == nil {
		b.cause, b.line = 0, 0
		b.agenda.next().what.act(b.run)
	}
	return true
}

func (b *bubble) tick() { b.now = int64(time.Since(b.epoch)) }

// settled lets the manager go on until it waits, and takes down what it did, again and again until it does nothing.
func (b *bubble) settled() {
	for b.err == nil {
		settle()
		b.mu.Lock()
		arrived, gaveUp, exited := b.arrived, b.gaveUp, b.exited
		b.arrived, b.gaveUp = nil, nil
		b.mu.Unlock()
		if len(arrived) == 0 && len(gaveUp) == 0 && !(exited && b.state == stageStops) {
			if !b.unlock() {
				break
			}
			continue
		}
		sortVisits(gaveUp)
		for _, v := range gaveUp {
			b.timeout(v)
		}
		sortVisits(arrived)
		for _, v := range arrived {
			b.fail(b.receive(v))
		}
		if exited && b.state == stageStops {
			b.exit()
		}
	}
	if len(b.books.dirty) > 0 {
		b.fail(b.books.check(b))
	}
}

// sortVisits orders requests of one instant: by Alertmanager.
func sortVisits(vs []*visit) {
	slices.SortStableFunc(vs, func(a, b *visit) int { return strings.Compare(a.url, b.url) })
}

// receive takes a request in: the Alertmanager decides what becomes of it.
func (b *bubble) receive(v *visit) error {
	if b.priming {
		v.answer <- reply{status: 200}
		return nil
	}
	l := b.lane(v.url)
	if l == nil {
		return fmt.Errorf("%s was posted to, which is no active Alertmanager", v.url)
	}
	batch, n, err := b.segments(l, v.body)
	if err != nil {
		return err
	}
	if err := b.post(l, batch); err != nil {
		return err
	}
	v.turn = l.draining
	v.x = b.arrive(b, l.peer, batch, n)
	v.x.visit = v
	b.visits = append(b.visits, v)
	if at := v.x.decision.At; at < fakeam.Never {
		b.agenda.add(at, classAnswer, l.peer.rank, v.x)
	}
	return nil
}

// applyConfig implements subject.
func (b *bubble) applyConfig(cfg *config.Config) error {
	sets, err := notifier.NewSets(b.release, cfg)
	if err != nil {
		return err
	}
	b.sets = sets
	return b.manager.ApplyConfig(cfg)
}

// offer implements subject, as service discovery does it: it does not wait for the notifier.
func (b *bubble) offer(tsets map[string][]*targetgroup.Group) bool {
	if b.locked() { // Run is busy with the last update
		return false
	}
	b.measure()
	select {
	case b.tsets <- tsets:
	default:
		return false
	}
	b.cause = b.emit(Event{Kind: KindTargets})
	for _, set := range b.sets {
		tgs, ok := tsets[set.Key]
		if !ok {
			continue
		}
		joined, left, errs := set.Sync(tgs)
		for _, err := range errs {
			b.emit(Event{Kind: KindTargets, Note: err.Error()})
		}
		for _, am := range joined {
			b.join(am)
		}
		for _, am := range left {
			b.leave(am)
		}
	}
	b.turn()
	if !b.locked() {
		settle()
		b.compareAlertmanagers()
	}
	return true
}

// compareAlertmanagers compares the active Alertmanagers with what our rules say.
func (b *bubble) compareAlertmanagers() {
	var want, got []string
	for _, set := range b.sets {
		for _, am := range set.Active {
			want = append(want, am.String())
		}
	}
	for _, u := range b.manager.Alertmanagers() {
		got = append(got, u.String())
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(want, got) {
		b.fail(fmt.Errorf("the notifier's Alertmanagers are %v, and by our rules %v", got, want))
	}
}

// anybody implements subject.
func (b *bubble) anybody() bool {
	return slices.ContainsFunc(b.sets, func(s *notifier.Set) bool { return len(s.Active) > 0 })
}

// holds implements subject.
func (b *bubble) holds(p *peer) (queued, inFlight int64) {
	for _, l := range b.lanes {
		if l.peer == p {
			queued += int64(l.queued())
		}
	}
	for _, v := range b.visits {
		if v.x.peer == p {
			inFlight += int64(v.x.n)
		}
	}
	return queued, inFlight
}

// open implements subject.
func (b *bubble) open(each func(segment)) {
	for _, l := range b.lanes {
		for _, seg := range l.waiting {
			each(seg)
		}
	}
	for _, v := range b.visits {
		for _, seg := range v.x.batch {
			each(seg)
		}
	}
}

// samples implements subject.
func (b *bubble) samples() ([]Sample, error) { return b.manager.samples() }
