package gate

import (
	"errors"
	"fmt"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	"golang.org/x/perf/benchunit"
)

// A thresholdsReader reads a file of thresholds in YAML and collects its errors.
type thresholdsReader struct {
	file   string
	th     *Thresholds
	errors FileError
}

// ReadThresholds reads a file of thresholds. An error is a [FileError] with all errors in it, each at file:line:col.
//
//	alpha: 0.01            # the probability of a false alarm
//	min_pairs: 10
//	drift: 15%
//	resolve: 10%
//	max_hidden: 25%
//	units:
//	  sec/op:      {min_effect: 3%}
//	  lost-alerts: {assume: exact, better: lower}
//	benchmarks:            # later rules win
//	  - match: ^Encode     # a regular expression on the name without Benchmark
//	    units:
//	      B/op: {tolerance: 64}
//	      MB/s: {ignore: follows from sec/op}
func ReadThresholds(path string) (*Thresholds, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, FileError{{Position{File: path}, plainError(err)}}
	}
	return ParseThresholds(data, path)
}

// ParseThresholds parses the contents of a file as [ReadThresholds] does; name is what messages call the file.
func ParseThresholds(data []byte, name string) (*Thresholds, error) {
	r := &thresholdsReader{file: name, th: &Thresholds{}}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, FileError{yamlProblem(name, err)}
	}
	if len(doc.Content) > 0 {
		r.fields(doc.Content[0], map[string]func(*yaml.Node){
			"alpha":      func(n *yaml.Node) { r.number(n, &r.th.Alpha, 1e-9, 0.5) },
			"min_pairs":  func(n *yaml.Node) { r.count(n, &r.th.MinPairs) },
			"drift":      func(n *yaml.Node) { r.share(n, &r.th.Drift) },
			"resolve":    func(n *yaml.Node) { r.share(n, &r.th.Resolve) },
			"max_hidden": func(n *yaml.Node) { r.share(n, &r.th.MaxHidden) },
			"units":      func(n *yaml.Node) { r.units(n, nil) },
			"benchmarks": r.benchmarks,
		})
	}
	if len(r.errors) > 0 {
		return nil, r.errors
	}
	return r.th, nil
}

var yamlLine = regexp.MustCompile(`line (\d+): `)

func yamlProblem(file string, err error) Problem {
	msg := strings.TrimPrefix(err.Error(), "yaml: ")
	p := Problem{Position{File: file, Line: 1, Col: 1}, msg}
	if m := yamlLine.FindStringSubmatchIndex(msg); m != nil {
		p.Line, _ = strconv.Atoi(msg[m[2]:m[3]])
		p.Message = msg[:m[0]] + msg[m[1]:]
	}
	return p
}

func (r *thresholdsReader) at(n *yaml.Node) Position { return Position{r.file, n.Line, n.Column} }

func (r *thresholdsReader) fail(n *yaml.Node, format string, args ...any) {
	r.errors = append(r.errors, Problem{r.at(n), fmt.Sprintf(format, args...)})
}

// fields reads a mapping that may have only the known keys.
func (r *thresholdsReader) fields(n *yaml.Node, known map[string]func(*yaml.Node)) {
	r.mapping(n, func(key, value *yaml.Node) {
		read, ok := known[key.Value]
		if !ok {
			r.fail(key, "unknown field %q; write one of %s", key.Value, strings.Join(sortedKeys(known), ", "))
			return
		}
		read(value)
	})
}

// mapping calls each for every key and value of a mapping.
func (r *thresholdsReader) mapping(n *yaml.Node, each func(key, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		r.fail(n, "write a mapping, such as {min_effect: 3%%}")
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if seen[key.Value] {
			r.fail(key, "the key %q occurs twice; remove one", key.Value)
			continue
		}
		seen[key.Value] = true
		each(key, n.Content[i+1])
	}
}

