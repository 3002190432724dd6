package report

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/prometheus/common/model"

	"github.com/notifysim/notifysim/fakeam/server"
)

// Arrivals shows the requests that a fake Alertmanager receives, as JSON or as a table on a terminal. Its methods may
// be called by several goroutines at once.
type Arrivals struct {
	w       io.Writer
	fail    func() // called when w cannot be written
	address string // the host:port on which the Alertmanager listens

	mu       sync.Mutex
	message  string // the last message about the behaviour file, "" for none
	names    map[string]*nameCount
	outcomes map[string]int // number of requests by outcome
}

// A nameCount counts the received alerts with one alertname.
type nameCount struct {
	name                      string
	received, firing, refused int
	last                      time.Time
}

const (
	maxNames      = 1000 // alertnames counted one by one; further ones are counted together
	maxNameRows   = 20   // alertnames shown in the table
	maxNameLength = 50   // in runes
	redrawTable   = 500 * time.Millisecond
)

// NewArrivals returns an Arrivals that writes to w. It calls fail when a write to w fails.
func NewArrivals(w io.Writer, fail func()) *Arrivals {
	return &Arrivals{w: w, fail: fail, names: map[string]*nameCount{}, outcomes: map[string]int{}}
}

// Listening sets the host:port that the table shows as the address of the Alertmanager.
func (s *Arrivals) Listening(address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.address = address
}

// Message sets the line that is shown above the table.
func (s *Arrivals) Message(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.message = line + "\n"
}

type arrivedAlert struct {
	Labels       model.LabelSet `json:"labels"`
	Annotations  model.LabelSet `json:"annotations"`
	StartsAt     time.Time      `json:"startsAt"`
	EndsAt       time.Time      `json:"endsAt"`
	GeneratorURL string         `json:"generatorURL,omitempty"`
	Result       string         `json:"result"`
	Error        string         `json:"error,omitempty"`
}

// WriteJSON writes a request as one JSON object on a line.
func (s *Arrivals) WriteJSON(a server.Arrival) {
	line := struct {
		Time    time.Time      `json:"time"`
		Took    float64        `json:"took_seconds"`
		Remote  string         `json:"remote"`
		Size    int            `json:"bytes"`
		Outcome string         `json:"outcome"`
		Status  int            `json:"status,omitempty"`
		Alerts  []arrivedAlert `json:"alerts"`
	}{a.At, a.Took.Seconds(), a.Remote, a.Size, a.Outcome, a.Status, make([]arrivedAlert, len(a.Alerts))}
	for i, al := range a.Alerts {
		line.Alerts[i] = arrivedAlert{
			al.Labels, al.Annotations, al.StartsAt, al.EndsAt, al.GeneratorURL, a.Results[i].Outcome.String(), "",
		}
		if err := a.Results[i].Err; err != nil {
			line.Alerts[i].Error = err.Error()
		}
	}
	text, err := json.Marshal(line)
	if err == nil {
		_, err = s.w.Write(append(text, '\n'))
	}
	if err != nil {
		s.fail()
	}
}

// Count adds a request to the counts of the table.
func (s *Arrivals) Count(a server.Arrival) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.outcomes[a.Outcome]++
	for i, al := range a.Alerts {
		n := s.count(al.Name())
		n.received++
		n.last = a.At
		if al.EndsAt.After(a.At) {
			n.firing++
		}
		if a.Results[i].Err != nil {
			n.refused++
		}
	}
}

// count returns the counter for an alertname. A new name after the first maxNames shares the counter "(others)".
func (s *Arrivals) count(name string) *nameCount {
	n := s.names[name]
	if n == nil && len(s.names) >= maxNames {
		name = "(others)"
		n = s.names[name]
	}
	if n == nil {
		n = &nameCount{name: name}
		s.names[name] = n
	}
	return n
}

// Draw redraws the table on the terminal at every interval redrawTable until ctx ends.
func (s *Arrivals) Draw(ctx context.Context, am *server.Server) {
	tick := time.NewTicker(redrawTable)
	defer tick.Stop()
	for {
		if _, err := io.WriteString(s.w, "\x1b[H\x1b[2J"+s.table(am)); err != nil {
			s.fail()
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// table returns the text that Draw shows: address, behaviour, requests by outcome, and the alertnames with the most
// alerts.
func (s *Arrivals) table(am *server.Server) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var requests []string
	for outcome, n := range s.outcomes {
		requests = append(requests, fmt.Sprintf("%s %d", outcome, n))
	}
	slices.Sort(requests)
	t := table.NewWriter()
	t.AppendHeader(table.Row{"alertname", "received", "firing", "resolved", "refused", "last"})
	var names []*nameCount
	for _, n := range s.names {
		names = append(names, n)
	}
	slices.SortFunc(names, func(a, b *nameCount) int {
		if a.received != b.received {
			return b.received - a.received
		}
		return strings.Compare(a.name, b.name)
	})
	for _, n := range names[:min(len(names), maxNameRows)] {
		resolved := n.received - n.firing
		t.AppendRow(table.Row{printable(n.name), n.received, n.firing, resolved, n.refused, n.last.Format(time.TimeOnly)})
	}
	return fmt.Sprintf("listening on http://%s\n%sbehaviour: %s\nrequests: %s\nactive alerts: %d\n%s\n",
		s.address, s.message, am.Behaviour(), strings.Join(requests, ", "), am.CountActive(), t.Render())
}

// printable returns the name without characters that control a terminal, cut to maxNameLength.
func printable(name string) string {
	runes := []rune(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, name))
	if len(runes) > maxNameLength {
		runes = append(runes[:maxNameLength-1], '…')
	}
	return string(runes)
}
