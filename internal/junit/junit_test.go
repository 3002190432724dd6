package junit_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/internal/junit"
)

func write(t *testing.T, r *junit.Report) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, r.Write(&b))
	return b.String()
}

func TestReport(t *testing.T) {
	report := &junit.Report{Name: "all", Duration: 1500 * time.Millisecond, Suites: []*junit.Suite{
		{Name: "a.yml", Cases: []junit.Case{
			{Class: "a.yml", Name: "passes", File: "a.yml", Line: 3, Duration: junit.Duration(time.Millisecond),
				Output: "Nothing was lost."},
			{Class: "a.yml", Name: "fails", File: "a.yml", Line: 7, Duration: junit.Duration(2500 * time.Microsecond),
				Failure: &junit.Message{Message: "lost 1 < 2", Type: "threshold", Text: "why\n"}},
		}},
		{Name: "b.yml", Cases: []junit.Case{
			{Class: "b.yml", Name: "skipped", Skipped: &junit.Message{Message: "not for it"}},
		}},
	}}
	const want = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="all" tests="3" failures="1" skipped="1" time="1.500000">
  <testsuite name="a.yml" tests="2" failures="1" skipped="0" time="0.003500">
    <testcase classname="a.yml" name="passes" file="a.yml" line="3" time="0.001000">
      <system-out>Nothing was lost.</system-out>
    </testcase>
    <testcase classname="a.yml" name="fails" file="a.yml" line="7" time="0.002500">
      <failure message="lost 1 &lt; 2" type="threshold">why&#xA;</failure>
    </testcase>
  </testsuite>
  <testsuite name="b.yml" tests="1" failures="0" skipped="1" time="0.000000">
    <testcase classname="b.yml" name="skipped" time="0.000000">
      <skipped message="not for it"></skipped>
    </testcase>
  </testsuite>
</testsuites>
`
	if diff := cmp.Diff(want, write(t, report)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestReportWithErrors(t *testing.T) {
	report := &junit.Report{Name: "gate", Errors: true, Suites: []*junit.Suite{
		{Name: "FAIL", Cases: []junit.Case{{Class: "gate", Name: "problem", Error: &junit.Message{Message: "no file"}}}},
	}}
	const want = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="gate" tests="1" failures="0" errors="1" skipped="0" time="0.000000">
  <testsuite name="FAIL" tests="1" failures="0" errors="1" skipped="0" time="0.000000">
    <testcase classname="gate" name="problem" time="0.000000">
      <error message="no file"></error>
    </testcase>
  </testsuite>
</testsuites>
`
	if diff := cmp.Diff(want, write(t, report)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Characters that XML cannot contain are replaced, so that the file can always be parsed.
func TestInvalidCharacters(t *testing.T) {
	report := &junit.Report{Suites: []*junit.Suite{{Cases: []junit.Case{{Output: "\x1b[31m\xff"}}}}}
	require.Contains(t, write(t, report), "\ufffd[31m\ufffd")
}
