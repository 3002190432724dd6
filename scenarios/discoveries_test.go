package scenarios_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v2"

	"github.com/notifysim/notifysim/scenarios"
)

// Errors in the configuration of a service discovery are those of Prometheus, with their positions.
func TestErrorsInServiceDiscoveries(t *testing.T) {
	const see = "; see Prometheus' reference of its configuration"
	for _, c := range []struct{ block, want string }{
		{"kubernetes_sd_configs: [{role: pood}]", `3:68: config: unknown Kubernetes SD role "pood"` + see},
		{
			"kubernetes_sd_configs: [{role: pod, namespces: {}}]",
			`3:73: config: unknown field "namespces"; write "namespaces"`,
		},
		{
			"kubernetes_sd_configs: [{role: pod, namespaces: {nams: [a]}}]",
			`3:86: config: unknown field "nams"; write "names"`,
		},
		{
			"kubernetes_sd_configs: [{namespaces: {names: [a]}}]",
			"2:3: config: role missing (one of: pod, service, endpoints, endpointslice, node, ingress)" + see,
		},
		{"kubernetes_sd_configs: [{role: pod, role: node}]", `3:62: config: "role" is given twice; remove one`},
		{"kubernetes_sd_configs: pod", `3:60: config: "pod" does not belong here; write a list`},
		{"kubernetes_sd_configs: [pod]", `3:61: config: "pod" does not belong here; write a mapping`},
		{"kubernetes_sd_configs: [null]", "2:3: config: empty or null section in kubernetes_sd_configs" + see},
		{"dns_sd_configs: [{names: [a], port: http}]", `3:73: config: "http" does not belong here; write a number`},
		{
			"dns_sd_configs: [{names: [a], type: A}]",
			"2:3: config: a port is required in DNS-SD configs for all record types except SRV" + see,
		},
		{
			"consul_sd_configs: [{server: a, tls_config: {insecure_skip_verfy: true}}]",
			`3:82: config: unknown field "insecure_skip_verfy"; write "insecure_skip_verify"`,
		},
		{
			"http_sd_configs: [{url: 'http://a', basic_auth: {username: a}, bearer_token: x}]",
			"2:3: config: at most one of basic_auth, oauth2, bearer_token & bearer_token_file must be configured" + see,
		},
		{
			"kubernets_sd_configs: [{role: pod}]",
			`3:37: config: unknown field "kubernets_sd_configs"; ` +
				"write static_configs, or the name of one of Prometheus' service discoveries",
		},
	} {
		text := "config:\n  alerting:\n    alertmanagers: [{scheme: https, " + c.block + "}]\ntests: [{name: x}]\n"
		_, err := scenarios.Parse("x.yml", []byte(text))
		require.Error(t, err, c.block)
		assert.Equal(t, "x.yml:"+c.want, strings.Split(err.Error(), "\n")[0], c.block)
	}
}

// Configurations that differ only within a service discovery are written differently.
func TestServiceDiscoveriesAreWritten(t *testing.T) {
	written := map[string]bool{}
	for _, block := range []string{
		"kubernetes_sd_configs: [{role: pod}]",
		"kubernetes_sd_configs: [{role: node}]",
		"kubernetes_sd_configs: [{role: pod}, {role: node}]",
		"kubernetes_sd_configs: [{role: pod, namespaces: {names: [a]}}]",
		"consul_sd_configs: [{server: 'a:1'}]",
		"ec2_sd_configs: [{region: a, filters: [{name: b, values: [c]}]}]",
		"ec2_sd_configs: [{region: a, filters: [{name: b, values: [d]}]}]",
	} {
		f := parse(t, "config: {alerting: {alertmanagers: [{"+block+"}]}}\ntests: [{name: x}]\n")
		text, err := yaml.Marshal(f.Config.AlertingConfig.AlertmanagerConfigs)
		require.NoError(t, err)
		require.False(t, written[string(text)], "%s", text)
		written[string(text)] = true
	}
}
