package server

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/prometheus/alertmanager/api/v2/models"
	"github.com/stretchr/testify/require"
)

// both decodes a body with both consumers, requires that the results are equal, and reports whether they accept it.
func both(t require.TestingT, body []byte) (accepted bool) {
	var fast, slow models.PostableAlerts
	errFast := jsonConsumer.Consume(bytes.NewReader(body), &fast)
	errSlow := generatedConsumer.Consume(bytes.NewReader(body), &slow)
	require.Equal(t, errSlow == nil, errFast == nil, "%q", body)
	if errSlow != nil {
		require.Equal(t, errSlow.Error(), errFast.Error())
	}
	require.Equal(t, slow, fast, "%q", body)
	return errSlow == nil
}

func TestDecoderAgreesWithGeneratedConsumer(t *testing.T) {
	require.True(t, both(t, typicalBatch(3)))
	for body, accepted := range map[string]bool{
		`[{"labels":{"a":"b"}}]`:                          true,
		" [ {\"labels\" :\n{ \"a\": \"ü\\t\" } } ] ":      true,
		" [ {\"labels\" :\n{ \"a\": \"ü\" } } ] \n":       true,
		`[{"labels":{"a":"1","a":"2"}}]`:                  true,
		`[{"labels":{"a":"1"},"labels":{"b":"2"}}]`:       true,
		`[{"labels":{"a":"1"},"Labels":{"b":"2"}}]`:       true,
		`[{"generatorURL":"x","generatorURL":"y"}]`:       true,
		`[{"startsAt":""}]`:                               true,
		`[{"startsAt":"yesterday"}]`:                      false,
		`[{"startsAt":"2026-01-01"}]`:                     true,
		`[{"labels":{},"endsAt":"2026-01-01T00:00:00Z"}]`: true,
		`[]`: true, `null`: true, ``: false, `[{`: false, `[{"labels":null}]`: true, `[null]`: true,
		`[{"labels":{"a":1}}]`: false, `[{"more":1}]`: true, `[{}] x`: true, `[{}]`: true, `[{},]`: false,
		`[{"labels":{"a":"b",}}]`:         false,
		"[{\"labels\":{\"a\":\"\xff\"}}]": true, "[{\"labels\":{\"a\":\"\x01\"}}]": false,
		`[{"labels":{}},{"annotations":{},"startsAt":"2026-01-01T00:00:00.123456789+02:00"}]`: true,
	} {
		require.Equal(t, accepted, both(t, []byte(body)), body)
	}
}

// Bodies as Prometheus sends them, with a few bytes changed at random, are decoded alike. The seed is fixed.
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
