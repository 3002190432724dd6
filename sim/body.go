package sim

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/notifier/core"
)

// A posted is an alert as it stands in a body, API v1 or v2.
type posted struct {
	Labels       map[string]string `json:"labels"`
	GeneratorURL string            `json:"generatorURL"`
}

// segments reads a body: which alerts of which sends it carries.
func (g *rig) segments(l *lane, am *core.Alertmanager, body []byte) ([]segment, int, error) {
	var alerts []posted
	if err := json.Unmarshal(body, &alerts); err != nil {
		return nil, 0, fmt.Errorf("%s was posted %q: %w", am, body, err)
	}
	var segs []segment
	for _, a := range alerts {
		s, place, err := g.origin(a)
		if err != nil {
			return nil, 0, fmt.Errorf("%s was posted %v: %w", am, a.Labels, err)
		}
		if len(am.Set.Config.AlertRelabelConfigs) > 0 {
			v := s.variant(l.set, &g.labelSets)
			i, found := slices.BinarySearch(v.places, int32(place))
			if !found {
				return nil, 0, fmt.Errorf("%s was posted %v, which its set drops", am, a.Labels)
			}
			s, place = v, i
		}
		if want := g.labelSets.of(s.number(place)); !labels.Equal(want, labels.FromMap(a.Labels)) {
			return nil, 0, fmt.Errorf("%s was posted %v instead of %v", am, a.Labels, want)
		}
		if n := len(segs); n > 0 && segs[n-1].Send == s && segs[n-1].To == place {
			segs[n-1].To++
		} else {
			segs = append(segs, segment{Send: s, From: place, To: place + 1})
		}
	}
	return segs, len(alerts), nil
}

// An alert's generator URL names the send and its place among the alerts that relabelling leaves, -1 for nowhere.
const originPrefix = "http://notifysim/"

func originURL(send, place int) string {
	return originPrefix + strconv.Itoa(send) + "/" + strconv.Itoa(place)
}

// origin finds the send of an alert, and its place.
func (g *rig) origin(a posted) (*send, int, error) {
	send, place, ok := strings.Cut(strings.TrimPrefix(a.GeneratorURL, originPrefix), "/")
	n, err1 := strconv.Atoi(send)
	i, err2 := strconv.Atoi(place)
	if !ok || err1 != nil || err2 != nil || n < 0 || n >= len(g.sends) {
		return nil, 0, fmt.Errorf("generator URL %q is of no send", a.GeneratorURL)
	}
	if i < 0 {
		return nil, 0, errors.New("alert_relabel_configs drop it")
	}
	return g.sends[n], i, nil
}