func (r *thresholdsReader) benchmarks(n *yaml.Node) {
	if n.Kind != yaml.SequenceNode {
		r.fail(n, "write a list of {match: REGEXP, units: {…}}")
		return
	}
	for _, item := range n.Content {
		var match *regexp.Regexp
		var units *yaml.Node
		bad := len(r.errors)
		r.fields(item, map[string]func(*yaml.Node){
			"match": func(n *yaml.Node) {
				var err error
				if match, err = regexp.Compile(n.Value); err != nil {
					r.fail(n, "%v", err)
				}
			},
			"units": func(n *yaml.Node) { units = n },
		})
		if len(r.errors) > bad {
			continue
		}
		if match == nil || units == nil {
			r.fail(item, "a benchmark needs match and units")
			continue
		}
		r.units(units, match)
	}
}

func (r *thresholdsReader) units(n *yaml.Node, match *regexp.Regexp) {
	r.mapping(n, func(key, value *yaml.Node) {
		factor, tidy := benchunit.Tidy(1, key.Value)
		rule := &unitRule{at: r.at(key), match: match, unit: tidy}
		set := func(f func(*Rule)) { rule.set = append(rule.set, f) }
		r.fields(value, map[string]func(*yaml.Node){
			"better": func(n *yaml.Node) {
				b := Better(n.Value)
				if b != Lower && b != Higher && b != Same {
					r.fail(n, "%q: write lower, higher or same", n.Value)
				}
				set(func(rule *Rule) { rule.Better = b })
			},
			"assume": func(n *yaml.Node) {
				lane, ok := map[string]Lane{"exact": LaneExact, "nothing": LaneTiming}[n.Value]
				if !ok {
					r.fail(n, "%q: write exact, or nothing for a measurement", n.Value)
				}
				set(func(rule *Rule) { rule.Lane = lane })
			},
			"min_effect": func(n *yaml.Node) {
				var v float64
				r.share(n, &v)
				set(func(rule *Rule) { rule.MinEffect = v })
			},
			"tolerance": func(n *yaml.Node) {
				tol := r.tolerance(n, factor)
				set(func(rule *Rule) { rule.Tolerance = tol })
			},
			"ignore": func(n *yaml.Node) {
				if strings.TrimSpace(n.Value) == "" || n.Tag == "!!bool" {
					r.fail(n, "write why the row is ignored, as text")
				}
				set(func(rule *Rule) { rule.Ignore = n.Value })
			},
		})
		r.th.rules = append(r.th.rules, rule)
	})
}

func (r *thresholdsReader) tolerance(n *yaml.Node, factor float64) Tolerance {
	t := Tolerance{text: n.Value}
	if strings.HasSuffix(n.Value, "%") {
		r.share(n, &t.Relative)
		return t
	}
	r.number(n, &t.Absolute, 0, math.MaxFloat64)
	t.Absolute *= factor
	return t
}

func (r *thresholdsReader) number(n *yaml.Node, to *float64, lo, hi float64) {
	v, err := strconv.ParseFloat(n.Value, 64)
	switch {
	case n.Kind != yaml.ScalarNode || err != nil && !errors.Is(err, strconv.ErrRange):
		r.fail(n, "%q is not a number; write one such as 10", n.Value)
	case !(v >= lo && v <= hi):
		r.fail(n, "%s is out of range: write a number from %v to %v", n.Value, lo, hi)
	default:
		*to = v
	}
}

func (r *thresholdsReader) count(n *yaml.Node, to *int) {
	var v float64
	before := len(r.errors)
	if r.number(n, &v, 1, maxPairs); len(r.errors) == before && v != math.Trunc(v) {
		r.fail(n, "%s is not a whole number; write one such as 10", n.Value)
	}
	*to = int(v)
}

// share reads a percentage and stores it as a fraction.
func (r *thresholdsReader) share(n *yaml.Node, to *float64) {
	number, ok := strings.CutSuffix(n.Value, "%")
	v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	switch {
	case n.Kind != yaml.ScalarNode || !ok || err != nil:
		r.fail(n, "%q: write a percentage, such as 3%%", n.Value)
	case !(v >= 0 && v <= 1000):
		r.fail(n, "%s is out of range: write 0%% to 1000%%", n.Value)
	default:
		*to = v / 100
	}
}
