package flux_test

import (
	"encoding/json"
	"maps"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers"
	"github.com/commissioning-support/operator/hack/gitops"
)

// sharesNothing: of an object in the repository the operator owns its status and its finalizer, so that no apply of
// the engine's can differ from what stands; and nothing that it makes looks as if the engine had made it.
func (s *story) sharesNothing() {
	for _, object := range s.engine.inventory {
		if !gitops.IsOurs(object) {
			continue
		}
		live, err := gitops.Live(s.Context(), s.engine, object)
		s.must(err)
		for _, entry := range live.GetManagedFields() {
			if entry.Manager == controllers.FieldOwner {
				s.ownsLittle(gitops.Name(object), entry)
			}
		}
	}
	mark := client.HasLabels{s.engine.kustomization.GroupVersionKind().Group + "/name"}
	for _, list := range []client.ObjectList{
		&corev1.ConfigMapList{}, &corev1.SecretList{}, &corev1.ServiceList{}, &corev1.ServiceAccountList{}, &corev1.ResourceQuotaList{},
		&corev1.LimitRangeList{}, &appsv1.DeploymentList{}, &networkingv1.NetworkPolicyList{},
		&policyv1.PodDisruptionBudgetList{}, &rbacv1.RoleBindingList{}, &rbacv1.ClusterRoleBindingList{}, &v1alpha1.SupportFunctionRevisionList{},
	} {
		unmarked, marked := s.count(list), s.count(list, mark)
		if marked > 0 || unmarked == 0 {
			s.Errorf("of %d objects in a %T, %d bear the engine's label", unmarked, list, marked)
		}
	}
}

func (s *story) count(list client.ObjectList, options ...client.ListOption) int {
	s.Helper()
	s.must(env.Client.List(s.Context(), list, options...))
	content, err := json.Marshal(list)
	s.must(err)
	items := struct{ Items []json.RawMessage }{}
	s.must(json.Unmarshal(content, &items))
	return len(items.Items)
}

// ownsLittle checks what the operator owns of an object.
func (s *story) ownsLittle(name string, entry metav1.ManagedFieldsEntry) {
	s.Helper()
	owned := map[string]map[string]any{}
	s.must(json.Unmarshal(entry.FieldsV1.GetRawBytes(), &owned))
	for field, below := range owned {
		isStatus := field == "f:status" && entry.Subresource == "status"
		isFinalizer := field == "f:metadata" && len(below) == 1 && below["f:finalizers"] != nil
		if !isStatus && !isFinalizer {
			s.Errorf("of %s the operator owns %s: %v", name, field, slices.Sorted(maps.Keys(below)))
		}
	}
}
