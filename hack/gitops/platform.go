package gitops

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/go-logr/logr"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/hack/testenv"
)

// Start brings up a control plane on which the operator runs and nothing is asked of it: the catalogue too comes from
// the repository.
func Start(ctx context.Context) (*testenv.Env, error) {
	const nodes = 5
	env, err := testenv.Start(ctx, nodes)
	if err != nil {
		return nil, err
	}
	if _, err := env.Cluster.Kubectl(ctx, "delete", "-k", testenv.Path("config/catalogue"), "--timeout=60s"); err != nil {
		return nil, errors.Join(err, env.Stop(ctx))
	}
	return env, nil
}

// Run runs the tests of a package on such a control plane, and returns the code to end with.
func Run(tests interface{ Run() int }, env **testenv.Env) int {
	ctx := context.Background()
	ctrl.SetLogger(logr.Discard())
	var err error
	if *env, err = Start(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := tests.Run()
	if err := (*env).Stop(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// IsOurs says that an object is of a kind of ours.
func IsOurs(object client.Object) bool {
	return object.GetObjectKind().GroupVersionKind().Group == v1alpha1.GroupVersion.Group
}

// Name is how people name an object.
func Name(object client.Object) string {
	name := object.GetObjectKind().GroupVersionKind().Kind + "/"
	if object.GetNamespace() != "" {
		name += object.GetNamespace() + "/"
	}
	return name + object.GetName()
}

// Live reads an object as it stands.
func Live(ctx context.Context, c client.Client, object *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	live := &unstructured.Unstructured{}
	live.SetGroupVersionKind(object.GroupVersionKind())
	if err := c.Get(ctx, client.ObjectKeyFromObject(object), live); err != nil {
		return nil, fmt.Errorf("read %s: %w", Name(object), err)
	}
	return live, nil
}

// Remains names what is left in a namespace of what functions and agreements consist of: Kubernetes' garbage collection
// takes it away after them.
func Remains(ctx context.Context, c client.Client, namespace string) ([]string, error) {
	var all []string
	for _, list := range []client.ObjectList{
		&appsv1.DeploymentList{}, &corev1.ServiceList{}, &corev1.ServiceAccountList{}, &corev1.ConfigMapList{}, &corev1.SecretList{},
		&networkingv1.NetworkPolicyList{}, &policyv1.PodDisruptionBudgetList{},
	} {
		if err := c.List(ctx, list, client.InNamespace(namespace)); err != nil {
			return nil, fmt.Errorf("list what is in %s: %w", namespace, err)
		}
		objects, err := meta.ExtractList(list)
		if err != nil {
			return nil, fmt.Errorf("read a list: %w", err)
		}
		for _, object := range objects {
			if object, ok := object.(client.Object); ok && len(object.GetOwnerReferences()) > 0 {
				all = append(all, fmt.Sprintf("%T %s", object, object.GetName()))
			}
		}
	}
	return all, nil
}

// Data is something in a consortium's namespace that is in no repository, and nobody's but its people's.
type Data struct {
	namespace string
	uids      map[string]types.UID
}

// PutData puts data into a namespace: a volume claim and a ConfigMap.
func PutData(ctx context.Context, c client.Client, namespace string) (*Data, error) {
	d := &Data{namespace: namespace, uids: map[string]types.UID{}}
	named := metav1.ObjectMeta{Name: "records-of-our-own", Namespace: namespace}
	claim := &corev1.PersistentVolumeClaim{ObjectMeta: named, Spec: corev1.PersistentVolumeClaimSpec{
		AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
		Resources:   corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")}},
	}}
	for _, object := range []client.Object{claim, &corev1.ConfigMap{ObjectMeta: named, Data: map[string]string{"minutes": "of our meetings"}}} {
		if err := c.Create(ctx, object); err != nil {
			return nil, fmt.Errorf("put data into %s: %w", namespace, err)
		}
		d.uids[fmt.Sprintf("%T", object)] = object.GetUID()
	}
	return d, nil
}

// Lost says what became of the data; nil: it is there, and nobody is about to delete it.
func (d *Data) Lost(ctx context.Context, c client.Client) error {
	for _, object := range []client.Object{&corev1.PersistentVolumeClaim{}, &corev1.ConfigMap{}} {
		if err := c.Get(ctx, client.ObjectKey{Namespace: d.namespace, Name: "records-of-our-own"}, object); err != nil {
			return fmt.Errorf("data of %s is lost: %w", d.namespace, err)
		}
		if object.GetUID() != d.uids[fmt.Sprintf("%T", object)] || object.GetDeletionTimestamp() != nil {
			return fmt.Errorf("data of %s is lost: %T is another one, or is being deleted", d.namespace, object)
		}
	}
	namespace := &corev1.Namespace{}
	if err := c.Get(ctx, client.ObjectKey{Name: d.namespace}, namespace); err != nil {
		return fmt.Errorf("read the namespace: %w", err)
	}
	if namespace.DeletionTimestamp != nil {
		return fmt.Errorf("the namespace %s is being deleted", d.namespace)
	}
	return nil
}
