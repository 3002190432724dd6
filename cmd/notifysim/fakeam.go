package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
	"unicode"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/prometheus/common/model"
	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/fakeam/server"
)

// fakeamFlags are the flags of notifysim fakeam.
type fakeamFlags struct {
	listen, admin, behaviour, output string
	server                           server.Options
	host                             server.HostOptions
}

func fakeamCommand() *cobra.Command {
	var f fakeamFlags
	cmd := &cobra.Command{
		Use:   "fakeam",
		Short: "Serve a fake Alertmanager that misbehaves when told to",
		Long: `Serve a fake Alertmanager. It answers as a real one of v0.34 does and shows what arrives:
a live table on a terminal, otherwise one JSON record a line for each request.

A behaviour file says how it misbehaves, in the words of a scenario file; it is read again when it changes:

  latency: {lognormal: {median: 80ms, sigma: 0.4}}
  status: 503
  probability: 0.3

With --admin, GET and PUT /behaviour read and change the behaviour, and POST /restart empties the store.`,
		Example: `  notifysim fakeam
  notifysim fakeam --listen 127.0.0.1:9093 --behaviour slow.yml
  notifysim fakeam --admin 127.0.0.1:9094 & curl -X PUT --data 'hang: true' 127.0.0.1:9094/behaviour`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return f.run(ctx, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.listen, "listen", "127.0.0.1:9093", "address to listen on; other machines reach it only if it is not a loopback address")
	flags.StringVar(&f.admin, "admin", "", "loopback address of the admin endpoint, such as 127.0.0.1:9094; none without it")
	flags.StringVar(&f.behaviour, "behaviour", "", "YAML file with the behaviour, watched for changes")
	flags.StringVar(&f.output, "output", "auto", "table, json, none, or auto: a table on a terminal and JSON otherwise")
	flags.Uint64Var(&f.server.Seed, "seed", 1, "seed of what is random in the behaviour")
	flags.BoolVar(&f.server.AcceptV1, "accept-v1", false, "take POST /api/v1/alerts, as Alertmanager did before 0.27")
	flags.DurationVar(&f.server.Store.ResolveTimeout, "resolve-timeout", fakeam.DefaultResolveTimeout, "life of an alert without an end (resolve_timeout)")
	flags.IntVar(&f.server.Store.PerAlertname, "alerts.per-alertname-limit", 0, "most alerts of one alertname; 0 is no limit")
	flags.IntVar(&f.server.Store.MaxAlerts, "max-alerts", 1_000_000, "most alerts stored; 0 is no limit")
	flags.Int64Var(&f.server.MaxBody, "max-body", server.DefaultMaxBody, "longest request body in bytes")
	flags.IntVar(&f.host.MaxConnections, "max-connections", server.DefaultMaxConnections, "most connections at once")
	return cmd
}

// run serves until the context ends or the output cannot be written.
func (f *fakeamFlags) run(ctx context.Context, stdout, stderr io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if f.server.MaxBody <= 0 {
		return fmt.Errorf("--max-body %d: write how many bytes, above 0", f.server.MaxBody)
	}
	if f.output == "auto" {
		f.output = "json"
		if isTerminal(stdout) {
			f.output = "table"
		}
	}
	show := &arrivals{out: stdout, stop: cancel, names: map[string]*seenName{}, outcomes: map[string]int{}}
	switch f.output {
	case "json":
		f.server.Observe = show.record
	case "table":
		f.server.Observe = show.add
	case "none":
	default:
		return fmt.Errorf("--output %q: write auto, table, json or none", f.output)
	}
	watch := server.BehaviourFile{Path: f.behaviour}
	if f.behaviour != "" {
		b, err := watch.Read()
		if err != nil {
			return codedError{exitUsage, err}
		}
		f.server.Behaviour = b
	}
	f.server.Address, f.server.Version = f.listen, "0.34.0"
	am, err := server.New(f.server)
	if err != nil {
		return err
	}
	host, err := server.Listen(am, f.listen, f.host)
	if err != nil {
		return codedError{exitUsage, err}
	}
	show.at = host.Addr().String()
	fmt.Fprintf(stderr, "Listening on http://%s (%s)\n", show.at, am.Behaviour())
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	if f.admin != "" {
		admin, err := listenLoopback(f.admin)
		if err != nil {
			return codedError{exitUsage, err}
		}
		fmt.Fprintf(stderr, "Admin endpoint on http://%s/behaviour\n", admin.Addr())
		running.Go(func() { serveAdmin(ctx, admin, am) })
	}
	if f.behaviour != "" {
		running.Go(func() {
			watch.Follow(ctx, am, func(line string) {
				fmt.Fprintln(stderr, line)
				show.say(line)
			})
		})
	}
	if f.output == "table" {
		running.Go(func() { show.draw(ctx, am) })
	}
	return host.Run(ctx)
}

// listenLoopback listens where no other machine can reach.
func listenLoopback(address string) (net.Listener, error) {
	a, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("--admin: %w", err)
	}
	if !a.IP.IsLoopback() {
		return nil, fmt.Errorf("--admin %s is no loopback address; write 127.0.0.1:%d", address, a.Port)
	}
	return net.ListenTCP("tcp", a)
}

