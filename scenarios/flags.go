package scenarios

import (
	"fmt"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/notifysim/notifysim/scenarios/internal/document"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// DefaultFlags returns the values of the flags when prometheus is started without any flag.
func DefaultFlags() Flags {
	var fs Flags
	for _, f := range document.KnownFlags() {
		fs.set(f.Name, f.Default)
	}
	return fs
}

// Set sets a flag from text of the form "name=value", with or without leading dashes. An error says what to write.
func (fs *Flags) Set(s string) error {
	name, text, found := strings.Cut(strings.TrimLeft(s, "-"), "=")
	f, names := flagOf(name)
	if f == nil {
		return fmt.Errorf("unknown flag %q; %s", strictyaml.Shorten(name), strictyaml.WriteOneOf(name, names))
	}
	if !found {
		return fmt.Errorf("%s has no value; write %s=…", name, name)
	}
	v, err := f.Read(&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: text})
	if err != nil {
		return fmt.Errorf("%s is %q; write %w", name, strictyaml.Shorten(text), err)
	}
	fs.set(name, v)
	return nil
}

// set sets the flag called name. v has the type of its default.
func (fs *Flags) set(name string, v any) {
	switch name {
	case document.QueueCapacityFlag:
		fs.QueueCapacity = int(v.(int64))
	case document.BatchSizeFlag:
		fs.BatchSize = int(v.(int64))
	case document.DrainOnShutdownFlag:
		fs.DrainOnShutdown = v.(bool)
	case document.ResendDelayFlag:
		fs.ResendDelay = v.(time.Duration)
	}
}

// flagOf returns the flag called name, or nil if there is none, and the names of all flags.
func flagOf(name string) (known *document.Flag, names []string) {
	for _, f := range document.KnownFlags() {
		names = append(names, f.Name)
		if f.Name == name {
			known = &f
		}
	}
	return known, names
}
