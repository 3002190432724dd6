package main

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/prometheus/common/config"
)

const impossible = "impossible"

// A rule and how to break it alone: the fields to set, and those of the smallest configuration to leave out.
type rule struct {
	cond, say string
	with      values
	without   []string
	error     string // what Prometheus says then
}

type (
	values       map[string]reflect.Value // by path
	enumerations map[reflect.Type][]string
)

// and returns the values with one more.
func (v values) and(path string, value reflect.Value) values {
	more := maps.Clone(v)
	if more == nil {
		more = values{}
	}
	more[path] = value
	return more
}

// findValues finds what an enumeration accepts.
func (s *shape) findValues(words []string) {
	try := func(word string) string {
		return text(reflect.New(s.real).Interface().(unmarshaler).UnmarshalYAML(func(v any) error {
			reflect.ValueOf(v).Elem().SetString(word)
			return nil
		}))
	}
	s.refusal = strings.ReplaceAll(try(impossible), impossible, "{value}")
	for _, w := range words {
		if s.refusal != "" && try(w) == "" {
			s.values = append(s.values, w)
		}
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// A prober finds the rules of a configuration by trying values.
type prober struct {
	*shape
	words   []string
	samples map[string][]string
	values  enumerations
	leaves  []leaf
	odd     []string            // fields that refuse values for a reason that was not found
	least   values              // the smallest configuration that is accepted
	choices map[string][]string // the values of enumerations, by path
	leastOf map[string]values   // the smallest configuration with a value of an enumeration, by path=value
}

// try returns what Prometheus says to a configuration, or "".
func (p *prober) try(set values) string {
	return text(reflect.New(p.real).Interface().(unmarshaler).UnmarshalYAML(func(v any) error {
		fields := reflect.ValueOf(v).Elem()
		for _, path := range sorted(set) {
			put(fields, path, set[path])
		}
		return nil
	}))
}

// httpSays returns what the settings of the HTTP client alone are refused with.
func (p *prober) httpSays(set values) string {
	fields := reflect.New(p.real).Elem()
	fields.Set(p.defaults)
	for path, v := range set {
		put(fields, path, v)
	}
	for i := range fields.NumField() {
		if c, ok := fields.Field(i).Addr().Interface().(*config.HTTPClientConfig); ok {
			return text(c.Validate())
		}
	}
	return ""
}

// usual is the default of a leaf, if it stands in no list.
func (p *prober) usual(path string) reflect.Value {
	v := p.defaults
	for step := range strings.SplitSeq(path, ".") {
		if v = named(v, step); v.Kind() == reflect.Slice || v.Kind() == reflect.Pointer {
			break
		}
	}
	return v
}

// candidates are values to try for a leaf, that are not its default.
func (p *prober) candidates(l leaf) []reflect.Value {
	usual := p.usual(l.path)
	if usual.IsValid() && usual.Type() != l.real {
		usual = reflect.Value{}
	}
	words, known := p.values[elem(l.real)]
	if !known {
		words = p.choices[l.path]
	}
	if !known && words == nil {
		words = slices.Concat(p.samples[l.path], []string{impossible, "http://a.example/x.json", "/x.json"}, p.words)
	}
	var list []reflect.Value
	for _, w := range words {
		if v, ok := textIn(l.real, w); ok && !(usual.IsValid() && reflect.DeepEqual(usual.Interface(), v.Interface())) {
			list = append(list, v)
		}
	}
	if _, ok := textIn(l.real, ""); !ok {
		list = append(list, other(l.real, usual))
	}
	return list
}

// quotes says whether a message is about the value.
func quotes(message string, v reflect.Value) bool {
	for v.Kind() == reflect.Slice && v.Len() > 0 {
		v = v.Index(0)
	}
	return v.Kind() == reflect.String && strings.Contains(message, v.String())
}

// add adds a rule unless there is one with the same condition.
func (p *prober) add(cond, message string, with values, without ...string) {
	if !slices.ContainsFunc(p.rules, func(r rule) bool { return r.cond == cond }) {
		p.rules = append(p.rules, rule{cond, message, with, without, ""})
	}
}

func (p *prober) findRules() {
	p.leaves, p.choices = leaves(p.real, "", false), map[string][]string{}
	p.least, p.rules = p.complete(nil)
	for _, l := range p.leaves {
		p.findForms(l)
		p.findEnumeration(l)
	}
	p.findConditions()
	p.findItems()
	p.findNeeds()
	p.findPairs()
	p.findHTTP()
	p.merge()
	p.order()
}

func (p *prober) choicesOf(l leaf) []string {
	if words, ok := p.values[elem(l.real)]; ok {
		return words
	}
	return p.choices[l.path]
}

// complete adds what is required to the values, one after the other, and returns the rules that say so.
func (p *prober) complete(set values) (values, []rule) {
	set = set.and("", reflect.Value{})
	delete(set, "")
	var rules []rule
	for range 20 {
		message := p.try(set)
		if message == "" {
			return set, rules
		}
		path, v := p.required(set, message)
		if path == "" {
			p.unknown = append(p.unknown, fmt.Sprint(sorted(set), " refused: ", message))
			return nil, nil
		}
		terms := "!" + path
		for _, l := range p.leaves {
			if _, given := set[l.path]; given || l.path == path || p.choicesOf(l) != nil || !p.usual(l.path).IsZero() {
				continue
			}
			for _, w := range p.candidates(l) {
				after, full := p.try(set.and(l.path, w)), p.try(set.and(path, v))
				if after == full && after != message {
					terms += " !" + l.path
					break
				}
			}
		}
		rules = append(rules, rule{terms, message, maps.Clone(set), []string{path}, ""})
		set[path] = v
	}
	return nil, nil
}

// findConditions finds what is required only with some values of an enumeration.
func (p *prober) findConditions() {
	p.leastOf = map[string]values{}
	for _, l := range p.leaves {
		choices := p.choicesOf(l)
		if choices == nil || strings.Contains(l.path, ".") {
			continue
		}
		with := map[string][]string{} // the values, by rule
		messages := map[string]rule{}
		for _, w := range choices {
			v, _ := textIn(l.real, w)
			set, rules := p.complete(values{l.path: v})
			if set == nil {
				continue
			}
			p.leastOf[l.path+"="+w] = set
			for _, r := range rules {
				with[r.cond] = append(with[r.cond], w)
				messages[r.cond] = r
			}
		}
		for i, r := range p.rules {
			if _, both := with[r.cond]; both && len(with[r.cond]) < len(choices) {
				p.rules[i].cond = l.path + "=" + strings.Join(with[r.cond], "|") + " " + r.cond
			}
			delete(with, r.cond)
		}
		for _, cond := range sorted(with) {
			r := messages[cond]
			p.add(l.path+"="+strings.Join(with[cond], "|")+" "+cond, r.say, r.with, r.without...)
		}
	}
}

// required finds the field that a message asks for, and a value of it.
func (p *prober) required(set values, message string) (path string, value reflect.Value) {
	for _, l := range p.leaves {
		if _, given := set[l.path]; given || !p.usual(l.path).IsZero() {
			continue
		}
		for _, v := range p.candidates(l) {
			switch after := p.try(set.and(l.path, v)); {
			case after == "":
				return l.path, v
			case path == "" && after != message && !quotes(after, v):
				path, value = l.path, v
			}
		}
	}
	return path, value
}
