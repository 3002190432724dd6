package scenarios_test

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// No package or test in the module links a service discovery of Prometheus, because these need the client libraries of
// all cloud providers.
func TestNoServiceDiscoveryIsLinked(t *testing.T) {
	cmd := exec.Command("go", "list", "-deps", "-test", "./...")
	cmd.Dir = ".."
	out, err := cmd.Output()
	require.NoError(t, err)
	const prefix = "github.com/prometheus/prometheus/discovery/"
	light := map[string]bool{prefix + "targetgroup": true, prefix + "refresh": true}
	clients := regexp.MustCompile(`^(k8s\.io/(api|client-go/(kubernetes|informers))/|google\.golang\.org/api/compute/|` +
		`github\.com/(digitalocean|hashicorp/(consul|nomad)|linode|moby/moby|ovh|vultr)/|` +
		`github\.com/Azure/azure-sdk-for-go/sdk/resourcemanager/)`)
	for pkg := range strings.FieldsSeq(string(out)) {
		require.False(t, strings.HasPrefix(pkg, prefix) && !light[pkg], pkg)
		require.NotRegexp(t, clients, pkg)
	}
}

// The module that generates the configurations of service discoveries uses the same Prometheus version as this module.
func TestGeneratedFromTheLinkedPrometheus(t *testing.T) {
	version := func(dir string) string {
		cmd := exec.Command("go", "list", "-m", "-mod=readonly", "github.com/prometheus/prometheus")
		cmd.Dir = dir
		out, err := cmd.Output()
		require.NoError(t, err)
		return string(out)
	}
	require.Equal(t, version("."), version(filepath.Join("internal", "discoveries", "generate")))
}
