package server

import (
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/fakeam"
)

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		fault    fakeam.Fault
		response string // substring of the response
		stored   int
	}{
		{fakeam.Fault{}, "200 ", 2},
		{fakeam.Fault{Hang: true}, "Client.Timeout exceeded while awaiting headers", 0},
		{fakeam.Fault{Refuse: true}, "connection refused", 0},
		{fakeam.Fault{Refuse: true, First: 1}, "connection reset by peer", 0},
		{fakeam.Fault{Reset: true}, "connection reset by peer", 0},
		{fakeam.Fault{Status: 503}, "503 fakeam: status 503", 0},
		{fakeam.Fault{LoseResponse: true}, "connection reset by peer", 2},
		{fakeam.Fault{Truncate: true}, "200 body: unexpected EOF", 2},
		{fakeam.Fault{SlowBody: time.Minute}, "200 body: context deadline exceeded", 2},
		{fakeam.Fault{SlowBody: time.Millisecond}, "200           ", 2},
		{fakeam.Fault{Partial: 0.5}, `400 "fakeam: partial: only the first 1 alerts are stored"`, 1},
		{fakeam.Fault{WrongContent: true}, "200 <!DOCTYPE html>", 0},
		{fakeam.Fault{TLS: true}, "malformed HTTP response", 0},
		{fakeam.Fault{RateLimit: 1, Every: time.Hour, For: time.Minute}, "200 ", 2},
	} {
		t.Run(c.fault.String(), func(t *testing.T) {
			s, url := hosted(t, Options{Behaviour: fakeam.Behaviour{Fault: c.fault}}, HostOptions{})
			timeout := 10 * time.Second
			if c.fault.Hang || c.fault.SlowBody == time.Minute {
				timeout = 100 * time.Millisecond
			}
			if c.fault == (fakeam.Fault{Refuse: true}) { // Run closes the port concurrently
				refused := func() bool { return strings.Contains(postTo(url, timeout), c.response) }
				require.Eventually(t, refused, 5*time.Second, time.Millisecond)
			} else {
				require.Contains(t, postTo(url, timeout), c.response)
			}
			require.Len(t, s.Active(), c.stored)
			require.NoError(t, s.SetBehaviour(fakeam.Behaviour{}))
			require.Eventually(t, func() bool { return postTo(url, timeout) == "200 " }, 5*time.Second, time.Millisecond)
			require.Len(t, s.Active(), 2)
		})
	}
}

// A response is delayed until the time of the Decision.
func TestDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []Arrival
		s, err := New(Options{
			Behaviour: fakeam.Behaviour{
				Latency: fakeam.Constant(20 * ms),
				Service: fakeam.Service{PerRequest: time.Second, PerAlert: time.Second},
			},
			Observe: func(a Arrival) { seen = append(seen, a) },
		})
		require.NoError(t, err)
		var wait sync.WaitGroup
		for range 2 {
			wait.Go(func() {
				w := httptest.NewRecorder()
				r := httptest.NewRequest("POST", "/api/v2/alerts", strings.NewReader(twoAlerts))
				r.Header.Set("Content-Type", "application/json")
				s.ServeHTTP(w, r)
			})
		}
		wait.Wait()
		require.Equal(t, 3020*ms, seen[0].Took)
		require.Equal(t, 6020*ms, seen[1].Took)
		require.Equal(t, "ok", seen[1].Outcome)
		require.Equal(t, 200, seen[1].Status)
		require.Len(t, seen[1].Alerts, 2)
		require.NoError(t, seen[1].Results[0].Err)
	})
}

func TestCloseEndsDelayedRequests(t *testing.T) {
	for _, b := range []fakeam.Behaviour{{Fault: fakeam.Fault{Hang: true}}, {Latency: fakeam.Constant(time.Hour)}} {
		synctest.Test(t, func(t *testing.T) {
			s, err := New(Options{Behaviour: b})
			require.NoError(t, err)
			done := make(chan string)
			go func() { done <- post("[]").do(s) }()
			synctest.Wait()
			s.Close()
			s.Close()
			require.Equal(t, connectionClosed, <-done)
			require.Empty(t, s.Active())
		})
	}
}

func TestElements(t *testing.T) {
	for body, want := range map[string]int{
		"[]": 0, "": 0, "x": 0, "{}": 0, "[ ]": 0, "[1]": 1, "[null,null]": 2, twoAlerts: 2,
		`[{"a":"],[\"\\"},{"b":[1,2,[3]]},"x,y", [ ] ]`: 4,
	} {
		require.Len(t, elements([]byte(body)), want, body)
	}
}
