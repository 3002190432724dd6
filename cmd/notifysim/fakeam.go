package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/cmd/notifysim/internal/report"
	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/fakeam/server"
)

// fakeamFlags are the flags of notifysim fakeam.
type fakeamFlags struct {
	listen, admin, behaviour, output string
	server                           server.Options
	host                             server.HostOptions
}

// fakeamOutputs are the allowed values of --output.
var fakeamOutputs = []string{"auto", "table", "json", "none"}

func fakeamCommand() *cobra.Command {
	var f fakeamFlags
	cmd := &cobra.Command{
		Use:   "fakeam",
		Short: "Serve a fake Alertmanager with faults and latency",
		Long: `Serve a fake Alertmanager. It answers as Alertmanager v0.35 does and shows the requests that arrive: as a live
table on a terminal, otherwise as JSON records, one on each line.

A behaviour file gives it faults and latency. It has the fields of an Alertmanager in a scenario file, and is read again
when it changes:

  latency: {lognormal: {median: 80ms, sigma: 0.4}}
  status: 503
  probability: 0.3

With --admin it also serves an admin endpoint: GET and PUT /behaviour read and change the behaviour, and POST /restart
empties the store.

It runs until it gets SIGINT or SIGTERM, and then exits with 0.`,
		Example: `  notifysim fakeam
  notifysim fakeam --listen 127.0.0.1:9093 --behaviour slow.yml
  notifysim fakeam --admin 127.0.0.1:9094 & curl -X PUT --data 'hang: true' 127.0.0.1:9094/behaviour`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := interruptible(cmd)
			defer stop()
			return f.run(ctx, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.listen, "listen", "127.0.0.1:9093",
		"address to listen on; to let other machines connect, use an address that is not loopback")
	flags.StringVar(&f.admin, "admin", "",
		"loopback address of the admin endpoint, such as 127.0.0.1:9094 (default: no admin endpoint)")
	flags.StringVar(&f.behaviour, "behaviour", "", "YAML file with the behaviour, watched for changes")
	flags.StringVar(&f.output, "output", "auto",
		"table, json, none, or auto, which is table on a terminal and json otherwise")
	cmd.RegisterFlagCompletionFunc("output", completeWords(fakeamOutputs...))
	flags.Uint64Var(&f.server.Seed, "seed", 1, "seed for random latencies and faults")
	flags.BoolVar(&f.server.AcceptV1, "accept-v1", false, "accept POST /api/v1/alerts, as Alertmanager did before 0.27")
	flags.DurationVar(&f.server.Store.ResolveTimeout, "resolve-timeout", fakeam.DefaultResolveTimeout,
		"how long an alert without endsAt is active (Alertmanager's resolve_timeout)")
	flags.IntVar(&f.server.Store.PerAlertname, "alerts.per-alertname-limit", 0,
		"maximum number of stored alerts with the same alertname; 0 is no limit")
	flags.IntVar(&f.server.Store.MaxAlerts, "max-alerts", 1_000_000, "maximum number of stored alerts; 0 is no limit")
	flags.Int64Var(&f.server.MaxBody, "max-body", server.DefaultMaxBody, "maximum size of a request body in bytes")
	flags.IntVar(&f.host.MaxConnections, "max-connections", server.DefaultMaxConnections,
		"maximum number of connections at a time")
	return cmd
}

// run serves until ctx ends or the output cannot be written.
func (f *fakeamFlags) run(ctx context.Context, stdout, stderr io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if f.server.MaxBody <= 0 {
		return fmt.Errorf("--max-body %d: write a number of bytes above 0", f.server.MaxBody)
	}
	if err := checkOutput(f.output, fakeamOutputs...); err != nil {
		return err
	}
	if f.output == "auto" {
		f.output = "json"
		if report.IsTerminal(stdout) {
			f.output = "table"
		}
	}
	arrivals := report.NewArrivals(stdout, cancel)
	switch f.output {
	case "json":
		f.server.Observe = arrivals.WriteJSON
	case "table":
		f.server.Observe = arrivals.Count
	}
	watch := server.BehaviourFile{Path: f.behaviour}
	if f.behaviour != "" {
		b, err := watch.Read()
		if err != nil {
			return codedError{exitUsage, err}
		}
		f.server.Behaviour = b
	}
	f.server.Address, f.server.Version = f.listen, "0.35.0"
	am, err := server.New(f.server)
	if err != nil {
		return err
	}
	host, err := server.Listen(am, f.listen, f.host)
	if err != nil {
		return codedError{exitUsage, err}
	}
	address := host.Addr().String()
	arrivals.Listening(address)
	fmt.Fprintf(stderr, "Listening on http://%s (%s)\n", address, am.Behaviour())
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
				arrivals.Message(line)
			})
		})
	}
	if f.output == "table" {
		running.Go(func() { arrivals.Draw(ctx, am) })
	}
	if err := host.Run(ctx); err != nil {
		return internalErrorf("notifysim fakeam: %w", err)
	}
	return nil
}

// listenLoopback listens on a loopback address, so that other machines cannot connect. It refuses other addresses.
func listenLoopback(address string) (net.Listener, error) {
	a, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("--admin: %w", err)
	}
	if !a.IP.IsLoopback() {
		return nil, fmt.Errorf("--admin %s is not a loopback address; write 127.0.0.1:%d", address, a.Port)
	}
	return net.ListenTCP("tcp", a)
}

// serveAdmin serves the admin endpoint on l until ctx ends.
func serveAdmin(ctx context.Context, l net.Listener, am *server.Server) {
	srv := &http.Server{Handler: server.Admin(am), ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { srv.Close() })
	defer stop()
	_ = srv.Serve(l)
}
