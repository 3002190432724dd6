package fuzz

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/notifysim/notifysim/notifier/core"
)

// An intensity is 0 for nothing, 1 for some, 2 for a lot.
type intensity int

// intensities are the intensities of load and of each kind of fault in a draft. They are drawn before everything else.
type intensities struct{ load, faults, churn, relabel, slow, reload intensity }

func newDraft(release string, seed uint64, heals bool) *Draft {
	g := &generator{heals: heals, Rand: rand.New(rand.NewPCG(seed, 0x6e6f7469667973)), draft: &Draft{Release: release}}
	if rel, err := core.ParseRelease(release); err == nil {
		g.setRelabel = rel.SetRelabel != core.NoSetRelabel
	}
	draw := func() intensity { return intensity(g.IntN(3)) }
	g.intensities = intensities{draw(), draw(), draw(), draw(), draw(), draw()}
	g.config()
	g.behaviours()
	g.reloads()
	g.events()
	g.compounds(seed)
	return g.draft
}

// A generator generates a draft.
type generator struct {
	*rand.Rand
	draft *Draft
	intensities
	setRelabel bool       // in this release sets may have relabelling
	addresses  [][]string // of each set
	shifts     bool       // a reload changes the keys of sets
	several    bool       // at some time there are several sets
	heals      bool       // all faults end before the run does
}

func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

func pick[T any](g *generator, list ...T) T { return list[g.IntN(len(list))] }

// config draws the sender's configuration.
func (g *generator) config() {
	d := g.draft
	d.flags = append(d.flags, fmt.Sprintf("alertmanager.notification-queue-capacity: %d", 1+g.IntN(pick(g, 8, 40, 200))))
	d.flags = append(d.flags, fmt.Sprintf("alertmanager.notification-batch-size: %d", 1+g.IntN(pick(g, 5, 30))))
	if g.chance(30) {
		d.flags = append(d.flags, "alertmanager.drain-notification-queue-on-shutdown: false")
	}
	if g.chance(50) {
		d.flags = append(d.flags, "rules.alert.resend-delay: "+pick(g, "14s", "30s", "1m"))
	}
	if g.relabel > 0 && g.chance(50) {
		d.global = append(d.global, "global: {external_labels: {cluster: eu1}}")
	}
	if g.relabel > 0 && g.chance(60) {
		d.global = append(d.global, "alert_relabel_configs: ["+g.rule()+"]")
	}
	name := 'a'
	for range 1 + g.IntN(2) {
		var list []string
		for range 1 + g.IntN(3) {
			list = append(list, "am-"+string(name)+":9093")
			name++
		}
		g.addresses = append(g.addresses, list)
		d.sets = append(d.sets, "- "+g.set(list))
	}
	g.several = len(g.addresses) > 1
}

// set draws an alertmanagers entry.
func (g *generator) set(targets []string) string {
	set := "{timeout: " + pick(g, "1s", "3s", "10s") + ", static_configs: [{targets: [" + quoted(targets) + "]}]"
	if g.relabel > 1 && g.chance(60) && g.setRelabel {
		set += ", alert_relabel_configs: [" + g.rule() + "]"
	}
	return set + "}"
}

// rule draws a relabelling rule.
func (g *generator) rule() string {
	return pick(g,
		"{source_labels: [severity], regex: debug, action: drop}",
		"{source_labels: [severity], regex: page, action: keep}",
		"{source_labels: [cluster], regex: eu1, target_label: region, replacement: west}",
		"{regex: severity, action: labeldrop}",
	)
}

func quoted(list []string) string { return "'" + strings.Join(list, "', '") + "'" }

// behaviours draws how the Alertmanagers behave.
func (g *generator) behaviours() {
	odd := func(d time.Duration) time.Duration { return d + 137*time.Microsecond } // no latency ever equals a timeout
	for _, set := range g.addresses {
		for _, address := range set {
			how := fmt.Sprintf("latency: %v", odd(time.Duration(g.IntN(50))*time.Millisecond))
			if g.slow > 0 && g.chance(40*int(g.slow)) {
				ms := func(n int) time.Duration { return odd(time.Duration(1+g.IntN(n)) * time.Millisecond) }
				low := ms(500)
				how = pick(g,
					fmt.Sprintf("latency: %v", ms(4000)),
					fmt.Sprintf("latency: {uniform: {min: %v, max: %v}}", low, low+ms(2000)),
					fmt.Sprintf("latency: {exponential: {mean: %v}}", ms(1500)),
					fmt.Sprintf("latency: {lognormal: {median: %v, sigma: 0.8}}", ms(800)),
					fmt.Sprintf("latency: {normal: {mean: %v, stddev: %v}}", ms(1000), ms(400)),
					fmt.Sprintf("latency: {pareto: {min: %v, alpha: %.1f}}", ms(100), 0.5+g.Float64()),
					fmt.Sprintf("service: {per_request: %v, per_alert: %v}", ms(300), ms(30)),
				)
			}
			if g.slow > 0 && g.chance(20) { // a stall does not equal a timeout either
				every := time.Duration(2+g.IntN(20))*time.Second + 313*time.Microsecond
				how += fmt.Sprintf(", stall: {every: %v, for: %v}", every, every*time.Duration(1+g.IntN(9))/10)
			}
			if g.slow > 0 && g.chance(20) {
				how += fmt.Sprintf(", jitter: %v", odd(time.Duration(g.IntN(300))*time.Millisecond))
			}
			g.draft.behave = append(g.draft.behave, fmt.Sprintf("'%s': {%s}", address, how))
		}
	}
}

