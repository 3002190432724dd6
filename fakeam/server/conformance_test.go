package server

import (
	"fmt"
	"io"
	stdlog "log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/notifysim/notifysim/fakeam"
)

func TestConformance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		theirs := realAlertmanager(t, fakeam.StoreOptions{})
		ours, err := New(Options{})
		require.NoError(t, err)
		all := calls()
		for i, c := range all {
			time.Sleep(1234567 * time.Microsecond)
			c = c.at(time.Now())
			if want, got := c.do(theirs), c.do(ours); want != got {
				t.Errorf("request %d, %s\nwant %s\ngot  %s", i, c, want, got)
			}
			if want, got := getAlerts.do(theirs), getAlerts.do(ours); c.method == "POST" && want != got {
				t.Errorf("GET after request %d, %s\nwant %s\ngot  %s", i, c, want, got)
			}
		}
		t.Log(len(all), "requests")
	})
}

// Checks over HTTP what the response recorder of the other tests does not show.
func TestConformanceOnTheWire(t *testing.T) {
	ours, err := New(Options{})
	require.NoError(t, err)
	var responses [2][]string
	for i, h := range []http.Handler{realAlertmanager(t, fakeam.StoreOptions{GCInterval: time.Hour}), ours} {
		srv := httptest.NewUnstartedServer(h)
		srv.Config.ErrorLog = stdlog.New(io.Discard, "", 0)
		srv.Start()
		for _, c := range []call{
			post("[]"), post("null"), post("[null]"), post("{}"), post(""), post(`[{"labels":{}}]`),
			{"POST", "/api/v2/alerts", "", "[]"},
			getAlerts, get("/-/healthy"), {"HEAD", "/-/ready", "", ""}, get("/api/v2/receivers"), get("/api/v1/alerts"),
			{"OPTIONS", "/api/v2/alerts", "", ""},
			post("chunked"), post("chunked []"), get("/none"), get("/api/v2/none"),
		} {
			var body io.Reader = strings.NewReader(c.body)
			if text, chunked := strings.CutPrefix(c.body, "chunked"); chunked {
				body = io.MultiReader(strings.NewReader(text))
			}
			r, err := http.NewRequest(c.method, srv.URL+c.path, body)
			require.NoError(t, err)
			r.Header.Set("Content-Type", c.contentType)
			resp, err := srv.Client().Do(r)
			if err != nil {
				responses[i] = append(responses[i], strings.ReplaceAll(err.Error(), srv.URL, ""))
				continue
			}
			text, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			resp.Body.Close()
			resp.Header.Del("Date")
			response := fmt.Sprint(c, resp.StatusCode, resp.Header, resp.ContentLength, string(text))
			responses[i] = append(responses[i], inOrder(response))
		}
		srv.Close()
	}
	require.Equal(t, responses[0], responses[1])
}

// A timedPost is a request to post alerts and how long after the previous one it is sent.
type timedPost struct {
	wait time.Duration
	call call
}

func anyPosts() *rapid.Generator[[]timedPost] {
	return rapid.Custom(func(t *rapid.T) []timedPost {
		spread := rapid.SampledFrom([]int{5, 60, 600, 3600}).Draw(t, "spread")
		offset := func(what string) string {
			if rapid.IntRange(0, 3).Draw(t, what+" missing") == 0 {
				return ""
			}
			return fmt.Sprintf(`,"%sAt":"%%%d"`, what, rapid.IntRange(-spread, spread).Draw(t, what))
		}
		posts := make([]timedPost, rapid.IntRange(1, 12).Draw(t, "posts"))
		for i := range posts {
			posts[i].wait = time.Duration(rapid.IntRange(0, spread).Draw(t, "wait")) * time.Second
			var alerts []string
			for n := range rapid.IntRange(1, 4).Draw(t, "alerts") {
				alerts = append(alerts, fmt.Sprintf(`{"labels":{"alertname":"A","i":"%d"},"annotations":{"n":"%d"}%s%s}`,
					rapid.IntRange(0, 3).Draw(t, "i"), n, offset("starts"), offset("ends")))
			}
			posts[i].call = post("[" + strings.Join(alerts, ",") + "]")
		}
		return posts
	})
}

// Random requests at random times get the same responses as from a real Alertmanager and leave the same alerts active.
func TestConformanceOverTime(t *testing.T) {
	options := []fakeam.StoreOptions{
		{}, {PerAlertname: 2}, {PerAlertname: 2, GCInterval: 10 * time.Second},
		{ResolveTimeout: 30 * time.Second, GCInterval: time.Minute},
	}
	rapid.Check(t, func(rt *rapid.T) {
		opt := rapid.SampledFrom(options).Draw(rt, "options")
		posts := anyPosts().Draw(rt, "posts")
		var want, got []string // compared outside the bubble, because rapid must not stop the test inside
		synctest.Test(t, func(t *testing.T) {
			theirs := realAlertmanager(t, opt)
			ours, err := New(Options{Store: opt})
			require.NoError(t, err)
			time.Sleep(time.Millisecond) // keeps requests from coinciding with a garbage collection
			for _, p := range posts {
				time.Sleep(p.wait)
				c := p.call.at(time.Now())
				want = append(want, c.String(), c.do(theirs), getAlerts.do(theirs))
				got = append(got, c.String(), c.do(ours), getAlerts.do(ours))
			}
		})
		require.Equal(rt, want, got)
	})
}
