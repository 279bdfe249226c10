package binaries

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// says makes a program that prints a text, as a binary does with its version.
func says(t *testing.T, folder, name, text string) {
	t.Helper()
	script := "#!/bin/sh\ncat <<'END'\n" + text + "\nEND\n"
	if err := os.WriteFile(filepath.Join(folder, name), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
}

func pinnedAt(kubernetes string) []pin {
	all := pins()
	for i := range all {
		all[i].version = kubernetes
	}
	return all
}

func TestExisting(t *testing.T) {
	tests := map[string]struct {
		folder map[string]string // what each program of the folder prints
		want   []string
		notes  []string // a part of each
	}{
		"of envtest": {
			folder: map[string]string{Etcd: "etcd Version: 3.6.1", KubeAPIServer: "Kubernetes v1.36.0", Kubectl: "Client Version: v1.36.0"},
			want:   []string{Etcd, KubeAPIServer, Kubectl},
		},
		"complete and older": {
			folder: map[string]string{KubeAPIServer: "Kubernetes v1.34.1", KubeControllerManager: "Kubernetes v1.34.1", KubeScheduler: "Kubernetes v1.34.1"},
			want:   []string{KubeAPIServer, KubeControllerManager, KubeScheduler},
		},
		"API server too old for the controller manager that would be built": {
			folder: map[string]string{KubeAPIServer: "Kubernetes v1.35.0", Kubectl: "Client Version: v1.35.0"},
			want:   []string{Kubectl},
			notes:  []string{"the folder has no kube-controller-manager"},
		},
		"its scheduler goes with it": {
			folder: map[string]string{KubeAPIServer: "Kubernetes v1.34.0", KubeScheduler: "Kubernetes v1.34.0"},
			notes:  []string{"the folder has no kube-controller-manager", "kube-scheduler, v1.34.0 is more than one minor"},
		},
		"controller manager newer than its API server": {
			folder: map[string]string{KubeAPIServer: "Kubernetes v1.36.0", KubeControllerManager: "Kubernetes v1.37.0"},
			want:   []string{KubeAPIServer},
			notes:  []string{"v1.37.0 is newer than the API server v1.36.0"},
		},
		"too old, or not a binary at all": {
			folder: map[string]string{KubeAPIServer: "Kubernetes v1.29.0", Etcd: "hello"},
			notes:  []string{"etcd does not say a version", "kube-apiserver, its version v1.29.0 is older than v1.33.0"},
		},
		"nothing": {},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			for binary, text := range test.folder {
				says(t, folder, binary, text)
			}
			found, notes := existing(t.Context(), folder, pinnedAt("v1.36.3"))
			if diff := cmp.Diff(test.want, slices.Sorted(maps.Keys(found))); diff != "" {
				t.Errorf("used (-want +got):\n%s", diff)
			}
			if len(notes) != len(test.notes) {
				t.Fatalf("notes %q, want %q", notes, test.notes)
			}
			for i, note := range notes {
				if !strings.Contains(note, test.notes[i]) {
					t.Errorf("note %q does not say %q", note, test.notes[i])
				}
			}
		})
	}
}
