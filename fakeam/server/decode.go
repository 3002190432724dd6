package server

import (
	"bytes"
	"io"
	"unicode/utf8"

	"github.com/go-openapi/runtime"
	"github.com/go-openapi/strfmt"
	"github.com/prometheus/alertmanager/api/v2/models"
)

// consumer reads bodies as the generated code does. It knows the usual shape of alerts, as Prometheus writes them, and decodes that
// several times faster; whatever else there is, be it right or wrong, it leaves to the generated decoder.
var consumer = runtime.ConsumerFunc(func(r io.Reader, into any) error {
	list, ok := into.(*models.PostableAlerts)
	if !ok {
		return generated.Consume(r, into)
	}
	body, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if d := (decoder{text: body, words: map[string]string{}}); d.alerts() {
		*list = d.list
		return nil
	}
	return generated.Consume(bytes.NewReader(body), into)
})

var generated = runtime.JSONConsumer()

// A decoder reads the usual shape: an array of objects, each with some of the five fields of an alert once, all strings without
// escapes. Its methods report whether they found that.
type decoder struct {
	text  []byte // what is left
	list  models.PostableAlerts
	words map[string]string // names of labels, each once
	last  [2]struct {
		text string
		time strfmt.DateTime
	} // the times of the alert before, which are mostly those of the next one
}

func (d *decoder) alerts() bool {
	if !utf8.Valid(d.text) || !d.next('[') || d.next(']') {
		return false
	}
	for {
		a := &models.PostableAlert{}
		if !d.alert(a) {
			return false
		}
		d.list = append(d.list, a)
		if !d.next(',') {
			break
		}
	}
	return d.next(']') && len(bytes.Trim(d.text, " \t\r\n")) == 0
}

func (d *decoder) alert(a *models.PostableAlert) bool {
	seen := 0
	return d.members(func(name []byte) bool {
		field, ok := 0, false
		switch string(name) {
		case "labels":
			field, ok = 1, a.Labels == nil && d.labels(&a.Labels)
		case "annotations":
			field, ok = 2, a.Annotations == nil && d.labels(&a.Annotations)
		case "startsAt":
			field, ok = 4, d.time(0, &a.StartsAt)
		case "endsAt":
			field, ok = 8, d.time(1, &a.EndsAt)
		case "generatorURL":
			var url []byte
			url, ok = d.word()
			field, a.GeneratorURL = 16, strfmt.URI(url)
		}
		again := seen&field != 0
		seen |= field
		return ok && !again
	})
}

// members reads an object and calls value after each name.
func (d *decoder) members(value func(name []byte) bool) bool {
	if !d.next('{') {
		return false
	}
	if d.next('}') {
		return true
	}
	for {
		name, ok := d.word()
		if !ok || !d.next(':') || !value(name) {
			return false
		}
		if !d.next(',') {
			return d.next('}')
		}
	}
}

func (d *decoder) labels(into *models.LabelSet) bool {
	set := models.LabelSet{}
	*into = set
	return d.members(func(name []byte) bool {
		value, ok := d.word()
		key, known := d.words[string(name)]
		if !known {
			key = string(name)
			d.words[key] = key
		}
		set[key] = string(value)
		return ok
	})
}

func (d *decoder) time(which int, into *strfmt.DateTime) bool {
	text, ok := d.word()
	if !ok {
		return false
	}
	last := &d.last[which]
	if last.text != string(text) || last.text == "" {
		var err error
		if last.time, err = strfmt.ParseDateTime(string(text)); err != nil || len(text) == 0 {
			return false
		}
		last.text = string(text)
	}
	*into = last.time
	return true
}

// next passes white space, and the character if it comes then.
func (d *decoder) next(c byte) bool {
	for len(d.text) > 0 && (d.text[0] == ' ' || d.text[0] == '\n' || d.text[0] == '\t' || d.text[0] == '\r') {
		d.text = d.text[1:]
	}
	if len(d.text) == 0 || d.text[0] != c {
		return false
	}
	d.text = d.text[1:]
	return true
}

// word reads a string without escapes.
func (d *decoder) word() ([]byte, bool) {
	if !d.next('"') {
		return nil, false
	}
	for i, c := range d.text {
		switch {
		case c == '"':
			word := d.text[:i]
			d.text = d.text[i+1:]
			return word, true
		case c == '\\' || c < ' ':
			return nil, false
		}
	}
	return nil, false
}