// serveAdmin serves the admin endpoint until the context ends.
func serveAdmin(ctx context.Context, l net.Listener, am *server.Server) {
	srv := &http.Server{Handler: server.Admin(am), ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { srv.Close() })
	defer stop()
	_ = srv.Serve(l)
}

// arrivals show what arrives.
type arrivals struct {
	out  io.Writer
	stop func()
	at   string // where the Alertmanager listens

	said     string // the last line about the behaviour, which the table would wipe away
	mu       sync.Mutex
	names    map[string]*seenName
	outcomes map[string]int
}

type seenName struct {
	name                      string
	received, firing, refused int
	last                      time.Time
}

// record writes a line.
func (s *arrivals) record(a server.Arrival) {
	type alertRecord struct {
		Labels       model.LabelSet `json:"labels"`
		Annotations  model.LabelSet `json:"annotations"`
		StartsAt     time.Time      `json:"startsAt"`
		EndsAt       time.Time      `json:"endsAt"`
		GeneratorURL string         `json:"generatorURL,omitempty"`
		Result       string         `json:"result"`
		Error        string         `json:"error,omitempty"`
	}
	line := struct {
		Time    time.Time     `json:"time"`
		Took    float64       `json:"took_seconds"`
		Remote  string        `json:"remote"`
		Size    int           `json:"bytes"`
		Outcome string        `json:"outcome"`
		Status  int           `json:"status,omitempty"`
		Alerts  []alertRecord `json:"alerts"`
	}{a.At, a.Took.Seconds(), a.Remote, a.Size, a.Outcome, a.Status, make([]alertRecord, len(a.Alerts))}
	for i, al := range a.Alerts {
		line.Alerts[i] = alertRecord{
			al.Labels, al.Annotations, al.StartsAt, al.EndsAt, al.GeneratorURL, a.Results[i].Outcome.String(), "",
		}
		if err := a.Results[i].Err; err != nil {
			line.Alerts[i].Error = err.Error()
		}
	}
	text, err := json.Marshal(line)
	if err == nil {
		_, err = s.out.Write(append(text, '\n'))
	}
	if err != nil {
		s.stop()
	}
}

// say shows a line in the table.
func (s *arrivals) say(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said = line + "\n"
}

// plainName is an alertname as a terminal may show it: without what it would obey, and not too long.
func plainName(name string) string {
	const most = 50
	shown := []rune(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, name))
	if len(shown) > most {
		shown = append(shown[:most-1], '…')
	}
	return string(shown)
}

// mostNames is how many alertnames the table tells apart.
const mostNames = 1000

// add counts what the table shows.
func (s *arrivals) add(a server.Arrival) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.outcomes[a.Outcome]++
	for i, al := range a.Alerts {
		name := al.Name()
		n := s.names[name]
		if n == nil {
			if len(s.names) >= mostNames {
				name = "(others)"
			}
			if n = s.names[name]; n == nil {
				n = &seenName{name: name}
				s.names[name] = n
			}
		}
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

// draw draws the table anew every half second until the context ends.
func (s *arrivals) draw(ctx context.Context, am *server.Server) {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		if _, err := io.WriteString(s.out, "\x1b[H\x1b[2J"+s.table(am)); err != nil {
			s.stop()
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// table is the behaviour, the requests by outcome, and the 20 alertnames of which the most alerts came.
func (s *arrivals) table(am *server.Server) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var requests []string
	for outcome, n := range s.outcomes {
		requests = append(requests, fmt.Sprintf("%s %d", outcome, n))
	}
	slices.Sort(requests)
	t := table.NewWriter()
	t.AppendHeader(table.Row{"alertname", "received", "firing", "resolved", "refused", "last"})
	var names []*seenName
	for _, n := range s.names {
		names = append(names, n)
	}
	slices.SortFunc(names, func(a, b *seenName) int {
		if a.received != b.received {
			return b.received - a.received
		}
		return strings.Compare(a.name, b.name)
	})
	for _, n := range names[:min(len(names), 20)] {
		t.AppendRow(table.Row{plainName(n.name), n.received, n.firing, n.received - n.firing, n.refused, n.last.Format(time.TimeOnly)})
	}
	return fmt.Sprintf("listening on http://%s\n%sbehaviour: %s\nrequests: %s\nactive alerts: %d\n%s\n",
		s.at, s.said, am.Behaviour(), strings.Join(requests, ", "), am.CountActive(), t.Render())
}
