package argocd_test

import (
	"path/filepath"
	"testing"

	"github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/hack/localcluster/binaries"
	"github.com/commissioning-support/operator/hack/testenv"
)

// argoCD is the module that holds the kinds of Argo CD.
const argoCD = "github.com/argoproj/argo-cd/v3@v3.5.2"

// TestArgoCDTakesTheApplications: the API server accepts what config/gitops/argocd holds, with Argo CD's own
// kinds, and knows every field of it.
func TestArgoCDTakesTheApplications(t *testing.T) {
	module, err := binaries.DownloadModule(t.Context(), argoCD)
	if err != nil {
		t.Fatal(err)
	}
	kinds := filepath.Join(module, "manifests", "crds", "application-crd.yaml")
	kubectl(t, "apply", "--server-side", "-f", kinds)
	// kubectl wait fails as long as there are no conditions at all.
	gomega.NewWithT(t).Eventually(func() error {
		_, err := env.Cluster.Kubectl(t.Context(), "wait", "--for=condition=Established", "--timeout=30s", "crd/applications.argoproj.io")
		return err
	}).Should(gomega.Succeed())
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "argocd"}}
	if err := env.Client.Create(t.Context(), namespace); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s", kubectl(t, "apply", "--server-side", "--dry-run=server", "--validate=strict", "-k", testenv.Path("config/gitops/argocd")))
}

func kubectl(t *testing.T, args ...string) []byte {
	t.Helper()
	out, err := env.Cluster.Kubectl(t.Context(), args...)
	if err != nil {
		t.Fatalf("kubectl %v: %v", args, err)
	}
	return out
}
