package sim_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/internal/alertmanagertest"
	"github.com/notifysim/notifysim/internal/scrape"
	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/ledger"
)

// The comment of each scenario of testdata/account works out its account on paper, and says when the alerts fire. A
// real Alertmanager that gets the same requests at the same times says when it knows them; from both follows the
// account, which must be that of the run. The golden files show it.
func TestAccountsOnPaper(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("testdata", "account", "*.yml"))
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(paths), 20)
	for _, path := range paths {
		name := strings.TrimSuffix(path, ".yml")
		t.Run(filepath.Base(name), func(t *testing.T) {
			file, err := scenarios.Load(path)
			require.NoError(t, err)
			test := file.Tests[0]
			h, err := record(t, file, test, file.Releases[0])
			require.NoError(t, err)
			paper := readPaper(t, path)
			addresses := slices.Sorted(maps.Keys(h.result.Accounts.Alertmanagers))
			known := realKnowledge(t, &h, paper, addresses, test.Duration)
			var alerts []firingAlert
			for _, name := range paper.names {
				alerts = append(alerts, firingAlert{
					fires: paper.fires[name],
					meant: func(address string) bool { return !slices.Contains(paper.notMeant, address+" "+name) },
					known: func(address string) []span { return known[address][name] },
				})
			}
			want := plainAccounts(alerts, addresses, test.Duration)
			require.Equal(t, want, plainOf(h.result))
			model, err := sim.Run(file, test, file.Releases[0], 1, sim.Options{Phases: true})
			require.NoError(t, err)
			require.Equal(t, want, plainOf(model), "engine model")
			model, err = sim.Run(file, test, file.Releases[0], 1, sim.Options{Monitor: true}) // without the phases of a Manager
			require.NoError(t, err)
			require.Equal(t, roundedAccounts(want), roundedAccounts(plainOf(model)), "engine model at the exact times")
			require.Empty(t, model.Failures)
			requireMetrics(t, model, test.Duration, file.ScrapeInterval)

			var out strings.Builder
			for _, address := range addresses {
				for _, name := range paper.names {
					fmt.Fprintf(&out, "%s knows %s %s\n", address, name, spansText(joined(known[address][name], test.Duration)))
				}
			}
			for _, address := range append(addresses, ledger.Any) {
				fmt.Fprintf(&out, "%s: %s\n", address, plainOf(model)[address])
			}
			if *update {
				require.NoError(t, os.WriteFile(name+".txt", []byte(out.String()), 0o644))
			}
			golden, err := os.ReadFile(name + ".txt")
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(string(golden), out.String()))
		})
	}
}

// A paper is what the comment of a scenario says about its alerts.
type paper struct {
	names    []string // of the alerts
	fires    map[string][]span
	notMeant []string // an address and the name of an alert that is not meant for it
}

// readPaper reads the lines "# fires: NAME FROM..TO" and "# not meant: ADDRESS NAME" of a scenario.
func readPaper(t *testing.T, path string) paper {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	p := paper{fires: map[string][]span{}}
	for line := range strings.Lines(string(content)) {
		line = strings.TrimSpace(line)
		if of, ok := strings.CutPrefix(line, "# not meant: "); ok {
			p.notMeant = append(p.notMeant, of)
		}
		of, ok := strings.CutPrefix(line, "# fires: ")
		if !ok {
			continue
		}
		name, times, _ := strings.Cut(of, " ")
		from, to, ok := strings.Cut(times, "..")
		require.True(t, ok, line)
		var s span
		s.from, err = time.ParseDuration(from)
		require.NoError(t, err)
		s.to, err = time.ParseDuration(to)
		require.NoError(t, err)
		if p.fires[name] == nil {
			p.names = append(p.names, name)
		}
		p.fires[name] = append(p.fires[name], s)
	}
	require.NotEmpty(t, p.names)
	return p
}

// nameOf returns how the comments call the alert with a label set.
func nameOf(set map[string]string) string {
	if i := set["i"]; i != "" {
		return set["alertname"] + "/" + i
	}
	return set["alertname"]
}

// realKnowledge makes real Alertmanagers process the requests of a run in a bubble, which begins at bubbleStart like
// the times in the requests. It polls their API around every instant at which something can change, and in between, and
// returns the spans of each alert by address and name. An alert that is known up to an endsAt is listed at that instant
// and no longer a nanosecond later.
func realKnowledge(
	t *testing.T, h *history, p paper, addresses []string, end time.Duration,
) map[string]map[string][]span {
	at := map[time.Duration]bool{}
	around := func(d time.Duration) {
		for ms := -3; ms <= 3; ms++ {
			at[d+time.Duration(ms)*time.Millisecond] = true
		}
		at[d-1], at[d+1] = true, true
	}
	for d := time.Duration(0); d <= end; d += 15 * time.Second {
		at[d] = true
	}
	for _, v := range h.changes {
		around(v.at)
		for _, c := range v.copies {
			ends, err := time.Parse(time.RFC3339Nano, c["endsAt"].(string))
			require.NoError(t, err)
			around(ends.Sub(bubbleStart))
		}
	}
	for _, spans := range p.fires {
		for _, s := range spans {
			around(s.from)
			around(s.to)
		}
	}
	all := map[string]map[string][]span{}
	synctest.Test(t, func(t *testing.T) {
		require.True(t, time.Now().Equal(bubbleStart))
		ams := map[string]http.Handler{}
		for _, address := range addresses {
			ams[address], all[address] = alertmanagertest.New(t, alertmanagertest.Options{}), map[string][]span{}
		}
		changes, last := h.changes, time.Duration(-1)
		for _, now := range slices.Sorted(maps.Keys(at)) {
			if now < 0 || now > end {
				continue
			}
			time.Sleep(time.Until(bubbleStart.Add(now)))
			changed := map[string]bool{}
			for ; len(changes) > 0 && changes[0].at == now; changes = changes[1:] {
				v := changes[0]
				if changed[v.address] = true; v.restarts {
					ams[v.address] = alertmanagertest.New(t, alertmanagertest.Options{})
				} else {
					postCopies(t, ams[v.address], v.copies)
				}
			}
			for _, address := range addresses {
				follow(t, all[address], known(t, ams[address]), now, last, changed[address])
			}
			last = now
		}
		require.True(t, len(changes) == 0 || changes[0].at > end)
	})
	return all
}

