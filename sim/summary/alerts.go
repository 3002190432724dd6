package summary

import (
	"fmt"
	"strings"

	"github.com/notifysim/notifysim/internal/text"
)

// alerts is the sentence about the alerts: how soon at least one Alertmanager knew them.
func (s *summary) alerts() string {
	a := &s.res.Accounts.Any
	if a.Alerts == 0 {
		return ""
	}
	soon := "at once"
	if d := a.FirstDelivery.Max(); d > 0 {
		soon = "within " + rounded(d)
	}
	fired := text.Count(a.Alerts, "alert") + " fired"
	switch a.Missed {
	case 0:
		return fmt.Sprintf("%s, and %s known %s.", fired, choose(a.Alerts, "was", "all were"), soon)
	case a.Alerts:
		return fmt.Sprintf("%s, and no Alertmanager ever knew %s.", fired, choose(a.Alerts, "it", "one of them"))
	}
	return fmt.Sprintf("%s: no Alertmanager ever knew %s of them, and the others were known %s.", fired,
		text.Thousands(a.Missed), soon)
}

// falseResolves is the sentence about alerts that Alertmanagers resolved while they fired.
func (s *summary) falseResolves() string {
	var clauses []string
	names := map[string][]string{} // by clause
	for _, address := range s.addresses {
		a := s.res.Accounts.Alertmanagers[address]
		if a.FalselyResolved == 0 {
			continue
		}
		clause := fmt.Sprintf("%s of them while %s fired, for up to %s", text.Thousands(a.FalselyResolved),
			choose(a.FalselyResolved, "it", "they"), rounded(a.FalseResolves.Max()))
		if names[clause] == nil {
			clauses = append(clauses, clause)
		}
		names[clause] = append(names[clause], s.name(address))
	}
	if len(clauses) == 0 {
		return ""
	}
	var parts []string
	for i, clause := range clauses {
		who := inWords(names[clause])
		if n := len(names[clause]); n > maxNamed {
			who = fmt.Sprintf("%d Alertmanagers", n)
		}
		each := ""
		if len(names[clause]) > 1 {
			each = " each"
		}
		if i == maxNamed {
			parts = append(parts, "others more")
			break
		}
		parts = append(parts, fmt.Sprintf("%s%s resolved %s", who, each, clause))
	}
	return strings.Join(parts, "; ") + "."
}
