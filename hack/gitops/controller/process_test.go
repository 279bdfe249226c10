package controller_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	sourcev1 "github.com/fluxcd/source-controller/api/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/hack/testenv"
)

const module = "github.com/fluxcd/kustomize-controller"

// inBuild runs go in the module that pins the controller.
func inBuild(t *testing.T, arguments ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", arguments...)
	cmd.Dir, cmd.Env = testenv.Path("hack/gitops/build/kustomize-controller"), append(os.Environ(), "CGO_ENABLED=0")
	output, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(arguments, " "), err, output)
	}
	return strings.TrimSpace(string(output))
}

// startController compiles kustomize-controller and runs it, as a process beside the cluster, until the test ends.
func startController(t *testing.T, namespace string) {
	t.Helper()
	folder := t.TempDir()
	path, logPath := filepath.Join(folder, "kustomize-controller"), filepath.Join(folder, "log")
	inBuild(t, "build", "-buildvcs=false", "-ldflags=-s -w", "-o", path, module)
	log, err := os.Create(logPath)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "--watch-all-namespaces", "--enable-leader-election=false", "--metrics-addr=127.0.0.1:0", "--health-addr=127.0.0.1:0")
	cmd.Env = append(os.Environ(), "KUBECONFIG="+env.Cluster.Kubeconfig(), "RUNTIME_NAMESPACE="+namespace)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stopped := errors.Join(cmd.Process.Signal(syscall.SIGTERM), cmd.Wait(), log.Close())
		if content, err := os.ReadFile(logPath); t.Failed() || stopped != nil {
			t.Logf("the controller ended: %v; the end of its log: %s (%v)", stopped, content[max(0, len(content)-4000):], err)
		}
	})
}

// installFlux installs the kinds that the controller reads: its own, and sources, which here the test keeps.
func installFlux(t *testing.T, c client.Client, namespace string) {
	t.Helper()
	kinds := filepath.Join(inBuild(t, "list", "-m", "-f", "{{.Dir}}", module), "config", "crd", "bases")
	for kind, plural := range map[string]string{
		sourcev1.GitRepositoryKind: "gitrepositories", sourcev1.OCIRepositoryKind: "ocirepositories",
		sourcev1.BucketKind: "buckets", sourcev1.ExternalArtifactKind: "externalartifacts",
	} {
		if err := c.Create(t.Context(), anyKind(kind, plural)); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range [][]string{
		{"create", "namespace", namespace},
		{"apply", "--server-side", "-f", kinds},
		{"wait", "--for=condition=Established", "crd", "--all", "--timeout=30s"},
		{"apply", "--server-side", "-f", testenv.Path("config/gitops/flux/account.yaml")},
	} {
		if _, err := env.Cluster.Kubectl(t.Context(), step...); err != nil {
			t.Fatal(err)
		}
	}
}

// anyKind is a kind of source whose objects may hold anything.
func anyKind(kind, plural string) *apiextensionsv1.CustomResourceDefinition {
	group, open := sourcev1.GroupVersion.Group, true
	return &apiextensionsv1.CustomResourceDefinition{
		ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("%s.%s", plural, group)},
		Spec: apiextensionsv1.CustomResourceDefinitionSpec{
			Group: group, Scope: apiextensionsv1.NamespaceScoped,
			Names: apiextensionsv1.CustomResourceDefinitionNames{Kind: kind, ListKind: kind + "List", Plural: plural, Singular: strings.ToLower(kind)},
			Versions: []apiextensionsv1.CustomResourceDefinitionVersion{{
				Name: sourcev1.GroupVersion.Version, Served: true, Storage: true,
				Schema: &apiextensionsv1.CustomResourceValidation{OpenAPIV3Schema: &apiextensionsv1.JSONSchemaProps{
					Type: "object", XPreserveUnknownFields: &open,
				}},
				Subresources: &apiextensionsv1.CustomResourceSubresources{Status: &apiextensionsv1.CustomResourceSubresourceStatus{}},
			}},
		},
	}
}
