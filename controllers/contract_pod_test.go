package controllers_test

import (
	"bufio"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/hack/function/contract"
	"github.com/commissioning-support/operator/hack/testenv"
)

// pod is what a pod of a hosted service would find and answer, with the files that the operator
// publishes, as they were when they were last refreshed.
type pod struct {
	service  *v1alpha1.HostedService
	folder   string
	function http.Handler
	ahead    time.Duration // of the true time
}

func podOf(t *testing.T, service *v1alpha1.HostedService) *pod {
	t.Helper()
	p := &pod{service: service, folder: t.TempDir()}
	p.function = contract.New(p.folder, func() time.Time { return time.Now().Add(p.ahead) })
	p.refresh(t)
	return p
}

// refresh mounts the ConfigMaps of the pod template anew, each where the template says.
func (p *pod) refresh(t *testing.T) {
	t.Helper()
	deployment := deploymentOf(p.service.Namespace, p.service.Name)
	if !exists(t, deployment) {
		t.Fatalf("%s has no Deployment", p.service.Namespace)
	}
	template := deployment.Spec.Template.Spec
	for _, mount := range template.Containers[0].VolumeMounts {
		relative, isConfiguration := strings.CutPrefix(mount.MountPath, "/etc/commissioning/")
		if !isConfiguration {
			continue
		}
		target := filepath.Join(p.folder, relative)
		must(t, os.RemoveAll(target))
		for _, volume := range template.Volumes {
			if volume.Name == mount.Name {
				write(t, target, mount.SubPath, p.files(t, volume))
			}
		}
	}
}

// files are those of a volume.
func (p *pod) files(t *testing.T, volume corev1.Volume) map[string]string {
	t.Helper()
	var names []string
	if volume.ConfigMap != nil {
		names = append(names, volume.ConfigMap.Name)
	}
	if volume.Projected != nil {
		for _, from := range volume.Projected.Sources {
			names = append(names, from.ConfigMap.Name)
		}
	}
	files := map[string]string{}
	for _, name := range names {
		configMap := &corev1.ConfigMap{ObjectMeta: childMeta(p.service.Namespace, name)}
		exists(t, configMap)
		maps.Copy(files, configMap.Data)
	}
	return files
}

// write puts files into a folder, or one of them where a folder would be.
func write(t *testing.T, target, only string, files map[string]string) {
	t.Helper()
	if only != "" {
		must(t, os.MkdirAll(filepath.Dir(target), 0o755))
		must(t, os.WriteFile(target, []byte(files[only]), 0o600))
		return
	}
	must(t, os.MkdirAll(target, 0o755))
	for file, content := range files {
		must(t, os.WriteFile(filepath.Join(target, file), []byte(content), 0o600))
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// answer is what a caller is told: whom it is taken for, or why it is refused.
type answer struct {
	Status       int `json:"-"`
	Code, Reason string
}

// call sends a request with a token, which the functions may change.
func (p *pod) call(t *testing.T, token string, changes ...func(*http.Request)) answer {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/whoami", http.NoBody)
	request.Header.Set("Authorization", "Bearer "+token)
	for _, change := range changes {
		change(request)
	}
	recorder := httptest.NewRecorder()
	p.function.ServeHTTP(recorder, request)
	got := answer{Status: recorder.Code}
	must(t, json.Unmarshal(recorder.Body.Bytes(), &got))
	return got
}

func (p *pod) serves(t *testing.T, token string, consortium v1alpha1.OrganisationCode) {
	t.Helper()
	if got := p.call(t, token); got != (answer{Status: http.StatusOK, Code: string(consortium)}) {
		t.Errorf("%s answered %+v, want %s to be served", p.service.Namespace, got, consortium)
	}
}

func (p *pod) refuses(t *testing.T, token string, status int, reason string) {
	t.Helper()
	if got := p.call(t, token); got != (answer{Status: status, Reason: reason}) {
		t.Errorf("%s answered %+v, want %d %s", p.service.Namespace, got, status, reason)
	}
}

// serving runs the function as a process of its own on the pod's files. It returns where it serves.
func (p *pod) serving(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "function")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, testenv.Path("hack/function")).CombinedOutput(); err != nil { //nolint:gosec // the repository's own
		t.Fatalf("%s: %v", out, err)
	}
	process := exec.CommandContext(t.Context(), binary, "--config", p.folder, "--listen", "127.0.0.1:0") //nolint:gosec // just built
	said, err := process.StdoutPipe()
	must(t, err)
	must(t, process.Start())
	t.Cleanup(func() { _ = process.Wait() }) // the context has ended it
	line, err := bufio.NewReader(said).ReadString('\n')
	must(t, err)
	_, address, _ := strings.Cut(strings.TrimSpace(line), "serving at ")
	return address
}
