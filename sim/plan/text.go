package plan

import (
	"fmt"
	"io"
	"strings"

	"github.com/guptarohit/asciigraph"
	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// WriteText writes an answer for people: a summary, the capacities beside each other, the queue over time, and what all of it
// assumes.
func (a *Answer) WriteText(w io.Writer) error {
	var b strings.Builder
	if a.Partial {
		b.WriteString("PARTIAL: runs are missing; this is of those there are\n\n")
	}
	for i, p := range a.Plans {
		if i > 0 {
			b.WriteString("\n")
		}
		a.summary(&b, p)
	}
	for _, p := range a.Plans {
		fmt.Fprintf(&b, "\n%s\n", a.curveTable(p))
		fmt.Fprintf(&b, "\n%s\n", p.plot())
	}
	a.writeSensitivity(&b)
	a.writeHeat(&b)
	a.assumptions(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

const flagName = "--alertmanager.notification-queue-capacity"

// summary is what is read in ten seconds.
func (a *Answer) summary(b *strings.Builder, p *Plan) {
	queues := "a queue for each Alertmanager"
	if p.Shared {
		queues = "one queue for all Alertmanagers"
	}
	fmt.Fprintf(b, "%s: %s, Prometheus %s (%s), batches of %d, %s\n\n", a.File, a.Test, p.Release, queues, p.BatchSize, a.runs())
	line := func(word, format string, args ...any) {
		fmt.Fprintf(b, "  %-8s %s\n", word, fmt.Sprintf(format, args...))
	}
	line("set", "%s=%d   (now %d: %s)", flagName, p.Capacity, p.Current, p.verdict())
	line("regime", "%s: %s", p.Regime, p.why())
	line("needed", "%s", a.needed(p))
	line("range", "%d is the largest single send; beyond %d an alert waits over %s, and the copy before it,", p.Lower, p.Useful, spell(p.Lifetime.Slack))
	line("", "valid for %s and sent again every %s, has expired: it resolves falsely", spell(p.Lifetime.Validity), spell(p.Lifetime.Period))
	for _, s := range p.otherSettings() {
		line("or", "%s", s)
	}
	line("stop", "%s", p.Drain.text())
	line("memory", "%s when all queues are full of the same alerts, %s an alert; %s when they are empty", size(p.Memory.Full), size(p.Memory.PerAlert), size(p.Memory.Empty))
	line("lost", "%s", p.Lost.text())
}

func (a *Answer) runs() string {
	if !a.Random {
		return "nothing in it is random: 1 run shows all"
	}
	return fmt.Sprintf("%d runs", a.Seeds)
}

// verdict judges the capacity that the scenario has.
func (p *Plan) verdict() string {
	switch {
	case p.Current < p.Capacity:
		return "too little"
	case p.Current > p.Useful:
		return "more than is useful"
	}
	return "enough"
}

func (p *Plan) why() string {
	who := strings.Join(p.Peak.Alertmanagers, ", ")
	rates := fmt.Sprintf("%.4g alerts/s come and %.4g leave", p.Peak.Arrival, p.Peak.Leaving)
	from := fmt.Sprintf("from %s to %s", spell(p.Peak.Since), spell(p.Peak.At))
	switch p.Regime {
	case Overload:
		return fmt.Sprintf("%s, from %s on: %.4g alerts/s come and %.4g leave, for ever; no capacity is enough",
			who, spell(p.Growth.From), p.Growth.Arrival, p.Growth.Leaving)
	case Hang:
		if p.Shared {
			return fmt.Sprintf("%s: %s, since every batch waits for the timeout; a capacity only buys time", from, rates)
		}
		return fmt.Sprintf("%s, %s: %s, all of those lost at the timeout; a capacity only buys time", who, from, rates)
	case SlowAlertmanager:
		return fmt.Sprintf("%s, %s: %s", who, from, rates)
	case FastRefusal:
		return "requests fail at once and queues stay short: a capacity changes nothing about what is lost"
	case Burst:
		return fmt.Sprintf("%d alerts at once (%s) are more than one request carries", p.Peak.Waiting+p.Peak.Arriving, spell(p.Peak.At))
	}
	return "what arrives goes out with the next request"
}

func (a *Answer) needed(p *Plan) string {
	drops := "no queue drops anything"
	if a.Tolerate > 0 {
		drops = fmt.Sprintf("no queue drops more than %s", share(a.Tolerate))
	}
	if !a.Random {
		return fmt.Sprintf("with %d %s; with one less some does", p.Needed, drops)
	}
	s := fmt.Sprintf("with %d, %s in %g %% of runs, at %g %% confidence", p.Needed, drops, 100*a.Percentile, 100*a.Confidence)
	if p.Least == p.Most {
		return s + "; every run needs as much"
	}
	return fmt.Sprintf("%s; runs need %d to %d, half of them at most %d", s, p.Least, p.Most, p.Median)
}

// otherSettings are settings that would do with less.
func (p *Plan) otherSettings() []string {
	var list []string
	if t := p.Timeout; t != nil {
		list = append(list, fmt.Sprintf("timeout: %s instead of %s under alertmanagers: %d would do, if healthy answers come sooner", spell(t.Value), spell(t.From), t.Needed))
	}
	if r := p.Resend; r != nil {
		list = append(list, fmt.Sprintf("--rules.alert.resend-delay=%s instead of %s: %d would do", spell(r.Value), spell(r.From), r.Needed))
	}
	return list
}

func (d Drain) text() string {
	switch {
	case !d.Drains:
		return fmt.Sprintf("at once: it does not drain, and at the worst moment %d queued copies are lost", d.Lost)
	case d.AtPeak == nil:
		return fmt.Sprintf("never, at the worst moment: nobody answers and there is no end to the drain; the grace period of %s cuts it off", spell(d.Grace))
	}
	fits := "within"
	if *d.AtPeak > d.Grace {
		fits = "longer than"
	}
	return fmt.Sprintf("it drains for %s at the worst moment, %s the grace period of %s; a full queue of a hung one takes %s",
		spell(*d.AtPeak), fits, spell(d.Grace), spell(d.Hung))
}

func (l Losses) text() string {
	if l.All == 0 && len(l.By) == 0 {
		return fmt.Sprintf("nothing of %d in the worst run", l.Offered)
	}
	var parts []string
	for _, by := range l.By {
		parts = append(parts, fmt.Sprintf("%s %s %d", by.Alertmanager, by.Reason, by.Alerts))
	}
	if n := len(parts); n > 3 {
		parts = append(parts[:2], fmt.Sprintf("and %d more", n-2))
	}
	if len(parts) == 0 {
		parts = []string{"it met no Alertmanager"}
	}
	s := fmt.Sprintf("%d of %d to everybody in the worst run; %s", l.All, l.Offered, strings.Join(parts, ", "))
	if l.failed() {
		s += " (no capacity helps send_failed)"
	}
	if l.ByAll != nil {
		s += fmt.Sprintf("; %d by all replicas", *l.ByAll)
	}
	return s
}

func (l Losses) failed() bool {
	for _, by := range l.By {
		if by.Reason == "send_failed" {
			return true
		}
	}
	return false
}

// curveTable shows what capacities come to.
func (a *Answer) curveTable(p *Plan) string {
	t := table.NewWriter()
	t.SetStyle(table.Style{Name: "plain", Box: table.BoxStyle{PaddingRight: "  ", MiddleHorizontal: "─"}, Options: table.Options{SeparateHeader: true}})
	t.Style().Format.Header = text.FormatDefault
	head := table.Row{"capacity", "queues drop", "lost to all", "runs without drops", "delay p99", "slowest Alertmanager p99", "memory"}
	t.AppendHeader(head)
	var right []table.ColumnConfig
	for i := range head {
		right = append(right, table.ColumnConfig{Number: i + 1, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	t.SetColumnConfigs(right)
	for _, s := range p.Curve {
		mark := fmt.Sprint(s.Capacity)
		if s.Capacity == p.Capacity {
			mark = "→ " + mark
		}
		t.AppendRow(table.Row{
			mark, s.Overflow.Text(p.CurveSeeds), s.Lost.Text(p.CurveSeeds), fmt.Sprintf("%d of %d", s.Clean, p.CurveSeeds),
			spell(s.P99), spell(s.Slowest), size(s.Memory),
		})
	}
	var lines []string
	for line := range strings.Lines(t.Render()) {
		lines = append(lines, "  "+strings.TrimRight(line, " \n"))
	}
	return fmt.Sprintf("%s, batches of %d: capacities on the same %s\n\n%s", p.Release, p.BatchSize, count(p.CurveSeeds, "run"), strings.Join(lines, "\n"))
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// Text writes the share, with its interval if it has one.
func (e Estimate) Text(runs int) string {
	if runs < 2 || e.Low == e.High {
		return share(e.Mean)
	}
	return fmt.Sprintf("%s (%s–%s)", share(e.Mean), share(e.Low), share(e.High))
}

// plotWidth is how many columns the queue over time takes.
const plotWidth = 72

// plot draws the queue of the worst run over time.
func (p *Plan) plot() string {
	steps := make([]float64, min(plotWidth, len(p.course)))
	for i := range steps {
		from, to := i*len(p.course)/len(steps), (i+1)*len(p.course)/len(steps)
		for _, l := range p.course[from:to] {
			steps[i] = max(steps[i], float64(l.Most))
		}
	}
	if len(steps) == 0 {
		steps = []float64{0}
	}
	title := fmt.Sprintf("queue of %s without a capacity, seed %d, 0s to %s", strings.Join(p.Peak.Alertmanagers, ", "), p.Peak.Seed, spell(p.step*timeSteps(len(p.course))))
	graph := asciigraph.Plot(steps, asciigraph.Height(8), asciigraph.LowerBound(0), asciigraph.Precision(0))
	var lines []string
	for line := range strings.Lines(graph) {
		lines = append(lines, strings.TrimRight(line, " \n"))
	}
	return title + "\n\n" + strings.Join(lines, "\n")
}
