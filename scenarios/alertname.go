package scenarios

import (
	"strconv"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
)

// AlertName returns the name of an alert in output, such as X{instance="a"}.
func AlertName(ls labels.Labels) string { return alertName(ls, labelNames(ls)) }

// alertName returns the name of an alert in output, with only the labels in names: X{instance="i-0001"}.
func alertName(ls labels.Labels, names []string) string {
	rule := ls.Get(model.AlertNameLabel)
	if len(names) == 0 {
		return rule
	}
	parts := make([]string, len(names))
	for i, name := range names {
		parts[i] = name + "=" + strconv.Quote(ls.Get(name))
	}
	return rule + "{" + strings.Join(parts, ",") + "}"
}

// labelNames returns the names of all labels except alertname.
func labelNames(ls labels.Labels) []string {
	var names []string
	ls.Range(func(l labels.Label) {
		if l.Name != model.AlertNameLabel {
			names = append(names, l.Name)
		}
	})
	return names
}
