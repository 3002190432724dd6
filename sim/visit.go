package sim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/notifier"
)

// A visit is a request that a manager makes, as its Do sees it.
type visit struct {
	url    string
	body   []byte
	answer chan reply
	x      *exchange
	turn   bool // it began while a drain of its lane held the lock
}

// A reply is what a manager's Do returns for a visit.
type reply struct {
	status int
	err    error
}

var (
	errRefused = errors.New("connection refused")
	errReset   = errors.New("connection reset by peer")
	errExited  = errors.New("the run is over")
)

// do stands for the HTTP client of the manager: it takes the request to the run and waits for what becomes of it.
func (b *bubble) do(ctx context.Context, _ *http.Client, req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	v := &visit{url: req.URL.String(), body: body, answer: make(chan reply, 1)}
	if !b.tell(func() { b.arrived = append(b.arrived, v) }) {
		return nil, errExited
	}
	select {
	case a := <-v.answer:
		if a.err != nil {
			return nil, a.err
		}
		return &http.Response{
			Status: strconv.Itoa(a.status) + " " + http.StatusText(a.status), StatusCode: a.status,
			Body: http.NoBody, Request: req,
		}, nil
	case <-ctx.Done():
		b.tell(func() { b.gaveUp = append(b.gaveUp, v) })
		return nil, ctx.Err()
	}
}

// ended implements exchanger: it answers the manager.
func (b *bubble) ended(x *exchange, o notifier.Outcome, _ time.Duration) {
	b.visits = slices.DeleteFunc(b.visits, func(v *visit) bool { return v == x.visit })
	var a reply
	switch {
	case o == notifier.Cut:
		a.err = errExited
	case x.decision.Verdict == fakeam.Refused:
		a.err = errRefused
	case x.decision.Verdict == fakeam.Reset:
		a.err = errReset
	default:
		a.status = x.decision.Status
	}
	x.visit.answer <- a // nobody reads it if the manager gave up: there is room for one
	if o == notifier.Failed && len(x.late) > 0 && b.now < x.decision.At {
		return // what it still takes is on the agenda already
	}
}

// timeout ends a visit that the manager gave up.
func (b *bubble) timeout(v *visit) {
	if v.x != nil && v.x.engine != nil {
		b.cause = v.x.post
		v.x.end(b.run, notifier.Failed, "timeout")
	}
}

// A posted is an alert as it stands in a body, API v1 or v2.
type posted struct {
	Labels       map[string]string `json:"labels"`
	GeneratorURL string            `json:"generatorURL"`
}

// segments reads a body: which alerts of which sends it carries.
func (b *bubble) segments(l *lane, body []byte) ([]segment, int, error) {
	var alerts []posted
	if err := json.Unmarshal(body, &alerts); err != nil {
		return nil, 0, fmt.Errorf("%s was posted %q: %w", l.am, body, err)
	}
	var segs []segment
	for _, a := range alerts {
		s, place, err := b.origin(a)
		if err != nil {
			return nil, 0, fmt.Errorf("%s was posted %v: %w", l.am, a.Labels, err)
		}
		if rules := notifier.SetRelabeling(l.am.Set); len(rules.Rules) > 0 {
			v := s.variant(l.am.Set, &b.labelSets)
			i, found := slices.BinarySearch(v.places, int32(place))
			if !found {
				return nil, 0, fmt.Errorf("%s was posted %v, which its set drops", l.am, a.Labels)
			}
			s, place = v, i
		}
		if want := b.labelSets.sets[s.number(place)]; !labels.Equal(want, labels.FromMap(a.Labels)) {
			return nil, 0, fmt.Errorf("%s was posted %v instead of %v", l.am, a.Labels, want)
		}
		if n := len(segs); n > 0 && segs[n-1].Send == s && segs[n-1].To == place {
			segs[n-1].To++
		} else {
			segs = append(segs, segment{Send: s, From: place, To: place + 1})
		}
	}
	return segs, len(alerts), nil
}

// An alert's generator URL names the send and the place in it.
const origin = "http://notifysim/"

func originURL(send, place int) string {
	return origin + strconv.Itoa(send) + "/" + strconv.Itoa(place)
}

// origin finds the send of an alert, and the alert's place among those that relabelling left.
func (b *bubble) origin(a posted) (*send, int, error) {
	send, place, ok := strings.Cut(strings.TrimPrefix(a.GeneratorURL, origin), "/")
	n, err1 := strconv.Atoi(send)
	i, err2 := strconv.Atoi(place)
	if !ok || err1 != nil || err2 != nil || n < 0 || n >= len(b.sends) {
		return nil, 0, fmt.Errorf("generator URL %q is of no send", a.GeneratorURL)
	}
	s := b.sends[n]
	kept := s.place(i)
	if kept < 0 {
		return nil, 0, errors.New("alert_relabel_configs drop it")
	}
	return s, kept, nil
}
