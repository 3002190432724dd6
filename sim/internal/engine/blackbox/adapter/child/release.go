//go:build ignore

package main

import (
	"crypto/md5"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/labels"
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

// setExternalLabels sets the external labels, which are alternating names and values. Up to v2.8 they were a
// model.LabelSet.
func setExternalLabels(cfg *config.Config, pairs []string) {
	field := reflect.ValueOf(&cfg.GlobalConfig.ExternalLabels).Elem()
	if field.Type() != reflect.TypeFor[model.LabelSet]() {
		field.Set(reflect.ValueOf(labels.FromStrings(pairs...)))
		return
	}
	set := model.LabelSet{}
	for i := 0; i < len(pairs); i += 2 {
		set[model.LabelName(pairs[i])] = model.LabelValue(pairs[i+1])
	}
	field.Set(reflect.ValueOf(set))
}

// setKeys returns the keys of the sets in releases in which it is a hash of the configuration: those up to v2.14, in
// which the configurations of sets are a list without the method ToMap. Of sets with the same key the last one counts.
func setKeys(cfg *config.Config) map[string]string {
	list := reflect.ValueOf(cfg.AlertingConfig.AlertmanagerConfigs)
	if _, ok := list.Type().MethodByName("ToMap"); ok {
		return nil
	}
	keys, last := map[string]string{}, map[string]string{}
	for i := range list.Len() {
		text, err := json.Marshal(list.Index(i).Interface())
		if err != nil {
			continue // ApplyConfig fails
		}
		hash := fmt.Sprintf("%x", md5.Sum(text))
		delete(keys, last[hash])
		last[hash] = fmt.Sprintf("config-%d", i)
		keys[last[hash]] = hash
	}
	return keys
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