// follow extends the spans of the alerts of an Alertmanager by a poll at the instant now; the one before was at last.
func follow(t *testing.T, spans map[string][]span, known map[string]bool, now, last time.Duration, changed bool) {
	const open = time.Duration(1<<63 - 1)
	for name := range known {
		if n := len(spans[name]); n == 0 || spans[name][n-1].to != open {
			require.True(t, changed, "%s became known at %v without a request", name, now)
			spans[name] = append(spans[name], span{now, open})
		}
	}
	for name, list := range spans {
		if s := &list[len(list)-1]; s.to == open && !known[name] {
			if s.to = now; !changed { // it expired right after the poll before
				require.Equal(t, last+1, now, "%s was no longer known at %v, and nothing happened then", name, now)
				s.to = last
			}
		}
	}
}

func postCopies(t *testing.T, am http.Handler, copies []map[string]any) {
	t.Helper()
	body, err := json.Marshal(copies)
	require.NoError(t, err)
	r := httptest.NewRequest(http.MethodPost, "/api/v2/alerts", strings.NewReader(string(body)))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	am.ServeHTTP(w, r)
	require.Equal(t, http.StatusOK, w.Code, w.Body.String())
}

// known returns the names of the alerts that an Alertmanager lists.
func known(t *testing.T, am http.Handler) map[string]bool {
	t.Helper()
	w := httptest.NewRecorder()
	am.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/v2/alerts", nil))
	require.Equal(t, http.StatusOK, w.Code, w.Body.String())
	var list []map[string]any
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &list))
	names := map[string]bool{}
	for _, a := range list {
		names[nameOf(labelsOf(t, a))] = true
	}
	return names
}

func spansText(spans []span) string {
	if len(spans) == 0 {
		return "never"
	}
	var list []string
	for _, s := range spans { // a Manager's events are up to a millisecond earlier than written
		list = append(list, text.Duration(s.from.Round(time.Millisecond))+".."+text.Duration(s.to.Round(time.Millisecond)))
	}
	return "from " + strings.Join(list, ", ")
}

// requireMetrics checks that the metrics of the last scrape in the run have the values of the account. An alert that
// still fires and was never known is missed by the end of the run, but not yet in the metrics.
func requireMetrics(t *testing.T, res *sim.Result, end, interval time.Duration) {
	t.Helper()
	at := res.Series.At(end - 1)
	of := func(metric, to string) float64 {
		got, err := scrape.Query(t.Context(), scrape.NewEngine(time.Minute), res.Series,
			fmt.Sprintf("sum(%s{job='notifysim', to='%s'})", metric, to), at)
		require.NoError(t, err)
		require.Len(t, got, 1, metric)
		return got[0].F
	}
	since := end - (end - 1).Truncate(interval) // from the last scrape until the end
	for to, a := range plainOf(res) {
		require.EqualValues(t, a.alerts, of("alerts_fired_total", to), to)
		require.EqualValues(t, a.falselyResolved, of("alerts_falsely_resolved_total", to), to)
		require.EqualValues(t, a.falseResolves.count, of("alert_false_resolves_total", to), to)
		require.EqualValues(t, a.first.count, of("alert_first_delivery_seconds_count", to), to)
		require.InDelta(t, a.first.total.Seconds(), of("alert_first_delivery_seconds_sum", to), 1e-6, to)
		require.InDelta(t, a.first.longest.Seconds(), of("alert_first_delivery_max_seconds", to), 1e-6, to)
		uncovered := of("alerts_uncovered", to)
		require.InDelta(t, a.uncovered.total.Seconds(),
			of("alert_uncovered_seconds_total", to)+uncovered*since.Seconds(), 1e-6, to)
		if uncovered == 0 {
			require.EqualValues(t, a.missed, of("alerts_missed_total", to), to)
		}
	}
}

// roundedAccounts rounds the times of accounts to milliseconds.
func roundedAccounts(all map[string]plainAccount) map[string]plainAccount {
	for address, a := range all {
		for _, s := range []*sum{&a.first, &a.uncovered, &a.falseResolves, &a.late} {
			s.total, s.longest = s.total.Round(time.Millisecond), s.longest.Round(time.Millisecond)
		}
		all[address] = a
	}
	return all
}

// String returns the account as a line of the golden files.
func (a plainAccount) String() string {
	times := func(s sum) string {
		longest := text.Duration(s.longest)
		if s.endless > 0 {
			longest = "endless"
		}
		return fmt.Sprintf("%s at most, %s in total", longest, text.Duration(s.total))
	}
	return fmt.Sprintf("alerts %d, missed %d\n  first delivery    %s\n  uncovered         %s\n"+
		"  falsely resolved  %d of the alerts, %d times, %s\n  late resolve      %s", a.alerts, a.missed, times(a.first),
		times(a.uncovered), a.falselyResolved, a.falseResolves.count, times(a.falseResolves), times(a.late))
}
