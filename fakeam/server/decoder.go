package server

import (
	"bytes"
	"encoding/json"
	"io"

	"github.com/go-openapi/runtime"
	"github.com/prometheus/alertmanager/api/v2/models"
)

// jsonConsumer decodes request bodies with the same result as the generated code. The generated UnmarshalJSON of an
// alert parses its text twice. Here the alerts are parsed once; if that fails, the generated code decodes the body and
// reports the error.
var jsonConsumer = runtime.ConsumerFunc(func(r io.Reader, into any) error {
	list, ok := into.(*models.PostableAlerts)
	if !ok {
		return generatedConsumer.Consume(r, into)
	}
	body, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	var alerts []*plainAlert
	if json.Unmarshal(body, &alerts) != nil || alerts == nil {
		return generatedConsumer.Consume(bytes.NewReader(body), into)
	}
	*list = make(models.PostableAlerts, len(alerts))
	for i, a := range alerts {
		(*list)[i] = (*models.PostableAlert)(a)
	}
	return nil
})

// A plainAlert is a posted alert without the generated UnmarshalJSON.
type plainAlert models.PostableAlert

var generatedConsumer = runtime.JSONConsumer()
