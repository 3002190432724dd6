// Package schemas checks files of this repository against the Go types of the programs that read them: goreleaser and
// Kubernetes. It is a module of its own, because it links packages that notifysim itself does not need.
package schemas

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/goreleaser/goreleaser/v2/pkg/config"
	"github.com/stretchr/testify/require"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// Every field in .goreleaser.yaml is one that goreleaser knows.
func TestGoreleaser(t *testing.T) {
	_, err := config.Load("../../.goreleaser.yaml")
	require.NoError(t, err)
	_, err = config.LoadReader(bytes.NewReader([]byte("version: 2\nbuild: []\n")))
	require.Error(t, err, "an unknown field must be an error")
}

// Every field in the Kubernetes examples is one that Kubernetes knows.
func TestKubernetesExamples(t *testing.T) {
	scheme := runtime.NewScheme()
	require.NoError(t, corev1.AddToScheme(scheme))
	require.NoError(t, batchv1.AddToScheme(scheme))
	decoder := serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer()
	files, err := filepath.Glob("../../examples/kubernetes/*.yml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, name := range files {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		for documents := yaml.NewDocumentDecoder(io.NopCloser(bytes.NewReader(text))); ; {
			document := make([]byte, len(text))
			n, err := documents.Read(document)
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err)
			_, _, err = decoder.Decode(document[:n], nil, nil)
			require.NoError(t, err, name)
		}
	}
	_, _, err = decoder.Decode([]byte(`{"apiVersion": "batch/v1", "kind": "Job", "spec": {"completion": 8}}`), nil, nil)
	require.Error(t, err, "an unknown field must be an error")
}
