package server

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/go-openapi/analysis"
	"github.com/go-openapi/loads"
	"github.com/go-openapi/runtime/middleware"
	"github.com/go-openapi/strfmt"
	"github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/api/v2/models"
	"github.com/prometheus/alertmanager/api/v2/restapi"
	"github.com/prometheus/alertmanager/api/v2/restapi/operations"
	alertops "github.com/prometheus/alertmanager/api/v2/restapi/operations/alert"
	"github.com/prometheus/alertmanager/api/v2/restapi/operations/general"
	"github.com/prometheus/alertmanager/api/v2/restapi/operations/receiver"
	"github.com/prometheus/alertmanager/api/v2/restapi/operations/silence"
	"github.com/prometheus/alertmanager/matcher/compat"
	"github.com/prometheus/alertmanager/pkg/labels"
	"github.com/prometheus/common/model"
	"github.com/prometheus/common/version"

	"github.com/notifysim/notifysim/fakeam"
)

// specification is Alertmanager's own OpenAPI document.
var specification = sync.OnceValues(func() (*loads.Document, error) { return loads.Analyzed(restapi.SwaggerJSON, "") })

// specificationMutex is held while a handler is created, because the first creation changes the specification: it
// resolves its references.
var specificationMutex sync.Mutex

// newAPI returns the handler of /api/v2/: the HTTP layer that Alertmanager generates from its OpenAPI document, with s
// behind it.
func newAPI(s *Server) (http.Handler, error) {
	specificationMutex.Lock()
	defer specificationMutex.Unlock()
	spec, err := specification()
	if err != nil {
		return nil, fmt.Errorf("OpenAPI document of Alertmanager: %w", err)
	}
	api := operations.NewAlertmanagerAPI(spec)
	api.Logger = func(string, ...any) {}
	api.JSONConsumer = jsonConsumer
	api.Middleware = func(b middleware.Builder) http.Handler {
		return middleware.NewRoutableContextWithAnalyzedSpec(spec, analysis.New(spec.Spec()), api, nil).RoutesHandler(b)
	}
	api.AlertPostAlertsHandler = alertops.PostAlertsHandlerFunc(s.postAlerts)
	api.AlertGetAlertsHandler = alertops.GetAlertsHandlerFunc(s.getAlerts)
	api.GeneralGetStatusHandler = general.GetStatusHandlerFunc(s.getStatus)
	api.ReceiverGetReceiversHandler = receiver.GetReceiversHandlerFunc(s.getReceivers)
	api.SilenceGetSilencesHandler = silence.GetSilencesHandlerFunc(func(silence.GetSilencesParams) middleware.Responder {
		return silence.NewGetSilencesOK().WithPayload(models.GettableSilences{}) // none can be created
	})
	h := api.Serve(nil)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		h.ServeHTTP(w, r)
	}), nil
}

// postAlerts stores alerts that have passed the generated validation.
func (s *Server) postAlerts(params alertops.PostAlertsParams) middleware.Responder {
	alerts := make([]*alert.Alert, len(params.Alerts))
	for i, a := range params.Alerts {
		alerts[i] = fromModel(a)
	}
	message, status := s.put(params.HTTPRequest, alerts)
	switch status {
	case http.StatusOK:
		return alertops.NewPostAlertsOK()
	case http.StatusBadRequest:
		return alertops.NewPostAlertsBadRequest().WithPayload(message)
	default:
		return alertops.NewPostAlertsInternalServerError().WithPayload(message)
	}
}

// put stores alerts. It returns the error messages, one per line, and the status of the response.
func (s *Server) put(r *http.Request, alerts []*alert.Alert) (string, int) {
	s.mu.Lock()
	results := s.store.Put(s.clock.Now(), alerts...)
	s.mu.Unlock()
	if seen := observationOf(r); seen != nil {
		seen.Alerts, seen.Results = alerts, results
	}
	var invalid []string
	full := 0
	for _, result := range results {
		switch result.Outcome {
		case fakeam.Invalid:
			invalid = append(invalid, result.Err.Error())
		case fakeam.Full:
			full++
		}
	}
	switch {
	case full > 0:
		return fmt.Sprintf("%v: %d alerts were not stored, because the limit is %d",
			fakeam.ErrFull, full, s.opt.Store.MaxAlerts), http.StatusInternalServerError
	case len(invalid) > 0:
		return strings.Join(invalid, "\n"), http.StatusBadRequest
	}
	return "", http.StatusOK
}

// fromModel converts a posted alert from the type of the API.
func fromModel(a *models.PostableAlert) *alert.Alert {
	if a == nil {
		panic(http.ErrAbortHandler) // the body was [null]: a real Alertmanager panics too, which closes the connection
	}
	return &alert.Alert{Alert: model.Alert{
		Labels:       toLabelSet(a.Labels),
		Annotations:  toLabelSet(a.Annotations),
		StartsAt:     time.Time(a.StartsAt),
		EndsAt:       time.Time(a.EndsAt),
		GeneratorURL: string(a.GeneratorURL),
	}}
}

func toLabelSet(from models.LabelSet) model.LabelSet {
	return convert[model.LabelName, model.LabelValue](from)
}

func fromLabelSet(from model.LabelSet) models.LabelSet { return convert[string, string](from) }

