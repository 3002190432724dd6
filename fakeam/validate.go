package fakeam

import (
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/common/model"
)

// validate returns the error with which an Alertmanager rejects a completed alert, or nil (Alert.Validate in
// alert/alert.go and alert/validate.go of Alertmanager v0.35.0). classic is its --enable-feature=classic-mode. If
// several names are invalid, a real Alertmanager reports an arbitrary one of them; this function reports the first in
// alphabetical order.
func validate(a *alert.Alert, classic bool) error {
	switch {
	case a.StartsAt.IsZero():
		return errors.New("start time missing")
	case !a.EndsAt.IsZero() && a.EndsAt.Before(a.StartsAt):
		return errors.New("start time must be before end time")
	case len(a.Labels) == 0:
		return errors.New("at least one label pair required")
	}
	if err := validateSet(a.Labels, classic); err != nil {
		return fmt.Errorf("invalid label set: %w", err)
	}
	if err := validateSet(a.Annotations, classic); err != nil {
		return fmt.Errorf("invalid annotations: %w", err)
	}
	return nil
}

func validateSet(set model.LabelSet, classic bool) error {
	var wrong []model.LabelName
	for name, value := range set {
		if !validName(name, classic) || !utf8.ValidString(string(value)) {
			wrong = append(wrong, name)
		}
	}
	if wrong == nil {
		return nil
	}
	first := slices.Min(wrong)
	if !validName(first, classic) {
		return fmt.Errorf("invalid name %q", string(first))
	}
	return fmt.Errorf("invalid value %q", string(set[first]))
}

func validName(name model.LabelName, classic bool) bool {
	if classic {
		return model.LegacyValidation.IsValidLabelName(string(name))
	}
	return name != "" && utf8.ValidString(string(name))
}
