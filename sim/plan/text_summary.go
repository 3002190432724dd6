package plan

import (
	"fmt"
	"strings"
	"time"

	"github.com/notifysim/notifysim/internal/text"
)

const flagName = "--alertmanager.notification-queue-capacity"

// A summaryLine is one line of the summary of a plan: a keyword, and what it is about.
type summaryLine struct{ word, text string }

// summary returns the lines of the summary of a plan; the first is the flag to set.
func (a *Answer) summary(p *Plan) []summaryLine {
	l := p.Lifetime
	lines := []summaryLine{
		{"set", fmt.Sprintf("%s=%d   (now %d: %s)", flagName, p.Capacity, p.Current, p.verdict())},
		{"regime", fmt.Sprintf("%s: %s", p.Regime, p.why())},
		{"needed", a.needed(p)},
		{"range", fmt.Sprintf("%d is the largest single send; beyond %d an alert waits over %s, and the copy before it,",
			p.Lower, p.Useful, spell(l.Slack))},
		{"", fmt.Sprintf("valid for %s and sent again every %s, has expired: it resolves falsely", spell(l.Validity),
			spell(l.Period))},
	}
	for _, s := range p.alternatives() {
		lines = append(lines, summaryLine{"or", s})
	}
	memory := fmt.Sprintf("%s when all queues are full of the same alerts, %s an alert; %s when they are empty",
		size(p.Memory.Full), size(p.Memory.PerAlert), size(p.Memory.Empty))
	return append(lines,
		summaryLine{"stop", p.Drain.text()}, summaryLine{"memory", memory}, summaryLine{"lost", p.Lost.text()})
}

func (a *Answer) writeSummary(b *strings.Builder, p *Plan) {
	queues := "a queue for each Alertmanager"
	if p.Shared {
		queues = "one queue for all Alertmanagers"
	}
	runs := "nothing depends on the seed, so 1 run is enough"
	if a.Random {
		runs = text.Count(a.Seeds, "run")
	}
	fmt.Fprintf(b, "%s: %s, Prometheus %s (%s), batches of %d, %s\n\n", a.File, a.Test, p.Release, queues, p.BatchSize,
		runs)
	for _, l := range a.summary(p) {
		fmt.Fprintf(b, "  %-8s %s\n", l.word, l.text)
	}
}

// verdict judges the current capacity.
func (p *Plan) verdict() string {
	switch {
	case p.TooSmall():
		return "too little"
	case p.Current > p.Useful:
		return "more than is useful"
	}
	return "enough"
}

// why explains the regime.
func (p *Plan) why() string {
	who := strings.Join(p.Peak.Alertmanagers, ", ")
	rates := fmt.Sprintf("%.4g alerts/s arrive and %.4g leave", p.Peak.Arrival, p.Peak.Leaving)
	when := fmt.Sprintf("from %s to %s", spell(p.Peak.Since), spell(p.Peak.At))
	switch p.Regime {
	case Overload:
		return fmt.Sprintf("%s, from %s to the end of the run: %.4g alerts/s arrive and %.4g leave; no capacity is enough",
			who, spell(p.Growth.From), p.Growth.Arrival, p.Growth.Leaving)
	case Hang:
		if p.Shared {
			return fmt.Sprintf("%s: %s, since every batch waits for the timeout; a capacity only buys time", when, rates)
		}
		return fmt.Sprintf("%s, %s: %s, all of those lost at the timeout; a capacity only buys time", who, when, rates)
	case SlowAlertmanager:
		return fmt.Sprintf("%s, %s: %s", who, when, rates)
	case FastRefusal:
		return "requests fail at once and queues stay short: a capacity does not change what is lost"
	case Burst:
		return fmt.Sprintf("%d alerts at once (at %s) are more than one request carries", p.Peak.Waiting+p.Peak.Arriving,
			spell(p.Peak.At))
	}
	return "what arrives leaves with the next request"
}

// needed explains what is needed.
func (a *Answer) needed(p *Plan) string {
	drops := "no queue drops anything"
	if a.Tolerate > 0 {
		drops = fmt.Sprintf("no queue drops more than %s", percent(a.Tolerate))
	}
	if !a.Random {
		return fmt.Sprintf("with %d %s; with %d a queue does", p.Needed, drops, p.Needed-1)
	}
	s := fmt.Sprintf("with %d, %s in %g %% of runs, at %g %% confidence", p.Needed, drops, 100*a.Percentile,
		100*a.Confidence)
	if p.Least == p.Most {
		return s + "; every run needs as much"
	}
	return fmt.Sprintf("%s; runs need %d to %d, half of them at most %d", s, p.Least, p.Most, p.Median)
}

// alternatives are other settings with which a smaller capacity is enough.
func (p *Plan) alternatives() []string {
	var list []string
	if t := p.Timeout; t != nil {
		list = append(list, fmt.Sprintf("timeout: %s instead of %s under alertmanagers: %d is enough, if healthy answers "+
			"arrive sooner",
			spell(t.Value), spell(t.From), t.Needed))
	}
	if r := p.Resend; r != nil {
		list = append(list, fmt.Sprintf("--rules.alert.resend-delay=%s instead of %s: %d is enough",
			spell(r.Value), spell(r.From), r.Needed))
	}
	return list
}

func (d Drain) text() string {
	switch {
	case !d.Drains:
		return fmt.Sprintf("at once: the queue is not drained, and at the worst moment %d queued copies are lost", d.Lost)
	case d.AtPeak == nil:
		return fmt.Sprintf("never, at the worst moment: no Alertmanager answers, and the drain has no end; the grace "+
			"period of %s ends it",
			spell(d.Grace))
	}
	fits := "within"
	if *d.AtPeak > d.Grace {
		fits = "longer than"
	}
	return fmt.Sprintf("it drains for %s at the worst moment, %s the grace period of %s; a full queue of a hung "+
		"Alertmanager takes %s",
		spell(*d.AtPeak), fits, spell(d.Grace), spell(d.Hung))
}

func (l Losses) text() string {
	if l.All == 0 && len(l.By) == 0 {
		return fmt.Sprintf("nothing of %d in the worst run", l.Offered)
	}
	var parts []string
	sendFailed := false
	for _, by := range l.By {
		parts = append(parts, fmt.Sprintf("%s %s %d", by.Alertmanager, by.Reason, by.Alerts))
		sendFailed = sendFailed || by.Reason == "send_failed"
	}
	if n := len(parts); n > 3 {
		parts = append(parts[:2], fmt.Sprintf("and %d more", n-2))
	}
	if len(parts) == 0 {
		parts = []string{"no Alertmanager was known"}
	}
	s := fmt.Sprintf("%d of %d delivered nowhere in the worst run; %s", l.All, l.Offered, strings.Join(parts, ", "))
	if sendFailed {
		s += " (no capacity helps send_failed)"
	}
	if l.ByAll != nil {
		s += fmt.Sprintf("; %d by all replicas", *l.ByAll)
	}
	return s
}

// timeOf returns when the i-th step of depth begins.
func (p *Plan) timeOf(i int) time.Duration { return p.step * time.Duration(i) }