// fault draws a fault.
func (g *generator) fault() string {
	fault := pick(g, "hang: true", "hang: true", "refuse: true", "reset: true",
		"status: 500", "status: 302", "status: 429",
		"lose_response: true", "truncate: true", "wrong_content: true", "tls: true",
		fmt.Sprintf("rate_limit: %d", 1+g.IntN(9)), fmt.Sprintf("partial: 0.%d", 1+g.IntN(9)),
		fmt.Sprintf("slow_body: %v", time.Duration(1+g.IntN(6000))*time.Millisecond+59*time.Microsecond))
	if g.chance(30) {
		fault += fmt.Sprintf(", probability: 0.%d", 1+g.IntN(9))
	}
	if g.chance(15) {
		fault += fmt.Sprintf(", ramp: %ds", 1+g.IntN(20))
	}
	if g.chance(15) {
		every := 2 + g.IntN(8000)
		fault += fmt.Sprintf(", every: %dms, for: %dms", every, 1+g.IntN(every-1))
	}
	if g.chance(15) {
		fault += fmt.Sprintf(", after: %d", 1+g.IntN(3))
	}
	if g.chance(20) {
		fault += fmt.Sprintf(", first: %d", 1+g.IntN(5))
	}
	return fault
}

// at draws a time of the first minute.
func (g *generator) at() string {
	return fmt.Sprintf("%dms", g.IntN(60)*1000+pick(g, 0, 0, 500, g.IntN(1000)))
}

// events draws the events of the first minute.
func (g *generator) events() {
	d := g.draft
	at := g.at
	send := func() {
		first := 1 + g.IntN(40)
		labels := pick(g, "", "", ", labels: {severity: page}", ", labels: {severity: debug}",
			", labels: {cluster: us2, empty: ''}")
		d.timeline = append(d.timeline, fmt.Sprintf("- {at: %s, send: {alerts: '%s[%d-%d]'%s}}",
			at(), pick(g, "a", "b", "c"), first, first+g.IntN(pick(g, 3, 12, 40)), labels))
	}
	for range 2 + g.IntN(5)*(1+int(g.load)) {
		send()
	}
	for range g.IntN(3) * int(g.load) {
		d.series = append(d.series, fmt.Sprintf(
			"- {series: 'ALERTS{alertname=\"R%d\", alertstate=\"firing\", severity=\"page\"}', "+
				"expand: {i: 'x[1-%d]'}, values: '_x%d 1x%d'}", len(d.series), 1+g.IntN(30), 1+g.IntN(2), g.IntN(3)))
	}
	for range g.IntN(4) * int(g.faults) {
		length := ""
		if g.chance(80) || g.heals {
			length = fmt.Sprintf(", for: %dms", 1+g.IntN(20000))
		}
		fault := g.fault()
		set := pick(g, g.addresses...)
		d.timeline = append(d.timeline, fmt.Sprintf("- {at: %s%s, target: '%s', fault: {%s}}", at(), length,
			pick(g, set...), fault))
	}
	for range g.IntN(2) * int(g.faults) {
		down := pick(g, "", fmt.Sprintf(", for: %dms", 1+g.IntN(20000)))
		set := pick(g, g.addresses...)
		d.timeline = append(d.timeline, fmt.Sprintf("- {at: %s%s, target: '%s', restart: {}}", at(), down, pick(g, set...)))
	}
	for range g.IntN(4) * int(g.churn) {
		if g.shifts {
			break
		}
		n := g.IntN(len(g.addresses))
		var targets []string
		for _, address := range g.addresses[n] {
			if g.chance(60) {
				targets = append(targets, address)
			}
			if g.chance(10) {
				targets = append(targets, address)
			}
		}
		groups := "{targets: []}"
		if len(targets) > 0 {
			groups = "{targets: [" + quoted(targets) + "]}"
		}
		d.timeline = append(d.timeline, fmt.Sprintf("- {at: %s, target_groups: {%s: [%s]}}", at(), core.SetKey(n), groups))
	}
	if !g.several && g.chance(25) { // with several sets, the random order of a Go map decides which is drained first
		d.timeline = append(d.timeline, "- {at: 1m, shutdown: {}}")
	}
}
