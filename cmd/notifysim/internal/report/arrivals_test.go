package report

import (
	"io"
	"testing"
	"time"

	"github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/fakeam/server"
)

// The table shows the address of the Alertmanager and the last message about the behaviour file. Control characters in
// an alertname do not reach the terminal.
func TestArrivals(t *testing.T) {
	am, err := server.New(server.Options{})
	require.NoError(t, err)
	s := NewArrivals(io.Discard, func() {})
	s.Listening("127.0.0.1:9093")
	s.Message("Behaviour: status 503")
	a := &alert.Alert{Alert: model.Alert{Labels: model.LabelSet{"alertname": "\x1b[2Jgrößer\a\r\n"}}}
	s.Count(server.Arrival{At: time.Now(), Outcome: "ok", Alerts: []*alert.Alert{a}, Results: make([]fakeam.PutResult, 1)})
	text := s.table(am)
	require.Contains(t, text, "listening on http://127.0.0.1:9093\nBehaviour: status 503\n")
	require.Contains(t, text, "\ufffd[2Jgrößer\ufffd\ufffd\ufffd")
	require.NotContains(t, text, "\x1b")
}
