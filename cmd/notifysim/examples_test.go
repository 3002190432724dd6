package main

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// A manifest has the fields of a Kubernetes object that determine the arguments and volumes of a container.
type manifest struct {
	Kind     string
	Metadata struct{ Name string }
	Data     map[string]string // the files of a ConfigMap
	Spec     struct {
		CompletionMode string `yaml:"completionMode"`
		Completions    int
		Template       struct{ Spec podSpec }
	}
}

type podSpec struct {
	Containers []struct {
		Args         []string
		VolumeMounts []struct {
			Name      string
			MountPath string `yaml:"mountPath"`
		} `yaml:"volumeMounts"`
	}
	Volumes []struct {
		Name                  string
		ConfigMap             struct{ Name string } `yaml:"configMap"`
		PersistentVolumeClaim struct {
			ClaimName string `yaml:"claimName"`
		} `yaml:"persistentVolumeClaim"`
	}
}

// A cluster runs the pods of manifests in this process: a volume is a temporary folder, and a pod is a call of the
// command.
type cluster struct {
	t       *testing.T
	objects map[string]manifest // by kind and name
	folders map[string]string   // the folders of volumes, by kind and name
}

// apply reads the manifests of a file, and makes folders for their volumes.
func (c *cluster) apply(name string) {
	text, err := os.ReadFile(filepath.Join(c.folders["examples"], name))
	require.NoError(c.t, err)
	for decoder := yaml.NewDecoder(bytes.NewReader(text)); ; {
		var m manifest
		err := decoder.Decode(&m)
		if errors.Is(err, io.EOF) {
			return
		}
		require.NoError(c.t, err, name)
		id := m.Kind + "/" + m.Metadata.Name
		c.objects[id] = m
		if m.Kind != "Job" {
			c.folders[id] = c.t.TempDir()
		}
		for file, text := range m.Data {
			require.NoError(c.t, os.WriteFile(filepath.Join(c.folders[id], file), []byte(text), 0o644))
		}
	}
}

// arguments returns the arguments of the pod of a Job with the given completion index. Paths of mounted volumes are
// replaced by the folders of this machine.
func (c *cluster) arguments(job string, index int) []string {
	pod := c.objects["Job/"+job].Spec.Template.Spec
	require.Len(c.t, pod.Containers, 1, job)
	replace := []string{"$(JOB_COMPLETION_INDEX)", strconv.Itoa(index)}
	mounted := map[string]string{} // the folder of this machine for each mount path
	for _, m := range pod.Containers[0].VolumeMounts {
		for _, v := range pod.Volumes {
			id := "ConfigMap/" + v.ConfigMap.Name
			if v.PersistentVolumeClaim.ClaimName != "" {
				id = "PersistentVolumeClaim/" + v.PersistentVolumeClaim.ClaimName
			}
			if v.Name == m.Name {
				require.DirExists(c.t, c.folders[id], "%s mounts %s, which no manifest has", job, id)
				mounted[m.MountPath] = c.folders[id]
				replace = append(replace, m.MountPath+"/", c.folders[id]+"/")
			}
		}
	}
	var args []string
	for _, arg := range pod.Containers[0].Args {
		args = append(args, cmp.Or(mounted[arg], strings.NewReplacer(replace...).Replace(arg)))
	}
	return args
}

// The Jobs of examples/kubernetes run. The merged shards of the Indexed Job give the same answer as one plan without
// shards.
func TestKubernetesExamples(t *testing.T) {
	folder, err := filepath.Abs("../../examples/kubernetes")
	require.NoError(t, err)
	c := &cluster{t, map[string]manifest{}, map[string]string{"examples": folder}}
	c.apply("scenario.yml")
	c.apply("plan.yml")
	c.apply("plan-sharded.yml")
	c.apply("merge.yml")

	got := command(c.arguments("notifysim-plan", 0)...)
	require.Equal(t, exitPass, got.code, got.err)
	require.Contains(t, got.out, "zone outage")

	shards := c.objects["Job/notifysim-shards"].Spec
	require.Equal(t, "Indexed", shards.CompletionMode)
	for i := range shards.Completions {
		t.Setenv("JOB_COMPLETION_INDEX", strconv.Itoa(i))
		got := command(c.arguments("notifysim-shards", i)...)
		require.Equal(t, exitPass, got.code, got.err)
	}
	whole := command(slices.DeleteFunc(c.arguments("notifysim-shards", 0), func(arg string) bool {
		return strings.HasPrefix(arg, "--shard=") || strings.HasPrefix(arg, "--out=")
	})...)
	require.Equal(t, whole, command(c.arguments("notifysim-merge", 0)...))

	// merge also accepts the lines of the shards from the logs of the pods.
	var logs strings.Builder
	for i := range shards.Completions {
		t.Setenv("JOB_COMPLETION_INDEX", strconv.Itoa(i))
		got := command(append(c.arguments("notifysim-shards", i), "--out=-")...)
		require.Equal(t, exitPass, got.code, got.err)
		for line := range strings.Lines(got.out + got.err) {
			if strings.HasPrefix(line, "{") {
				logs.WriteString(line)
			}
		}
	}
	var out, errs strings.Builder
	code := run([]string{"merge", "-"}, strings.NewReader(logs.String()), &out, &errs)
	require.Equal(t, whole, ended{code, out.String(), errs.String()})
}
