package main

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/notifysim/notifysim/scenarios/internal/discoveries"
)

// findForms finds which values a leaf refuses.
func (p *prober) findForms(l leaf) {
	if p.choicesOf(l) != nil && !strings.Contains(l.path, ".") && !p.usual(l.path).IsZero() {
		none := p.least.and(l.path, reflect.Zero(l.real))
		if says := p.try(none); says != "" {
			p.add("!"+l.path, says, none)
		}
	}
	if p.choicesOf(l) != nil || l.http {
		return
	}
	if k := l.real.Kind(); k == reflect.Int || k == reflect.Int64 {
		zero, below := reflect.New(l.real).Elem(), reflect.New(l.real).Elem()
		below.SetInt(-1)
		set := p.start(l, p.least).and(l.path, below)
		if says := p.try(set); says != "" && p.try(set.and(l.path, zero)) != "" {
			p.add(l.path+":not-positive", strings.ReplaceAll(says, fmt.Sprint(below), "{value}"), set)
		}
		return
	}
	if _, ok := textIn(l.real, ""); !ok {
		return
	}
	for _, form := range sorted(discoveries.Forms) {
		examples := discoveries.Forms[form].Wrong
		scalar := l.real.Kind() == reflect.String
		if !p.accepts(l, discoveries.Forms[form].Right) && (form != "empty" || !scalar || p.usual(l.path).IsZero()) {
			continue
		}
		if form == "empty" && scalar && (p.required1(l.path) || p.formOf(l)) {
			continue
		}
		says := ""
		for i, text := range examples {
			v, _ := textIn(l.real, text)
			said := p.try(p.start(l, p.least).and(l.path, v))
			if said == "" || form == "blank" && i > 0 && said != says {
				says = ""
				break
			}
			if i == 0 {
				says = said
			}
		}
		if says == "" {
			continue
		}
		v, _ := textIn(l.real, examples[0])
		if err := discoveries.WrongForm(form, examples[0]); strings.Contains(says, err.Error()) {
			says = strings.ReplaceAll(says, err.Error(), "{error}")
		}
		if examples[0] != "" {
			says = strings.ReplaceAll(says, examples[0], "{value}")
		}
		says = strings.ReplaceAll(says, "[0]", "[{index}]")
		set, cond := p.start(l, p.least).and(l.path, v), l.path+":"+form
		if form == "empty" && scalar {
			cond = "!" + l.path
			if instead := p.needed(set, l); instead != "" {
				cond += " !" + instead
			}
		}
		p.add(cond, says, set)
	}
}

// accepts says whether a leaf accepts one of the texts.
func (p *prober) accepts(l leaf, texts []string) bool {
	return slices.ContainsFunc(texts, func(text string) bool {
		v, _ := textIn(l.real, text)
		return p.try(p.start(l, p.least).and(l.path, v)) == ""
	})
}

// required1 says whether a rule refuses an empty leaf.
func (p *prober) required1(path string) bool {
	for _, r := range p.rules {
		if slices.Contains(strings.Fields(r.cond), "!"+path) {
			return true
		}
	}
	return false
}

// start is a configuration with what an item of a list needs beside a leaf.
func (p *prober) start(l leaf, set values) values {
	list, _, nested := cutLast(l.path)
	if !nested {
		return set
	}
	for _, m := range p.leaves {
		if choices := p.choicesOf(m); choices != nil && m.path != l.path && strings.HasPrefix(m.path, list+".") {
			for _, w := range choices {
				if v, _ := textIn(m.real, w); p.try(set.and(m.path, v)) == "" {
					set = set.and(m.path, v)
					break
				}
			}
		}
	}
	return set
}

func cutLast(path string) (before, after string, ok bool) {
	if i := strings.LastIndex(path, "."); i >= 0 {
		return path[:i], path[i+1:], true
	}
	return path, "", false
}

// findEnumeration finds the texts that a leaf accepts, when it refuses others and no form says why.
func (p *prober) findEnumeration(l leaf) {
	v, ok := textIn(l.real, impossible)
	_, known := p.values[elem(l.real)]
	if !ok || known || l.http {
		return
	}
	refusal := p.try(p.start(l, p.least).and(l.path, v))
	if refusal == "" || strings.Contains(l.path, ".") && !strings.Contains(refusal, impossible) || p.fixed(l) {
		return
	}
	for _, r := range p.rules {
		if strings.HasPrefix(r.cond, l.path+":") {
			return
		}
	}
	var accepted []string
	for _, w := range p.words {
		v, _ := textIn(l.real, w)
		if p.try(p.start(l, p.least).and(l.path, v)) != strings.ReplaceAll(refusal, impossible, w) {
			accepted = append(accepted, w)
		}
	}
	if accepted == nil || len(accepted) > 20 {
		p.unknown = append(p.unknown, fmt.Sprintf("%s=%s refused: %s", l.path, impossible, refusal))
		return
	}
	p.choices[l.path] = accepted
	p.add(l.path+"!="+strings.Join(accepted, "|"), strings.ReplaceAll(refusal, impossible, "{value}"),
		p.start(l, p.least).and(l.path, v))
}

// fixed says whether a leaf conflicts with another one, whatever its value is.
func (p *prober) fixed(l leaf) bool {
	for path := range p.least {
		rest := maps.Clone(p.least)
		delete(rest, path)
		v, _ := textIn(l.real, impossible)
		if path != l.path && p.try(rest.and(l.path, v)) == "" {
			return true
		}
	}
	return false
}

// findItems finds what the items of lists must have, and must not have twice.
func (p *prober) findItems() {
	for _, l := range p.leaves {
		list, _, nested := strings.Cut(l.path, ".")
		if !nested || named(p.defaults, list).Kind() != reflect.Slice {
			continue
		}
		set := p.least
		for _, m := range p.leaves {
			if c := p.fitting(m); strings.HasPrefix(m.path, list+".") && c.IsValid() {
				set = set.and(m.path, c)
			}
		}
		if p.try(set) != "" {
			p.unknown = append(p.unknown, list+" refused: "+p.try(set))
			continue
		}
		if says := p.try(set.and(l.path, reflect.Zero(l.real))); says != "" && p.choicesOf(l) == nil && !p.formOf(l) {
			p.add("!"+l.path, says, set.and(l.path, reflect.Zero(l.real)))
		}
		again := set.and(l.path+twice, set[l.path])
		if says := p.try(again); says != "" && strings.Contains(says, fmt.Sprint(set[l.path])) {
			p.add(l.path+twice, strings.ReplaceAll(says, fmt.Sprint(set[l.path]), "{value}"), again)
		}
	}
}

func (p *prober) formOf(l leaf) bool {
	for _, r := range p.rules {
		if strings.HasPrefix(r.cond, l.path+":") {
			return true
		}
	}
	return false
}

// fitting returns a value of a leaf that is accepted alone.
func (p *prober) fitting(l leaf) reflect.Value {
	for _, c := range p.candidates(l) {
		if p.try(p.start(l, p.least).and(l.path, c)) == "" {
			return c
		}
	}
	return reflect.Value{}
}
