package binaries

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/util/version"
)

func TestParseVersion(t *testing.T) {
	tests := map[string]struct {
		binary, output, want string
		fails                bool
	}{
		"etcd": {binary: Etcd, want: "3.6.16",
			output: "etcd Version: 3.6.16\nGit SHA: Not provided\nGo Version: go1.26.8\n"},
		"API server":      {binary: KubeAPIServer, output: "Kubernetes v1.36.3\n", want: "1.36.3"},
		"pre-release":     {binary: KubeScheduler, output: "Kubernetes v1.37.0-alpha.1\n", want: "1.37.0-alpha.1"},
		"build metadata":  {binary: KubeAPIServer, output: "Kubernetes v1.33.1+k3s1\n", want: "1.33.1+k3s1"},
		"kubectl":         {binary: Kubectl, output: "Client Version: v1.36.3\nKustomize Version: v5.8.1\n", want: "1.36.3"},
		"kwok":            {binary: Kwok, output: "kwok version v0.8.0 go1.26.8 (linux/amd64)\n", want: "0.8.0"},
		"after a warning": {binary: KubeAPIServer, output: "W1122 something\nKubernetes v1.36.3\n", want: "1.36.3"},
		"no version":      {binary: KubeAPIServer, output: "usage: kube-apiserver\n", fails: true},
		"not a version":   {binary: KubeAPIServer, output: "Kubernetes vNext\n", fails: true},
		"empty":           {binary: Kwok, fails: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := parseVersion(test.binary, test.output)
			if (err != nil) != test.fails {
				t.Fatalf("error %v, want one: %t", err, test.fails)
			}
			if err == nil && got.String() != test.want {
				t.Errorf("version %s, want %s", got, test.want)
			}
		})
	}
}

func TestTooOld(t *testing.T) {
	tests := map[string]struct {
		binary, version, want string
	}{
		"oldest Kubernetes": {binary: KubeAPIServer, version: "v1.33.0"},
		"newer Kubernetes":  {binary: KubeAPIServer, version: "v1.40.2"},
		"older Kubernetes":  {binary: Kubectl, version: "v1.32.9", want: "its version v1.32.9 is older than v1.33.0"},
		"etcd":              {binary: Etcd, version: "v3.5.0"},
		"older etcd":        {binary: Etcd, version: "v3.4.34", want: "its version v3.4.34 is older than v3.5.0"},
		"older kwok":        {binary: Kwok, version: "v0.7.0", want: "its version v0.7.0 is older than v0.8.0"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, tooOld(test.binary, version.MustParseSemantic(test.version))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSkew(t *testing.T) {
	tests := map[string]struct {
		component, apiServer string
		fits                 bool
	}{
		"same":             {component: "v1.36.3", apiServer: "v1.36.0", fits: true},
		"one behind":       {component: "v1.36.3", apiServer: "v1.37.0", fits: true},
		"two behind":       {component: "v1.36.3", apiServer: "v1.38.0"},
		"newer":            {component: "v1.36.3", apiServer: "v1.35.9"},
		"newer patch":      {component: "v1.36.3", apiServer: "v1.36.1", fits: true},
		"another major":    {component: "v1.36.3", apiServer: "v2.36.3"},
		"newer pre-relase": {component: "v1.37.0-alpha.1", apiServer: "v1.36.3"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			why := skew(version.MustParseSemantic(test.component), version.MustParseSemantic(test.apiServer))
			if (why == "") != test.fits {
				t.Errorf("why = %q, want it to fit: %t", why, test.fits)
			}
		})
	}
}
