package scenarios

import (
	"fmt"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// A flag is one of prometheus' command line: its exact name, Prometheus' default, the limits here, and where it goes.
type flag struct {
	name   string
	def    any // int64, bool or time.Duration
	limits string
	set    func(f *Flags, v any)
}

var flags = []flag{
	{"alertmanager.notification-queue-capacity", int64(10_000), "1..10000000", func(f *Flags, v any) { f.QueueCapacity = int(v.(int64)) }},
	{batchSizeFlag, int64(0), "1..1000000", func(f *Flags, v any) { f.BatchSize = int(v.(int64)) }},
	{"alertmanager.drain-notification-queue-on-shutdown", true, "", func(f *Flags, v any) { f.DrainOnShutdown = v.(bool) }},
	{"rules.alert.resend-delay", time.Minute, "0s..366d", func(f *Flags, v any) { f.ResendDelay = v.(time.Duration) }},
}

const batchSizeFlag = "alertmanager.notification-batch-size"

const timeoutFlag = "alertmanager.timeout"

// DefaultFlags returns the flags of a prometheus started without any.
func DefaultFlags() Flags {
	var fs Flags
	for _, f := range flags {
		f.set(&fs, f.def)
	}
	return fs
}

func (c *checker) flags(given flagsDoc) Flags {
	fs := DefaultFlags()
	names := make([]string, len(flags))
	for i, f := range flags {
		names[i] = f.name
	}
next:
	for _, g := range given.Entries {
		for _, f := range flags {
			if f.name == g.Key {
				if v, err := f.read(g.Value.Node); err == nil {
					f.set(&fs, v)
					c.file.flagsAt[f.name] = g.Pos
				} else {
					c.Errorf(g.Value.Pos, "%s is %s; write %s", f.name, strictyaml.KindOf(g.Value.Node), err)
				}
				continue next
			}
		}
		if g.Key == timeoutFlag {
			c.Errorf(g.Pos, "Prometheus has never used the flag %s; write timeout: under alertmanagers: in config", timeoutFlag)
			continue
		}
		c.Errorf(g.Pos, "unknown flag %q; %s", strictyaml.Shorten(g.Key), strictyaml.WriteOneOf(g.Key, names))
	}
	return fs
}

// Set gives a flag another value, as "name=value", with or without the dashes before it. An error says what to write.
func (fs *Flags) Set(s string) error {
	name, text, found := strings.Cut(strings.TrimLeft(s, "-"), "=")
	var names []string
	for _, f := range flags {
		if names = append(names, f.name); f.name != name {
			continue
		}
		if !found {
			return fmt.Errorf("%s has no value; write %s=…", name, name)
		}
		node := yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: text}
		v, err := f.read(&node)
		if err != nil {
			return fmt.Errorf("%s is %q; write %w", name, strictyaml.Shorten(text), err)
		}
		f.set(fs, v)
		return nil
	}
	return fmt.Errorf("unknown flag %q; %s", strictyaml.Shorten(name), strictyaml.WriteOneOf(name, names))
}

// read returns the value at n; an error is what to write.
func (f flag) read(n *yaml.Node) (any, error) {
	switch f.def.(type) {
	case int64:
		return scalarOf[int64](n, f.limits)
	case bool:
		return scalarOf[bool](n, f.limits)
	case time.Duration:
		return scalarOf[time.Duration](n, f.limits)
	}
	panic(fmt.Sprintf("scenarios: no reading for %T", f.def))
}

func scalarOf[T any](n *yaml.Node, limits string) (any, error) {
	var x T
	err := strictyaml.Scalar(n, limits, &x)
	return x, err
}
