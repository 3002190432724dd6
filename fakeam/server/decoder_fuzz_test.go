package server

import "testing"

// Any body is decoded as by the generated code of a real Alertmanager.
func FuzzDecoder(f *testing.F) {
	for _, body := range []string{
		twoAlerts, string(typicalBatch(2)),
		`[{"labels":{"a":"b"},"startsAt":"2026-01-01T00:00:00Z","endsAt":"","generatorURL":"x"}]`, `[null]`, `[{}] x`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) { both(t, body) })
}
