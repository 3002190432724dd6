package main

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/notifysim/notifysim/scenarios/internal/discoveries"
)

// An atom is a leaf with a value.
type atom struct {
	leaf  leaf
	value reflect.Value
	term  string
}

// atoms are the leaves with a value each that is not the default; those of enumerations with each value.
func (p *prober) atoms() []atom {
	var list []atom
	for _, l := range p.leaves {
		if choices := p.choicesOf(l); choices != nil {
			for _, w := range choices {
				v, _ := textIn(l.real, w)
				list = append(list, atom{l, v, l.path + "=" + w})
			}
			if strings.Contains(l.path, ".") {
				list = append(list, atom{l, reflect.Zero(l.real), "!" + l.path})
			}
			continue
		}
		v := p.fitting(l)
		if !v.IsValid() {
			v = p.candidates(l)[0]
		}
		list = append(list, atom{l, v, l.path})
	}
	return list
}

// findNeeds finds the fields that need another one, or exclude one of the smallest configuration.
func (p *prober) findNeeds() {
	for _, a := range p.atoms() {
		if _, given := p.least[a.leaf.path]; given || p.choicesOf(a.leaf) != nil || p.formOf(a.leaf) {
			continue
		}
		set := p.start(a.leaf, p.least).and(a.leaf.path, a.value)
		says := p.try(set)
		if says == "" || says == p.httpSays(set) || says == p.predicted(set, p.rules...) {
			continue
		}
		if path := p.needed(set, a.leaf); path != "" {
			p.add(a.term+" !"+path, says, set)
		} else if path := p.excluded(set); path != "" {
			p.add(a.term+" "+path, says, set)
		} else {
			p.unknown = append(p.unknown, a.term+" refused: "+says)
			p.odd = append(p.odd, a.leaf.path)
		}
	}
}

// needed returns the field without which values are refused.
func (p *prober) needed(set values, l leaf) string {
	for _, b := range p.leaves {
		if _, given := set[b.path]; given || b.http && l.http {
			continue
		}
		for _, v := range p.candidates(b) {
			if p.try(set.and(b.path, v)) == "" {
				return b.path
			}
		}
	}
	return ""
}

// excluded returns the field with which values are refused.
func (p *prober) excluded(set values) string {
	for _, path := range sorted(p.least) {
		rest := maps.Clone(set)
		if delete(rest, path); p.try(rest) == "" {
			return path
		}
	}
	return ""
}

// findPairs finds the fields that exclude each other.
func (p *prober) findPairs() {
	atoms := p.atoms()
	for i, a := range atoms {
		for _, b := range atoms[i+1:] {
			if slices.Contains(p.odd, a.leaf.path) || slices.Contains(p.odd, b.leaf.path) {
				continue
			}
			if p.leastOf[a.term] == nil && p.leastOf[b.term] != nil {
				p.findPair(b, a)
			} else {
				p.findPair(a, b)
			}
		}
	}
}

func (p *prober) findPair(a, b atom) {
	base := p.least
	if p.leastOf[a.term] != nil {
		base = p.leastOf[a.term]
	}
	_, first := base[a.leaf.path]
	_, second := base[b.leaf.path]
	if a.leaf.path == b.leaf.path || a.leaf.http && b.leaf.http || first && p.leastOf[a.term] == nil || second {
		return
	}
	first = p.leastOf[a.term] != nil
	alone := p.start(a.leaf, base).and(a.leaf.path, a.value)
	other := p.start(b.leaf, base).and(b.leaf.path, b.value)
	both := p.start(b.leaf, alone).and(b.leaf.path, b.value)
	says := p.try(both)
	if says == "" || says == p.try(alone) || says == p.httpSays(both) || !first && says == p.try(other) {
		return
	}
	if says == p.predicted(both, p.rules...) {
		return
	}
	if first && says == p.try(p.start(b.leaf, p.least).and(b.leaf.path, b.value)) && !p.given(a) {
		return // whatever the enumeration says
	}
	p.add(a.term+" "+b.term, says, both)
}

// given says whether the smallest configuration has the atom, or has the default that it is.
func (p *prober) given(a atom) bool {
	v, ok := p.least[a.leaf.path]
	if !ok {
		v = p.usual(a.leaf.path)
	}
	return v.Type() == a.value.Type() && reflect.DeepEqual(v.Interface(), a.value.Interface())
}

