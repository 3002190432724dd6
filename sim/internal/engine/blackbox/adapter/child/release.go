//go:build ignore

package main

import (
	"log/slog"
	"reflect"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/notifier"
)

// Releases differ in the parameters of two functions and in the options that exist (two kinds of loggers, a validation
// scheme, a flag). Reflection finds out what this release has, so that one source compiles with all releases and with
// forks.

func newManager(o *notifier.Options) *notifier.Manager {
	return call(notifier.NewManager, o)[0].Interface().(*notifier.Manager)
}

// load parses a configuration. In releases in which the caller decides whether variables are expanded, they are not.
func load(text string) (*config.Config, error) {
	out := call(config.Load, text)
	err, _ := out[1].Interface().(error)
	return out[0].Interface().(*config.Config), err
}

// call calls f with the argument first and with neutral values for all other parameters.
func call(f, first any) []reflect.Value {
	fn := reflect.ValueOf(f)
	args := []reflect.Value{reflect.ValueOf(first)}
	for i := 1; i < fn.Type().NumIn(); i++ {
		args = append(args, neutral(fn.Type().In(i)))
	}
	return fn.Call(args)
}

// neutral returns an argument of type t that has no effect: a silent logger, a name validation that accepts UTF-8, or
// else the zero value.
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
