package scenarios

import (
	"cmp"
	"strings"
	"time"

	"github.com/prometheus/prometheus/config"
	"go.yaml.in/yaml/v3"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// A checker makes a File of a document and reports all that is wrong with it.
type checker struct {
	*strictyaml.Report
	dir  folder
	text []byte
	left budget

	traces map[string]*fakeam.TraceFile // that were read, by path

	exprs    []ruleExpr // of all rule files
	file     *File
	replicas strictyaml.Value[int64] // of tests that do not say
	written  *yaml.Node              // see outline
}

func (c *checker) checkFile(doc *fileDoc) *File {
	c.file = &File{Path: c.Path, Comment: openingComment(c.text), Releases: c.releases(doc.Release)}
	c.file.flagsAt = map[string]Pos{}
	c.file.Flags = c.flags(doc.Flags)
	c.configuration(doc)
	f := c.file
	f.EvaluationInterval, f.ScrapeInterval = time.Minute, time.Minute
	if f.Config != nil {
		f.EvaluationInterval = time.Duration(f.Config.GlobalConfig.EvaluationInterval)
		f.ScrapeInterval = time.Duration(f.Config.GlobalConfig.ScrapeInterval)
	}
	f.EvaluationInterval = cmp.Or(doc.EvaluationInterval.V, f.EvaluationInterval)
	f.ScrapeInterval = cmp.Or(doc.ScrapeInterval.V, f.ScrapeInterval)
	f.FuzzyCompare = doc.FuzzyCompare.V
	c.replicas = doc.Replicas
	c.ruleFiles(doc)
	if doc.Tests != nil && len(doc.Tests) == 0 {
		c.Errorf(doc.Pos, "tests is an empty list; write at least one test")
	}
	named := map[string]Pos{}
	for i := range doc.Tests {
		t := &doc.Tests[i]
		f.Tests = append(f.Tests, c.test(t))
		if !t.Name.OK() {
			continue
		}
		if t.Name.V == "" {
			c.Errorf(t.Name.Pos, "name is empty; write what the test shows")
		} else if first, twice := named[t.Name.V]; twice {
			c.Errorf(t.Name.Pos, "a test on line %d has this name too; write another", first.Line)
		} else {
			named[t.Name.V] = t.Name.Pos
		}
	}
	c.ruleWords()
	return f
}

func (c *checker) releases(names strictyaml.List[string]) []*core.Release {
	if !names.Given() {
		return []*core.Release{core.Newest()}
	}
	if len(names.Items) == 0 {
		c.Errorf(names.Pos, "release is an empty list; write at least one, such as %s", core.Newest().Line)
	}
	var rs []*core.Release
	seen := map[string]bool{}
	for _, name := range names.Items {
		if !name.OK() {
			continue
		}
		r, err := core.ParseRelease(name.V)
		switch {
		case err != nil:
			c.Errorf(name.Pos, "%s", err)
		case seen[r.Name]:
			c.Errorf(name.Pos, "release %s stands here twice; remove one", r.Name)
		default:
			seen[r.Name] = true
			rs = append(rs, r)
		}
	}
	return rs
}

// openingComment returns the comment that text begins with, without the line that editors read.
func openingComment(text []byte) string {
	var lines []string
	for line := range strings.Lines(strings.TrimPrefix(string(text), "\ufeff")) {
		comment, ok := strings.CutPrefix(strings.TrimSpace(line), "#")
		if !ok {
			break
		}
		if comment = strings.TrimSpace(comment); !strings.HasPrefix(comment, "yaml-language-server:") {
			lines = append(lines, comment)
		}
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// A testChecker checks one test.
type testChecker struct {
	*checker
	doc   *testDoc
	test  *Test
	known addresses
	last  time.Duration // that the test names

	reloads map[*eventDoc]*config.Config
	// configs are all that the test has, with that of the file; partly says that one is missing, for it is wrong.
	configs []*config.Config
	sets    map[string][]*config.AlertmanagerConfig // of all of them, by key
	partly  bool

	words  *vocabulary     // of expressions, once asked for
	names  map[string]bool // of the alerts, as output calls them
	sorted []string        // the same, once asked for
}

func (c *checker) test(doc *testDoc) *Test {
	t := &testChecker{checker: c, doc: doc, names: map[string]bool{}}
	t.test = &Test{Pos: doc.Pos, Name: doc.Name.V, Duration: doc.Duration.V, Seeds: c.seeds(doc.Seeds.Value)}
	t.promtool()
	t.test.Interval = cmp.Or(doc.Interval.V, c.file.EvaluationInterval)
	t.test.Replicas = replicas(doc.Replicas, c.replicas)
	t.test.Only = t.only(doc.Release)
	t.configurations()
	t.known = t.addresses()
	t.test.Addresses = t.known.all
	t.series()
	t.alertmanagers()
	t.timeline()
	t.ledgerTests()
	t.alertmanagerTests()
	t.promqlTests()
	t.alertRuleTests()
	t.thresholds()
	t.invariants()
	t.lasting()
	t.steps()
	return t.test
}

// steps reports a test that evaluates rules or scrapes too often.
func (t *testChecker) steps() {
	pos, length := t.doc.Pos, cmp.Or(t.doc.Duration.V, t.last)
	if t.doc.Duration.Given() {
		pos = t.doc.Duration.Pos
	}
	for _, s := range []struct {
		what, field string
		interval    time.Duration
	}{{"evaluations", "evaluation_interval", t.file.EvaluationInterval}, {"scrapes", "scrape_interval", t.file.ScrapeInterval}} {
		if n := int64(length / s.interval); n > maxSteps {
			t.Errorf(pos, "the test lasts %d %s, above the limit of %d; write a shorter one, or a longer %s", n, s.what, maxSteps, s.field)
		}
	}
}

// inTime reports a time after the end of the test.
func (t *testChecker) inTime(what string, at strictyaml.Value[time.Duration]) {
	t.last = max(t.last, at.V)
	if end := t.doc.Duration; end.OK() && at.OK() && at.V > end.V {
		t.Errorf(at.Pos, "%s is %s, after the duration of the test; write at most %s", what, strictyaml.FormatDuration(at.V), strictyaml.FormatDuration(end.V))
	}
}

func (c *checker) seeds(v strictyaml.Value[string]) Seeds {
	if !v.OK() {
		return Seeds{1, 1}
	}
	seeds, err := ParseSeeds(v.V)
	if err != nil {
		c.Errorf(v.Pos, "seeds is %v", err)
	}
	return seeds
}
