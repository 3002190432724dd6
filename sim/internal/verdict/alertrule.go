package verdict

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/scenarios"
)

// checkAlertRule checks which alerts of a name fire at each sender.
func (j *Judge) checkAlertRule(e *scenarios.AlertRuleTest) {
	senders := j.run.Firing(e.Alertname)
	for number, firing := range senders {
		suffix := ""
		if len(senders) > 1 {
			suffix = fmt.Sprintf(" (replica %d)", number+1)
		}
		j.compareAlerts(e, firing, suffix)
	}
}

func (j *Judge) compareAlerts(e *scenarios.AlertRuleTest, firing []FiringAlert, suffix string) {
	var got, want []string
	for _, a := range firing {
		got = append(got, alertText(a.Labels, a.Annotations))
	}
	for _, a := range e.Alerts {
		want = append(want, alertText(a.Labels, a.Annotations))
	}
	slices.Sort(got)
	slices.Sort(want)
	if slices.Equal(got, want) {
		return
	}
	var lines []string
	for _, side := range []struct {
		word  string
		texts []string
	}{{"want", want}, {"got ", got}} {
		for _, s := range side.texts {
			lines = append(lines, side.word+" "+s)
		}
		if len(side.texts) == 0 {
			lines = append(lines, side.word+" nothing")
		}
	}
	pos := e.Pos
	if len(e.Alerts) > 0 {
		pos = e.Alerts[0].Pos
	}
	j.fail(Failure{
		Pos: pos, Message: fmt.Sprintf("%s at %v: other alerts fire than expected%s", e.Alertname,
			text.Duration(e.EvalTime), suffix),
		Scope:  &Scope{"", e.EvalTime, e.EvalTime},
		Alerts: most(lines), to: -1, // rules failed it, so no event explains it
	})
}

// alertText writes an alert with its annotations.
func alertText(ls, annotations labels.Labels) string {
	line := ls.String()
	if !annotations.IsEmpty() {
		line += " annotations " + annotations.String()
	}
	return strings.ReplaceAll(line, "\n", `\n`)
}
