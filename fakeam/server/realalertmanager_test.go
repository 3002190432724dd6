package server

import (
	"net/http"
	"testing"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/internal/alertmanagertest"
)

// realAlertmanager returns the real Alertmanager with the settings of a fake one, as the oracle of the tests.
func realAlertmanager(t testing.TB, o fakeam.StoreOptions) http.Handler {
	return alertmanagertest.New(t, alertmanagertest.Options{
		ResolveTimeout: o.ResolveTimeout, GCInterval: o.GCInterval, PerAlertname: o.PerAlertname,
	})
}