func convert[K, V, L, W ~string](from map[L]W) map[K]V {
	set := make(map[K]V, len(from))
	for name, value := range from {
		set[K(name)] = V(value)
	}
	return set
}

func (s *Server) getAlerts(params alertops.GetAlertsParams) middleware.Responder {
	bad := func(message string) middleware.Responder {
		return alertops.NewGetAlertsBadRequest().WithPayload(message)
	}
	filter, err := parseMatchers(params.Filter)
	if err != nil {
		return bad(err.Error())
	}
	list := models.GettableAlerts{}
	show := *params.Active // every alert counts as active, since there are no silences and no inhibition
	if params.Receiver != nil {
		only, err := regexp.Compile("^(?:" + *params.Receiver + ")$")
		if err != nil {
			return bad("failed to parse receiver param: " + err.Error())
		}
		show = show && only.MatchString(s.opt.Receiver)
	}
	receivers, err := parseMatchers(params.ReceiverMatchers)
	if err != nil {
		return bad("failed to parse receiver_matchers param: " + err.Error())
	}
	if show && matches(receivers, s.receiverLabels()) {
		for _, a := range s.Active() {
			if matches(filter, a.Labels) {
				list = append(list, s.toModel(a))
			}
		}
	}
	return alertops.NewGetAlertsOK().WithPayload(list)
}

func (s *Server) toModel(a *alert.Alert) *models.GettableAlert {
	starts, ends, updated := strfmt.DateTime(a.StartsAt), strfmt.DateTime(a.EndsAt), strfmt.DateTime(a.UpdatedAt)
	key, state := a.Fingerprint().String(), models.AlertStatusStateActive
	return &models.GettableAlert{
		Alert:       models.Alert{GeneratorURL: strfmt.URI(a.GeneratorURL), Labels: fromLabelSet(a.Labels)},
		Annotations: fromLabelSet(a.Annotations),
		StartsAt:    &starts,
		EndsAt:      &ends,
		UpdatedAt:   &updated,
		Fingerprint: &key,
		Receivers:   []*models.ReceiverReference{{Name: &s.opt.Receiver}},
		Status: &models.AlertStatus{
			State: &state, InhibitedBy: []string{}, MutedBy: []string{}, SilencedBy: []string{},
		},
	}
}

var parseMatcher = compat.FallbackMatcherParser(slog.New(slog.DiscardHandler))

func parseMatchers(texts []string) ([]*labels.Matcher, error) {
	var list []*labels.Matcher
	for _, text := range texts {
		m, err := parseMatcher(text, "api")
		if err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return list, nil
}

// matches reports whether a label set matches all matchers (matchFilterLabels in api/v2/api.go of Alertmanager
// v0.35.0). A matcher with an empty value tests only whether the label exists.
func matches(list []*labels.Matcher, set model.LabelSet) bool {
	for _, m := range list {
		value, exists := set[model.LabelName(m.Name)]
		negative := m.Type == labels.MatchNotEqual || m.Type == labels.MatchNotRegexp
		if m.Value == "" && exists == negative {
			continue
		}
		if !m.Matches(string(value)) {
			return false
		}
	}
	return true
}

// getStatus answers like a real Alertmanager without a cluster.
func (s *Server) getStatus(general.GetStatusParams) middleware.Responder {
	started := strfmt.DateTime(s.started)
	disabled := models.ClusterStatusStatusDisabled
	config := s.config()
	return general.NewGetStatusOK().WithPayload(&models.AlertmanagerStatus{
		Uptime: &started,
		VersionInfo: &models.VersionInfo{
			Version: &s.opt.Version, Revision: &version.Revision, Branch: &version.Branch,
			BuildUser: &version.BuildUser, BuildDate: &version.BuildDate, GoVersion: &version.GoVersion,
		},
		Config:  &models.AlertmanagerConfig{Original: &config},
		Cluster: &models.ClusterStatus{Status: &disabled, Peers: []*models.PeerStatus{}},
	})
}

// config returns an alertmanager.yml that is equivalent to the Options.
func (s *Server) config() string {
	timeout := s.opt.Store.ResolveTimeout
	if timeout <= 0 {
		timeout = fakeam.DefaultResolveTimeout
	}
	name, _ := json.Marshal(s.opt.Receiver) // a JSON string is a YAML string
	return fmt.Sprintf("global:\n  resolve_timeout: %s\nroute:\n  receiver: %s\nreceivers:\n- name: %s\n",
		model.Duration(timeout), name, name)
}

// receiverLabels returns the labels that receiver_matchers are compared with.
func (s *Server) receiverLabels() model.LabelSet {
	return model.LabelSet{"name": model.LabelValue(s.opt.Receiver)}
}

func (s *Server) getReceivers(params receiver.GetReceiversParams) middleware.Responder {
	only, err := parseMatchers(params.ReceiverMatchers)
	if err != nil {
		return receiver.NewGetReceiversBadRequest().WithPayload("failed to parse receiver_matchers param: " + err.Error())
	}
	list := []*models.Receiver{}
	if matches(only, s.receiverLabels()) {
		list = append(list, &models.Receiver{Name: &s.opt.Receiver, Labels: fromLabelSet(s.receiverLabels())})
	}
	return receiver.NewGetReceiversOK().WithPayload(list)
}
