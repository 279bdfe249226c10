// Package clustertest_test runs the plugin against a real API server, with the rights that the shipped
// roles give to a consortium's people. No operator runs: the test writes what one would say.
//
// The tests share one control plane; each has a consortium of its own.
package clustertest_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-logr/logr"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/yaml"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/command"
	"github.com/commissioning-support/operator/hack/localcluster/cluster"
)

// The one control plane of this package, and its administrator, who also plays the operator.
var (
	control  *cluster.Cluster
	operator client.Client
)

func TestMain(m *testing.M) {
	flag.Parse()
	log.SetLogger(logr.Discard()) // as main does
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	ctx := context.Background()
	if control, err = cluster.Up(ctx, cluster.Options{Ephemeral: true, Nodes: 1}); err != nil {
		return 1, fmt.Errorf("start a control plane: %w", err)
	}
	defer func() {
		if downErr := control.Down(ctx); downErr != nil && err == nil {
			code, err = 1, fmt.Errorf("stop the control plane: %w", downErr)
		}
	}()
	if err := install(ctx); err != nil {
		return 1, err
	}
	return m.Run(), nil
}

// install writes the kinds and the roles of people, and the suppliers.
func install(ctx context.Context) error {
	for _, args := range [][]string{
		{"apply", "--server-side", "-k", "../../../config/crd"},
		{"wait", "--for=condition=Established", "crd", "--all", "--timeout=30s"},
		{"apply", "--server-side", "-f", "../../../config/rbac/catalogue_reader.yaml",
			"-f", "../../../config/rbac/consortium_viewer.yaml", "-f", "../../../config/rbac/consortium_admin.yaml",
			"-f", "../../../config/rbac/provider_viewer.yaml"},
		{"apply", "--server-side", "-k", "../../../config/catalogue"},
	} {
		if _, err := control.Kubectl(ctx, args...); err != nil {
			return fmt.Errorf("install: %w", err)
		}
	}
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{v1alpha1.AddToScheme, corev1.AddToScheme, rbacv1.AddToScheme, coordinationv1.AddToScheme} {
		if err := add(scheme); err != nil {
			return err
		}
	}
	config := control.Config()
	config.QPS = -1
	var err error
	if operator, err = client.New(config, client.Options{Scheme: scheme}); err != nil {
		return err
	}
	for name, displayName := range map[string]v1alpha1.Title{
		"nel-csu": "NHS NEL CSU", "kent-csu": "NHS Kent and Medway CSU", "tower-hamlets-services": "NHS Tower Hamlets",
	} {
		provider := &v1alpha1.SupportProvider{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: v1alpha1.SupportProviderSpec{DisplayName: displayName, Sector: v1alpha1.SectorNHS}}
		if err := operator.Create(ctx, provider); err != nil {
			return err
		}
	}
	return nil
}

// consortium writes the objects of a case, under another name, as the operator leaves them.
func consortium(t *testing.T, file, name, code string) {
	t.Helper()
	create(t, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}})
	data, err := os.ReadFile(filepath.Join("../internal/screen/testdata", file+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer(": tower-hamlets,", ": "+name+",", ": tower-hamlets\n", ": "+name+"\n", ": 08V,", ": "+code+",", "observedGeneration: 3", "observedGeneration: 1").Replace(string(data))
	for document := range strings.SplitSeq(text, "\n---\n") {
		var kind metav1.TypeMeta
		if err := yaml.Unmarshal([]byte(document), &kind); err != nil {
			t.Fatal(err)
		}
		object := map[string]client.Object{
			v1alpha1.ConsortiumKind: &v1alpha1.Consortium{}, v1alpha1.MemberFunctionKind: &v1alpha1.MemberFunction{},
			v1alpha1.SupportAgreementKind: &v1alpha1.SupportAgreement{},
		}[kind.Kind]
		if err := yaml.UnmarshalStrict([]byte(document), object); err != nil {
			t.Fatal(err)
		}
		writeWithStatus(t, object)
	}
}

func writeWithStatus(t *testing.T, object client.Object) {
	t.Helper()
	wanted, isObject := object.DeepCopyObject().(client.Object)
	if !isObject {
		t.Fatalf("%T is no object", object)
	}
	create(t, object)
	wanted.SetResourceVersion(object.GetResourceVersion())
	wanted.SetUID(object.GetUID())
	if err := operator.Status().Update(t.Context(), wanted); err != nil {
		t.Fatal(err)
	}
}

func create(t *testing.T, object client.Object) {
	t.Helper()
	object.SetUID("")
	if err := operator.Create(t.Context(), object); err != nil {
		t.Fatal(err)
	}
}

// persona gives somebody a shipped role in a consortium's namespace and the right to read that
// Consortium, as the operator does. It returns the way of calling the plugin as that person.
func persona(t *testing.T, consortium, role string) person {
	t.Helper()
	group := consortium + ":" + role
	subjects := []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.GroupKind, Name: group}}
	own := metav1.ObjectMeta{Name: "own:" + group}
	create(t, &rbacv1.RoleBinding{ObjectMeta: metav1.ObjectMeta{Name: role, Namespace: consortium}, Subjects: subjects, RoleRef: roleRef("commissioning-consortium-" + role)})
	create(t, &rbacv1.ClusterRole{ObjectMeta: own, Rules: []rbacv1.PolicyRule{{
		APIGroups: []string{v1alpha1.GroupVersion.Group}, Resources: []string{"consortia"}, ResourceNames: []string{consortium}, Verbs: []string{"get", "list", "watch"},
	}}})
	create(t, &rbacv1.ClusterRoleBinding{ObjectMeta: own, Subjects: subjects, RoleRef: roleRef(own.Name)})
	config, err := clientcmd.LoadFromFile(control.Kubeconfig())
	if err != nil {
		t.Fatal(err)
	}
	context := config.Contexts[config.CurrentContext]
	context.Namespace = consortium
	config.AuthInfos[context.AuthInfo].Impersonate = role
	config.AuthInfos[context.AuthInfo].ImpersonateGroups = []string{group, "system:authenticated"}
	path := filepath.Join(t.TempDir(), "kubeconfig")
	if err := clientcmd.WriteToFile(*config, path); err != nil {
		t.Fatal(err)
	}
	return person{t, path}
}

func roleRef(name string) rbacv1.RoleRef {
	return rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: name}
}

// person calls the plugin.
type person struct {
	t          *testing.T
	kubeconfig string
}

// said is what the plugin answered.
type said struct {
	code        int
	out, errout string
}

func (s said) all() string { return s.out + s.errout }

func (p person) calls(args ...string) said {
	var out, errout bytes.Buffer
	code := command.Run("test", append(args, "--kubeconfig", p.kubeconfig), &out, &errout)
	return said{code, out.String(), errout.String()}
}

// expect checks an exit code, and what must stand on the standard output and the standard error.
func (s said) expect(t *testing.T, code int, out, errout string) {
	t.Helper()
	if s.code != code || !strings.Contains(s.out, out) || !strings.Contains(s.errout, errout) {
		t.Errorf("exit %d, want %d, with %q and %q:\n%s\n----- standard error\n%s", s.code, code, out, errout, s.out, s.errout)
	}
}
