package scenarios

import (
	"cmp"
	"strings"
	"time"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios/internal/document"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// checkFile makes a File from the document. The order of the steps matters, since later ones need the results of
// earlier ones.
func (c *checker) checkFile() *File {
	c.notes = c.Fork()
	c.file = &File{Path: c.Path, Comment: openingComment(c.text), Releases: c.releases(), report: c.Report}
	c.flags()
	c.configuration()
	f := c.file
	f.EvaluationInterval, f.ScrapeInterval = time.Minute, time.Minute
	if f.Config != nil {
		f.EvaluationInterval = time.Duration(f.Config.GlobalConfig.EvaluationInterval)
		f.ScrapeInterval = time.Duration(f.Config.GlobalConfig.ScrapeInterval)
	}
	f.EvaluationInterval = cmp.Or(c.doc.EvaluationInterval.V, f.EvaluationInterval)
	f.ScrapeInterval = cmp.Or(c.doc.ScrapeInterval.V, f.ScrapeInterval)
	f.FuzzyCompare = c.doc.FuzzyCompare.V
	c.ruleFiles()
	if c.doc.Tests != nil && len(c.doc.Tests) == 0 {
		c.Errorf(c.doc.Pos, "`tests` is empty; write at least one test")
	}
	for i := range c.doc.Tests {
		f.Tests = append(f.Tests, c.test(&c.doc.Tests[i]))
	}
	c.testNames()
	c.lintRules()
	f.notes = c.notes.Errors()
	return f
}

func (c *checker) releases() []*core.Release {
	names := c.doc.Release
	if !names.Given() {
		return []*core.Release{core.Newest()}
	}
	if len(names.Items) == 0 {
		c.Errorf(names.Pos, "`release` is an empty list; write at least one release, such as %s", core.Newest().Line)
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
			c.Errorf(name.Pos, "release %s is given twice; remove one", r.Name)
		default:
			seen[r.Name] = true
			rs = append(rs, r)
			c.noteRelease(name.Pos, r)
		}
	}
	return rs
}

func (c *checker) flags() {
	fs := DefaultFlags()
	c.file.flagsAt = map[string]Pos{}
	for _, g := range c.doc.Flags.Entries {
		f, names := flagOf(g.Key)
		if f == nil {
			c.unknownFlag(g.Key, g.Pos, names)
			continue
		}
		v, err := f.Read(g.Value.Node)
		if err != nil {
			c.Errorf(g.Value.Pos, "`%s` is %s; write %s", f.Name, strictyaml.KindOf(g.Value.Node), err)
			continue
		}
		fs.set(f.Name, v)
		c.file.flagsAt[f.Name] = g.Pos
	}
	c.file.Flags = fs
}

func (c *checker) unknownFlag(name string, pos Pos, known []string) {
	if name == "alertmanager.timeout" {
		c.Errorf(pos, "Prometheus has never used the flag %s; set `timeout` in the entry under `alertmanagers` instead", name)
		return
	}
	c.Known(pos, name, known, "unknown flag %q")
}

// openingComment returns the comment at the beginning of text, without the line that editors read.
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

// testNames reports names that are empty or used twice.
func (c *checker) testNames() {
	named := map[string]Pos{}
	for _, t := range c.doc.Tests {
		if !t.Name.OK() {
			continue
		}
		if t.Name.V == "" {
			c.Errorf(t.Name.Pos, "`name` is empty; write what the test shows")
		} else if first, twice := named[t.Name.V]; twice {
			c.Errorf(t.Name.Pos, "the test on line %d has the same name; write another name", first.Line)
		} else {
			named[t.Name.V] = t.Name.Pos
		}
	}
}

// test makes a Test from its document.
func (c *checker) test(doc *document.Test) *Test {
	t := &testChecker{checker: c, doc: doc, names: map[string]bool{}}
	t.test = &Test{Pos: doc.Pos, Name: doc.Name.V, Duration: doc.Duration.V, Seeds: t.seeds()}
	t.rulesInTime()
	t.test.Interval = cmp.Or(doc.Interval.V, c.file.EvaluationInterval)
	t.test.EvaluationDuration = t.distribution(&doc.Evaluation)
	t.test.Replicas = t.replicas()
	t.test.Only = t.releaseNames(doc.Release)
	t.configurations()
	t.known = t.addresses()
	t.test.Addresses = t.known.all
	t.inputSeries()
	t.alertmanagers()
	t.timeline()
	t.expectations()
	t.thresholds()
	t.invariants()
	t.length()
	return t.test
}

func (t *testChecker) seeds() Seeds {
	v := t.doc.Seeds
	if !v.OK() {
		return Seeds{1, 1}
	}
	seeds, err := ParseSeeds(v.V)
	if err != nil {
		t.Errorf(v.Pos, "`seeds` is %v", err)
	}
	return seeds
}

// length reports a test that sends alerts and lasts longer than a run may, and a test with too many evaluations or
// scrapes.
func (t *testChecker) length() {
	if t.last > strictyaml.MaxDuration && len(t.test.Series)+len(t.test.Timeline) > 0 {
		t.Errorf(t.doc.Pos,
			"the test lasts %s, but with a timeline or series of ALERTS at most %s are possible; write an earlier `eval_time`",
			strictyaml.FormatDuration(t.last), strictyaml.FormatDuration(strictyaml.MaxDuration))
	}
	pos, length := t.doc.Pos, cmp.Or(t.doc.Duration.V, t.last)
	if t.doc.Duration.Given() {
		pos = t.doc.Duration.Pos
	}
	for _, s := range []struct {
		what, field string
		interval    time.Duration
	}{
		{"evaluations", "evaluation_interval", t.file.EvaluationInterval},
		{"scrapes", "scrape_interval", t.file.ScrapeInterval},
	} {
		if n := int64(length / s.interval); n > maxSteps {
			t.Errorf(pos, "the test has %d %s, above the limit of %d; make it shorter, or write a longer `%s`",
				n, s.what, maxSteps, s.field)
		}
	}
}
