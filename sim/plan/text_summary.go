package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/notifysim/notifysim/internal/text"
)

const flagName = "--alertmanager.notification-queue-capacity"

// A fact is something that a plan says beside its advice: a keyword, and a sentence.
type fact struct{ word, text string }

// facts returns why the queue gets long, which capacity drops nothing, and what the advised setting costs.
func (a *Answer) facts(p *Plan) []fact {
	l := p.Lifetime
	sends := fmt.Sprintf("%s is the largest single send; in a queue longer than %s a copy waits over %s, so the copy "+
		"before it, which is valid for %s and sent again every %s, has expired",
		text.Thousands(p.Lower), text.Thousands(p.Useful), spell(l.Slack), spell(l.Validity), spell(l.Period))
	memory := fmt.Sprintf("%s when all queues are full of the same alerts, %s an alert; %s when they are empty",
		size(p.Memory.Full), size(p.Memory.PerAlert), size(p.Memory.Empty))
	list := []fact{
		{"regime", fmt.Sprintf("%s: %s", p.Regime, p.why())}, {"drop-free", a.needed(p)}, {"range", sends},
		{"stop", p.Drain.text()}, {"memory", memory}, {"copies", p.Lost.text()},
	}
	if p.Advice.Runs > p.CurveSeeds {
		list = slices.Insert(list, 0, fact{"confirmed", p.confirmed()})
	}
	return list
}

// confirmed says how good the advice is in the runs with all seeds.
func (p *Plan) confirmed() string {
	runs := text.Count(p.Advice.Runs, "run")
	for _, c := range criteria(p.interval) {
		if c.of(&p.Advice.Now) > c.limit(c.of(&p.Advice.Then)) {
			return fmt.Sprintf("in the worst of %s, %s (now %s)", runs, c.state(&p.Advice.Then, c.value(&p.Advice.Then)),
				c.number(c.value(&p.Advice.Now)))
		}
	}
	return fmt.Sprintf("in %s, no change is as good as any", runs)
}

// why explains the regime in one sentence.
func (p *Plan) why() string {
	who := strings.Join(p.Peak.Alertmanagers, ", ")
	rates := fmt.Sprintf("%.4g copies/s arrive and %.4g leave", p.Peak.Arrival, p.Peak.Leaving)
	when := fmt.Sprintf("from %s to %s", spell(p.Peak.Since), spell(p.Peak.At))
	switch p.Regime {
	case Overload:
		return fmt.Sprintf("%s, from %s to the end of the run: %.4g copies/s arrive and %.4g leave; no capacity is enough",
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
		return fmt.Sprintf("%s into the run, %s copies wait at once, and a request carries at most %d", spell(p.Peak.At),
			text.Thousands(p.Peak.Waiting+p.Peak.Arriving), p.BatchSize)
	}
	return "the next request takes all copies that arrive"
}

// needed explains the drop-free capacity.
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

// timeOf returns the time, since the start of the run, at which the i-th step of p.depth begins.
func (p *Plan) timeOf(i int) time.Duration { return p.step * time.Duration(i) }