// predicted returns what rules say to a configuration.
func (p *prober) predicted(set values, some ...rule) string {
	var rules []discoveries.Rule
	for _, r := range some {
		rules = append(rules, discoveries.Rule{If: r.cond, Say: r.say})
	}
	fields := reflect.New(p.real).Elem()
	fields.Set(p.defaults)
	for _, path := range sorted(set) {
		put(fields, path, set[path])
	}
	return text(discoveries.Check(fields, p.defaults, rules))
}

// http says whether a field is one of the HTTP client's.
func (p *prober) http(path string) bool {
	return slices.ContainsFunc(p.leaves, func(l leaf) bool { return l.path == path && l.http })
}

// findHTTP finds whether contradictions in the settings of the HTTP client are seen.
func (p *prober) findHTTP() {
	var set values
	for _, l := range p.leaves {
		if l.path == "basic_auth" && l.http || l.path == "bearer_token" && l.http {
			if set == nil {
				set = p.least
			}
			set = set.and(l.path, p.candidates(l)[0])
		}
	}
	if says := p.try(set); set != nil && says != "" && says == p.httpSays(set) {
		p.add("http", "", set)
	}
}

// order puts the rules into the order in which Prometheus looks at them: of two that are broken, it names the first.
func (p *prober) order() {
	for i := range p.rules {
		p.rules[i].error = p.try(p.broken(p.rules[i]))
	}
	first := func(a, b rule) bool {
		both := false
		for _, set := range []values{p.broken(a, b), p.broken(b, a)} {
			if a.with == nil || b.with == nil || a.error == b.error || p.predicted(set, a) == "" || p.predicted(set, b) == "" {
				continue
			}
			if both = p.try(set) == a.error; !both {
				return false
			}
		}
		return both
	}
	var ordered []rule
	for rest := p.rules; len(rest) > 0; {
		next := max(0, slices.IndexFunc(rest, func(r rule) bool {
			return !slices.ContainsFunc(rest, func(other rule) bool { return first(other, r) })
		}))
		ordered = append(ordered, rest[next])
		rest = slices.Delete(slices.Clone(rest), next, next+1)
	}
	p.rules = ordered
}

// broken is the smallest configuration with what breaks all of the rules. If they set a field to different values, the
// first has it.
func (p *prober) broken(rules ...rule) values {
	set := maps.Clone(p.least)
	for _, r := range slices.Backward(rules) {
		for path, v := range r.with {
			if least, ok := p.least[path]; !ok || !reflect.DeepEqual(least.Interface(), v.Interface()) {
				set[path] = v
			}
		}
	}
	for _, r := range rules {
		for _, path := range r.without {
			delete(set, path)
		}
	}
	return set
}

// merge writes rules that differ in one term, and say the same, as one.
func (p *prober) merge() {
	for i := 0; i < len(p.rules); i++ {
		for j := i + 1; j < len(p.rules); {
			cond, ok := together(p.rules[i].cond, p.rules[j].cond)
			if ok && p.rules[i].say == p.rules[j].say {
				p.rules[i].cond, p.rules = cond, slices.Delete(p.rules, j, j+1)
				j = i + 1
			} else {
				j++
			}
		}
	}
	for i, r := range p.rules {
		terms := strings.Fields(r.cond)
		for k, term := range terms {
			names := strings.Split(term, "|")
			if len(names) > 8 && !slices.ContainsFunc(names, func(name string) bool { return !p.http(name) }) {
				terms[k] = "http_client"
			}
		}
		p.rules[i].cond = strings.Join(terms, " ")
	}
}

// together returns the condition that holds when one of two holds.
func together(a, b string) (string, bool) {
	as, bs := strings.Fields(a), strings.Fields(b)
	if len(as) != len(bs) {
		return "", false
	}
	differ := -1
	for i := range as {
		if as[i] == bs[i] {
			continue
		}
		sameKind := strings.Contains(as[i], "=") == strings.Contains(bs[i], "=")
		if differ >= 0 || strings.ContainsAny(as[i]+bs[i], "!:") || !sameKind {
			return "", false
		}
		differ = i
	}
	if differ < 0 {
		return "", false
	}
	path, values, ok := strings.Cut(bs[differ], "=")
	if ok && !strings.HasPrefix(as[differ], path+"=") || as[differ] == "http" || bs[differ] == "http" {
		return "", false
	}
	if ok {
		as[differ] += "|" + values
	} else {
		as[differ] += "|" + path
	}
	return strings.Join(as, " "), true
}
