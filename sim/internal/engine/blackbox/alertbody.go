package blackbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/internal/alerts"
)

// A postedAlert is an alert in the body of a request of API v1 or v2.
type postedAlert struct {
	Labels       map[string]string `json:"labels"`
	GeneratorURL string            `json:"generatorURL"`
}

// segments decodes the body of a request and returns the copies that it carries.
func (e *Engine) segments(q *queue, am *core.Alertmanager, body []byte) ([]segment, int, error) {
	var posted []postedAlert
	if err := json.Unmarshal(body, &posted); err != nil {
		return nil, 0, fmt.Errorf("%s received the body %q: %w", am, body, err)
	}
	var segs []segment
	for _, a := range posted {
		s, place, err := e.origin(a)
		if err != nil {
			return nil, 0, fmt.Errorf("%s received the alert %v: %w", am, a.Labels, err)
		}
		if len(am.Set.Config.AlertRelabelConfigs) > 0 {
			var kept bool
			if s, place, kept = s.RelabelOne(q.set, e.world.Labels, place); !kept {
				return nil, 0, fmt.Errorf("%s received the alert %v, which the relabelling of its set drops", am, a.Labels)
			}
		}
		if want := e.world.Labels.Of(s.Number(place)); !labels.Equal(want, labels.FromMap(a.Labels)) {
			return nil, 0, fmt.Errorf("%s received the alert %v instead of %v", am, a.Labels, want)
		}
		if n := len(segs); n > 0 && segs[n-1].Send == s && segs[n-1].To == place {
			segs[n-1].To++
		} else {
			segs = append(segs, segment{Send: s, From: place, To: place + 1})
		}
	}
	return segs, len(posted), nil
}

// originPrefix begins the generator URL of every alert. After it come the number of the send and the place of the alert
// among those that relabelling leaves; the place is -1 if relabelling drops the alert.
const originPrefix = "http://notifysim/"

func originURL(send, place int) string {
	return originPrefix + strconv.Itoa(send) + "/" + strconv.Itoa(place)
}

// origin returns the send that an alert comes from, and its place in it.
func (e *Engine) origin(a postedAlert) (*alerts.Send, int, error) {
	send, place, ok := strings.Cut(strings.TrimPrefix(a.GeneratorURL, originPrefix), "/")
	n, err1 := strconv.Atoi(send)
	i, err2 := strconv.Atoi(place)
	if !ok || err1 != nil || err2 != nil || n < 0 || n >= len(e.sends) {
		return nil, 0, fmt.Errorf("generator URL %q does not name a call of Send", a.GeneratorURL)
	}
	if i < 0 {
		return nil, 0, errors.New("alert_relabel_configs of the sender drop it")
	}
	return e.sends[n], i, nil
}

// FirstOrigin returns the generator URL of the first alert in a body, or "" if there is none.
func FirstOrigin(body []byte) string {
	var posted []postedAlert
	if json.Unmarshal(body, &posted) != nil || len(posted) == 0 {
		return ""
	}
	return posted[0].GeneratorURL
}
