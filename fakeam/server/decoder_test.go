package server

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/prometheus/alertmanager/api/v2/models"
	"github.com/stretchr/testify/require"
)

// both decodes a body with both consumers, requires the same result, and reports whether decoder accepts it.
func both(t require.TestingT, body []byte) (accepted bool) {
	var fast, slow models.PostableAlerts
	errFast := jsonConsumer.Consume(bytes.NewReader(body), &fast)
	errSlow := generatedConsumer.Consume(bytes.NewReader(body), &slow)
	require.Equal(t, errSlow == nil, errFast == nil, "%q", body)
	if errSlow != nil {
		require.Equal(t, errSlow.Error(), errFast.Error())
	}
	require.Equal(t, slow, fast, "%q", body)
	d := decoder{text: body, names: map[string]string{}}
	return d.alerts()
}

func TestDecoderAgreesWithGeneratedConsumer(t *testing.T) {
	require.True(t, both(t, typicalBatch(3)))
	for _, c := range []struct {
		body     string
		accepted bool
	}{
		{`[{"labels":{"a":"b"}}]`, true},
		{" [ {\"labels\" :\n{ \"a\": \"ü\\t\" } } ] ", false},
		{" [ {\"labels\" :\n{ \"a\": \"ü\" } } ] \n", true},
		{`[{"labels":{}},{"annotations":{},"startsAt":"2026-01-01T00:00:00.123456789+02:00"}]`, true},
		{`[{"labels":{},"endsAt":"2026-01-01T00:00:00Z"}]`, true},
		{`[{"labels":{"a":"1","a":"2"}}]`, true},
		{`[{"labels":{"a":"1"},"labels":{"b":"2"}}]`, false},
		{`[{"labels":{"a":"1"},"Labels":{"b":"2"}}]`, false},
		{`[{"generatorURL":"x","generatorURL":"y"}]`, false},
		{`[{"startsAt":""}]`, false}, {`[{"startsAt":"yesterday"}]`, false}, {`[{"startsAt":"2026-01-01"}]`, true},
		{`[]`, false}, {`null`, false}, {``, false}, {`[{`, false}, {`[{"labels":null}]`, false}, {`[null]`, false},
		{`[{"labels":{"a":1}}]`, false}, {`[{"more":1}]`, false}, {`[{}] x`, false}, {`[{}]`, true}, {`[{},]`, false},
		{`[{"labels":{"a":"b",}}]`, false},
		{"[{\"labels\":{\"a\":\"\xff\"}}]", false}, {"[{\"labels\":{\"a\":\"\x01\"}}]", false},
	} {
		require.Equal(t, c.accepted, both(t, []byte(c.body)), c.body)
	}
}

// Bodies of Prometheus with a few bytes changed, at random with a fixed seed.
func TestDecoderOfDamagedBodies(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	accepted := 0
	for range 20_000 {
		body := typicalBatch(1 + r.IntN(2))
		for range 1 + r.IntN(2) {
			at := r.IntN(len(body))
			switch r.IntN(3) {
			case 0:
				body[at] = `"\{}[]:, ax0Z`[r.IntN(13)]
			case 1:
				body = append(body[:at], body[at+1:]...)
			default:
				body = append(body[:at], append([]byte(strings.Repeat(string(body[at]), 1+r.IntN(2))), body[at:]...)...)
			}
		}
		if both(t, body) {
			accepted++
		}
	}
	require.Greater(t, accepted, 5000)
}
