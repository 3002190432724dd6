package fakeam

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestFaultString(t *testing.T) {
	for want, f := range map[string]Fault{
		"none":                          {},
		"hang":                          {Hang: true},
		"refuse":                        {Refuse: true, Probability: 1},
		"reset (first 3)":               {Reset: true, First: 3},
		"status 503 (p=0.3)":            {Status: 503, Probability: 0.3},
		"status 429 (p=0.05, first 10)": {Status: 429, Probability: 0.05, First: 10},
		"hang and status 500":           {Hang: true, Status: 500},
		"lose_response":                 {LoseResponse: true},
		"truncate (every 1m for 5s)":    {Truncate: true, Every: time.Minute, For: 5 * time.Second},
		"slow_body 5s (after 3)":        {SlowBody: 5 * time.Second, After: 3},
		"partial 0.25 (p=0.5, ramp 1h)": {Partial: 0.25, Probability: 0.5, Ramp: time.Hour},
		"wrong_content":                 {WrongContent: true},
		"tls (p=0.5)":                   {TLS: true, Probability: 0.5},
		"rate_limit 10":                 {RateLimit: 10},
	} {
		require.Equal(t, want, f.String())
	}
}

func TestFaultValidate(t *testing.T) {
	for _, f := range []Fault{
		{Hang: true}, {Refuse: true, Probability: 1}, {Reset: true, First: 1},
		{Status: 300}, {Status: 599, Probability: 0x1p-60, First: 5}, {LoseResponse: true, After: 7, Ramp: 1},
		{Truncate: true}, {SlowBody: 1, Every: 2, For: 1}, {Partial: 0.999}, {WrongContent: true}, {TLS: true}, {RateLimit: maxRate},
	} {
		require.NoError(t, f.Validate(), "%s", f)
	}
	for want, f := range map[string]Fault{
		"a fault needs one of " + kindNames:                                                    {Probability: 0.5},
		"a fault has only one of " + kindNames + "; this one has hang and reset":               {Hang: true, Reset: true},
		"a fault has only one of " + kindNames + "; this one has hang and refuse and status 1": {Hang: true, Refuse: true, Status: 1},
		"rate_limit -1 is negative: write how many requests pass in a second":                  {RateLimit: -1},
		"rate_limit 1000001 is above the limit of 1000000 requests a second":                   {RateLimit: 1000001},
		"status 299 is not an error status: write 300 to 599":                                  {Status: 299},
		"status 600 is not an error status: write 300 to 599":                                  {Status: 600},
		"status -1 is not an error status: write 300 to 599":                                   {Status: -1},
		"probability 1.5 is outside (0, 1]: write the chance that a request meets the fault":   {Hang: true, Probability: 1.5},
		"probability -0.1 is outside (0, 1]: write the chance that a request meets the fault":  {Hang: true, Probability: -0.1},
		"probability NaN is outside (0, 1]: write the chance that a request meets the fault":   {Hang: true, Probability: math.NaN()},
		"first -2 is negative: write how many requests meet the fault, or omit it for all":     {Hang: true, First: -2},
		"after -2 is negative: write how many requests pass first, or omit it":                 {Hang: true, After: -2},
		"ramp -2ms is negative: write how long the probability rises, or omit it":              {Hang: true, Ramp: -2 * ms},
		"slow_body -2ms is negative: write how long the body takes":                            {SlowBody: -2 * ms},
		"slow_body 25h is longer than the limit of 24h":                                        {SlowBody: 25 * time.Hour},
		"partial 1 is outside (0, 1): write which fraction of the alerts is stored":            {Partial: 1},
		"every is missing: write the length of a period, such as every: 30s":                   {Hang: true, For: 5},
		"for is missing: write how much of each period it lasts, such as for: 2s":              {Hang: true, Every: 5},
		"for 2ms is not shorter than every 2ms: write a shorter time":                          {Hang: true, Every: 2 * ms, For: 2 * ms},
	} {
		require.EqualError(t, f.Validate(), want)
	}
}

func TestBehaviour(t *testing.T) {
	full := Behaviour{
		Latency: Lognormal(80*ms, 0.4),
		Service: Service{PerRequest: 3 * ms, PerAlert: 40 * time.Microsecond},
		Stall:   Stall{Every: 30 * time.Second, For: 2 * time.Second},
		Fault:   Fault{Status: 503, Probability: 0.3},
	}
	require.NoError(t, full.Validate())
	require.NoError(t, Behaviour{}.Validate())
	require.Equal(t, "latency {lognormal: {median: 80ms, sigma: 0.4}}, service 3ms + 40us per alert, stall every 30s for 2s, status 503 (p=0.3)", full.String())
	require.Equal(t, "200 at once", Behaviour{}.String())

	for want, b := range map[string]Behaviour{
		"service: per_request -1ms is outside 0s to 24h":                                 {Service: Service{PerRequest: -ms}},
		"service: per_alert -40us is outside 0s to 24h":                                  {Service: Service{PerAlert: -40 * time.Microsecond}},
		"service: per_alert 25h is outside 0s to 24h":                                    {Service: Service{PerAlert: 25 * time.Hour}},
		"latency: negative time: write 0s or more":                                       {Latency: Constant(-1)},
		"stall: for is missing: write how much of each period it lasts, such as for: 2s": {Stall: Stall{Every: 5}},
		"status 200 is not an error status: write 300 to 599":                            {Fault: Fault{Status: 200}},
		"a fault needs one of " + kindNames:                                              {Fault: Fault{First: 3}},
	} {
		require.EqualError(t, b.Validate(), want)
	}
}

func TestServiceTime(t *testing.T) {
	s := Service{PerRequest: 3 * ms, PerAlert: 40 * time.Microsecond}
	require.Equal(t, int64(3*ms), s.duration(0))
	require.Equal(t, int64(3*ms), s.duration(-1))
	require.Equal(t, int64(3*ms+64*40*time.Microsecond), s.duration(64))
	longest := time.Duration(math.MaxInt64)
	require.Equal(t, Never, Service{PerAlert: longest}.duration(2))
	require.Equal(t, Never, Service{PerAlert: longest}.duration(3)) // over 64 bits
	require.Equal(t, Never, Service{PerRequest: ms, PerAlert: longest}.duration(1))
	require.Zero(t, Service{PerRequest: -1, PerAlert: -1}.duration(5))
}
