package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/hack/testenv"
)

const release = "commissioning"

// TestLifeOfARelease installs the chart as it was before, upgrades to this one, uses it, uninstalls it,
// and installs it again. What belongs to consortia is there at the end as it was.
func TestLifeOfARelease(t *testing.T) {
	chart := testenv.Path(Folder)
	first := previousChart(t)
	if first == "" {
		t.Log("no commit holds another chart: the first installation is of this one")
		first = chart
	}
	began := time.Now()
	took := func(what string) {
		t.Logf("%s: %.1f s", what, time.Since(began).Seconds())
		began = time.Now()
	}
	run(t, "install", release, first, "--namespace", namespace, "--create-namespace", "--wait", "--timeout", "3m")
	took("install")
	env, err := testenv.On(t.Context(), control)
	if err != nil {
		t.Fatal(err)
	}
	run(t, "upgrade", release, chart, "--namespace", namespace, "--reset-then-reuse-values", "--set", "catalogue.enabled=true", "--wait", "--timeout", "3m")
	took("upgrade, with the catalogue")

	apply(t, "config/samples/providers")
	apply(t, "config/samples/tower-hamlets")
	ready(t)
	took("a consortium with its functions")

	if err := env.Leave(); err != nil {
		t.Fatal(err)
	}
	before := belongings(t)
	run(t, "upgrade", release, changed(t, chart), "--namespace", namespace, "--reuse-values", "--wait", "--timeout", "3m")
	took("upgrade to kinds that are described otherwise")
	if got := kubectl(t, "get", "crd", "localities.commissioning.support", "-o", "jsonpath={.spec.versions[0].additionalPrinterColumns[*].description}"); !strings.Contains(got, note) {
		t.Errorf("the upgrade left the kind as it was: %q", got)
	}
	same(t, before, "the upgrade")

	run(t, "uninstall", release, "--namespace", namespace, "--wait", "--timeout", "2m")
	took("uninstall")
	same(t, before, "uninstalling")
	if left := released(t); len(left) > 0 {
		t.Errorf("what was installed is still there: %v", left)
	}

	run(t, "install", release, chart, "--namespace", namespace, "--set", "catalogue.enabled=true", "--wait", "--timeout", "3m")
	took("install again")
	if env, err = testenv.On(t.Context(), control); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := env.Leave(); err != nil {
			t.Error(err)
		}
	})
	kubectl(t, "annotate", "consortium", "tower-hamlets", "example.org/again=true")
	ready(t)
	if again := belongings(t); len(again) < len(before) {
		t.Errorf("of %d objects %d are left after it was installed again", len(before), len(again))
	}
}

// column is how a kind describes a column, and note what the changed chart says besides.
const (
	column = "description: Practices that count"
	note   = " as of the upgrade"
)

// changed is a copy of the chart in which a kind is described otherwise.
func changed(t *testing.T, chart string) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "chart")
	if err := os.CopyFS(folder, os.DirFS(chart)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "templates", "crd", "localities.yaml")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(content), column, column+note, 1)
	if text == string(content) {
		t.Fatalf("the chart's kinds have no column %q", column)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return folder
}

// belongings are the objects that belong to consortia and suppliers, and to the catalogue, by UID and with
// what they ask for.
func belongings(t *testing.T) map[types.UID]string {
	t.Helper()
	found := map[types.UID]string{}
	for _, kind := range []string{"Consortium", "Locality", "MemberFunction", "SupportAgreement", "SupportProvider", "HostedService", "SupportFunction"} {
		for _, object := range list(t, "commissioning.support/v1alpha1", kind) {
			found[object.GetUID()] = kind + " " + object.GetNamespace() + "/" + object.GetName()
		}
	}
	for kind, version := range map[string]string{"Deployment": "apps/v1", "Service": "v1", "Secret": "v1", "NetworkPolicy": "networking.k8s.io/v1", "ResourceQuota": "v1"} {
		for _, object := range list(t, version, kind) {
			if object.GetNamespace() == "tower-hamlets" {
				found[object.GetUID()] = kind + " " + object.GetName()
			}
		}
	}
	if len(found) < 20 {
		t.Fatalf("only %d objects stand: %v", len(found), found)
	}
	return found
}

func same(t *testing.T, before map[types.UID]string, after string) {
	t.Helper()
	now := belongings(t)
	for uid, what := range before {
		if now[uid] == "" {
			t.Errorf("%s took away %s", after, what)
		}
	}
}

// released are the objects of the release that may not outlive it.
func released(t *testing.T) []string {
	t.Helper()
	var left []string
	for kind, version := range map[string]string{
		"Deployment": "apps/v1", "ClusterRole": "rbac.authorization.k8s.io/v1", "ClusterRoleBinding": "rbac.authorization.k8s.io/v1",
		"ValidatingAdmissionPolicy": "admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding": "admissionregistration.k8s.io/v1",
		"FlowSchema": "flowcontrol.apiserver.k8s.io/v1", "ServiceAccount": "v1", "Role": "rbac.authorization.k8s.io/v1",
	} {
		for _, object := range list(t, version, kind) {
			if object.GetAnnotations()["meta.helm.sh/release-name"] == release {
				left = append(left, kind+" "+object.GetName())
			}
		}
	}
	return left
}

func list(t *testing.T, version, kind string) []unstructured.Unstructured {
	t.Helper()
	objects := &unstructured.UnstructuredList{}
	objects.SetAPIVersion(version)
	objects.SetKind(kind + "List")
	if err := admin.List(t.Context(), objects, &client.ListOptions{}); err != nil {
		t.Fatal(err)
	}
	return objects.Items
}

func run(t *testing.T, args ...string) {
	t.Helper()
	if out, err := helm(t, "", args...); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

func kubectl(t *testing.T, args ...string) string {
	t.Helper()
	out, err := control.Kubectl(t.Context(), args...)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// apply applies a folder. For up to half a minute after the kinds were installed the API server refuses what
// policies compare with kinds that it does not know yet.
func apply(t *testing.T, folder string) {
	t.Helper()
	gomega.NewWithT(t).Eventually(func() error {
		_, err := control.Kubectl(t.Context(), "apply", "--server-side", "-k", testenv.Path(folder))
		return err
	}).WithTimeout(time.Minute).WithPolling(time.Second).Should(gomega.Succeed())
}

// ready waits until the consortium and all its functions work.
func ready(t *testing.T) {
	t.Helper()
	kubectl(t, "wait", "--for=condition=Ready", "consortium/tower-hamlets", "--timeout=90s")
	kubectl(t, "wait", "--for=condition=Ready", "memberfunctions,supportagreements", "--all", "-n", "tower-hamlets", "--timeout=90s")
}

// installKinds makes the kinds known, for manifests of theirs, where nothing is installed.
func installKinds(t *testing.T) {
	t.Helper()
	if strings.Contains(kubectl(t, "get", "crd", "-o", "name"), "commissioning.support") {
		return
	}
	apply(t, "config/crd")
	apply(t, "config/namespace")
	kubectl(t, "wait", "--for=condition=Established", "crd", "--all", "--timeout=30s")
	t.Cleanup(func() { // as a cluster is before the first installation
		for _, folder := range []string{"config/namespace", "config/crd"} {
			if _, err := control.Kubectl(context.Background(), "delete", "-k", testenv.Path(folder)); err != nil {
				t.Error(err)
			}
		}
	})
}
