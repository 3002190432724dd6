package server

import (
	"bytes"
	"io"
	"unicode/utf8"

	"github.com/go-openapi/runtime"
	"github.com/go-openapi/strfmt"
	"github.com/prometheus/alertmanager/api/v2/models"
)

// jsonConsumer decodes request bodies as the generated code does. Alerts in the form that Prometheus writes are
// decoded by decoder, several times faster; everything else, valid or not, is left to the generated consumer.
var jsonConsumer = runtime.ConsumerFunc(func(r io.Reader, into any) error {
	list, ok := into.(*models.PostableAlerts)
	if !ok {
		return generatedConsumer.Consume(r, into)
	}
	body, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if d := (decoder{text: body, names: map[string]string{}}); d.alerts() {
		*list = d.list
		return nil
	}
	return generatedConsumer.Consume(bytes.NewReader(body), into)
})

var generatedConsumer = runtime.JSONConsumer()

// A decoder decodes a common form of posted alerts: an array of objects with the five fields of an alert, each at
// most once, and all strings without escapes. Its methods report whether the text has that form.
type decoder struct {
	text      []byte // not decoded yet
	list      models.PostableAlerts
	names     map[string]string // label names, so that each is allocated once
	lastTimes [2]struct {       // start and end of the previous alert: mostly those of the next one too
		text string
		time strfmt.DateTime
	}
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
			url, ok = d.str()
			field, a.GeneratorURL = 16, strfmt.URI(url)
		}
		repeated := seen&field != 0
		seen |= field
		return ok && !repeated
	})
}

// members decodes an object and calls value after each name.
func (d *decoder) members(value func(name []byte) bool) bool {
	if !d.next('{') {
		return false
	}
	if d.next('}') {
		return true
	}
	for {
		name, ok := d.str()
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
		value, ok := d.str()
		key, known := d.names[string(name)]
		if !known {
			key = string(name)
			d.names[key] = key
		}
		set[key] = string(value)
		return ok
	})
}

func (d *decoder) time(which int, into *strfmt.DateTime) bool {
	text, ok := d.str()
	if !ok {
		return false
	}
	last := &d.lastTimes[which]
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

// next skips white space and then the character c, and reports whether that is there.
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

// str decodes a string without escapes.
func (d *decoder) str() ([]byte, bool) {
	if !d.next('"') {
		return nil, false
	}
	for i, c := range d.text {
		switch {
		case c == '"':
			s := d.text[:i]
			d.text = d.text[i+1:]
			return s, true
		case c == '\\' || c < ' ':
			return nil, false
		}
	}
	return nil, false
}
