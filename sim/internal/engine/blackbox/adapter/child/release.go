//go:build ignore

package main

import (
	"log/slog"
	"reflect"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/notifier"
)

// Releases differ in which parameters two functions take and which options there are (loggers of two kinds, a
// validation scheme, a flag). What this release has is found by reflection, so that one source compiles with all of
// them, forks included.

func newManager(o *notifier.Options) *notifier.Manager {
	return call(notifier.NewManager, o)[0].Interface().(*notifier.Manager)
}

// load reads a configuration. Variables are not expanded where that is a choice.
func load(text string) (*config.Config, error) {
	out := call(config.Load, text)
	err, _ := out[1].Interface().(error)
	return out[0].Interface().(*config.Config), err
}

// call calls f with a first argument and, for the parameters after it, what stands for nothing in particular.
func call(f, first any) []reflect.Value {
	fn := reflect.ValueOf(f)
	args := []reflect.Value{reflect.ValueOf(first)}
	for i := 1; i < fn.Type().NumIn(); i++ {
		args = append(args, neutral(fn.Type().In(i)))
	}
	return fn.Call(args)
}

// neutral is an argument of type t: a logger that is silent, validation of names that lets UTF-8 pass, otherwise a zero
// value.
func neutral(t reflect.Type) reflect.Value {
	if t == reflect.TypeFor[*slog.Logger]() {
		return reflect.ValueOf(slog.New(slog.DiscardHandler))
	}
	v := reflect.New(t)
	if scheme, ok := v.Interface().(interface{ Set(string) error }); ok {
		if err := scheme.Set("utf8"); err != nil {
			panic(err)
		}
	}
	return v.Elem()
}

// setField sets a field of the options, and reports whether the release has it.
func setField(o *notifier.Options, name string, value any) bool {
	f := reflect.ValueOf(o).Elem().FieldByName(name)
	if f.IsValid() {
		f.Set(reflect.ValueOf(value))
	}
	return f.IsValid()
}
