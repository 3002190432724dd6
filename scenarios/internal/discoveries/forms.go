package discoveries

import (
	"errors"
	"net/url"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"

	fieldselectors "k8s.io/apimachinery/pkg/fields"
	labelselectors "k8s.io/apimachinery/pkg/labels"
)

// forms are the checks of values, by the name that rules use. Each returns an error if the value is wrong.
var forms = map[string]func(reflect.Value) error{
	"not-a-url":      func(v reflect.Value) error { _, err := url.Parse(v.String()); return err },
	"without-scheme": urlForm(func(u *url.URL) bool { return u.Scheme == "" }),
	"without-host":   urlForm(func(u *url.URL) bool { return u.Host == "" }),
	"not-http":       urlForm(func(u *url.URL) bool { return u.Scheme != "http" && u.Scheme != "https" }),
	"relative":       textForm(func(s string) bool { return !strings.HasPrefix(s, "/") }),
	"blank":          textForm(func(s string) bool { return strings.TrimSpace(s) == "" }),
	"empty":          textForm(func(s string) bool { return s == "" }),
	"not-a-file-pattern": textForm(func(s string) bool {
		folder, file := path.Split(s)
		extension := path.Ext(file)
		known := slices.Contains([]string{".json", ".yml", ".yaml"}, strings.ToLower(extension)) &&
			(extension == strings.ToLower(extension) || extension == strings.ToUpper(extension))
		return !known || strings.Contains(folder, "*")
	}),
	"not-a-label-selector": func(v reflect.Value) error { _, err := labelselectors.Parse(v.String()); return err },
	"not-a-field-selector": func(v reflect.Value) error { _, err := fieldselectors.ParseSelector(v.String()); return err },
	"not-a-uuid":           textForm(func(s string) bool { return !uuid.MatchString(s) }),
	"not-positive":         func(v reflect.Value) error { return when(v.Int() <= 0) },
}

var uuid = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

var errForm = errors.New("the value does not have the required form")

func when(wrong bool) error {
	if wrong {
		return errForm
	}
	return nil
}

func textForm(wrong func(string) bool) func(reflect.Value) error {
	return func(v reflect.Value) error { return when(wrong(v.String())) }
}

func urlForm(wrong func(*url.URL) bool) func(reflect.Value) error {
	return func(v reflect.Value) error {
		u, err := url.Parse(v.String())
		return when(err == nil && wrong(u))
	}
}
