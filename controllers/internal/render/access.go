package render

import (
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/runtime"
	rbacv1ac "k8s.io/client-go/applyconfigurations/rbac/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// Access is what a consortium's people are given: a shipped role in their namespace, and the right
// to read their own Consortium.
func Access(owner state.Owner, namespace string, access v1alpha1.Access) []runtime.ApplyConfiguration {
	grants := []struct {
		name, role string
		subjects   []v1alpha1.Subject
	}{
		{"commissioning-admins", "commissioning-consortium-admin", access.Admins},
		{"commissioning-viewers", "commissioning-consortium-viewer", access.Viewers},
		{"commissioning-developers", "commissioning-consortium-developer", access.Developers},
	}
	var wanted []runtime.ApplyConfiguration
	var everybody []v1alpha1.Subject
	labels, annotations := marked(owner)
	for _, grant := range grants {
		if len(grant.subjects) == 0 {
			continue
		}
		everybody = append(everybody, grant.subjects...)
		wanted = append(wanted, rbacv1ac.RoleBinding(grant.name, namespace).WithLabels(labels).WithAnnotations(annotations).
			WithRoleRef(clusterRole(grant.role)).WithSubjects(subjects(grant.subjects)...))
	}
	if len(everybody) == 0 {
		return nil
	}
	own := "commissioning:consortium:" + owner.Name
	return append(wanted,
		rbacv1ac.ClusterRole(own).WithLabels(labels).WithAnnotations(annotations).WithRules(readOwnConsortium(owner.Name)),
		rbacv1ac.ClusterRoleBinding(own).WithLabels(labels).WithAnnotations(annotations).
			WithRoleRef(clusterRole(own)).WithSubjects(subjects(distinct(everybody))...))
}

func readOwnConsortium(name string) *rbacv1ac.PolicyRuleApplyConfiguration {
	return rbacv1ac.PolicyRule().WithAPIGroups(v1alpha1.GroupVersion.Group).WithResources("consortia").
		WithResourceNames(name).WithVerbs("get", "list", "watch")
}

func clusterRole(name string) *rbacv1ac.RoleRefApplyConfiguration {
	return rbacv1ac.RoleRef().WithAPIGroup(rbacv1.GroupName).WithKind("ClusterRole").WithName(name)
}

func subjects(of []v1alpha1.Subject) []*rbacv1ac.SubjectApplyConfiguration {
	rendered := make([]*rbacv1ac.SubjectApplyConfiguration, len(of))
	for i, subject := range of {
		rendered[i] = rbacv1ac.Subject().WithKind(string(subject.Kind)).WithName(subject.Name)
		if subject.Kind == v1alpha1.SubjectServiceAccount {
			rendered[i].WithNamespace(subject.Namespace)
		} else {
			rendered[i].WithAPIGroup(rbacv1.GroupName)
		}
	}
	return rendered
}

func distinct(all []v1alpha1.Subject) []v1alpha1.Subject {
	seen := map[v1alpha1.Subject]bool{}
	var kept []v1alpha1.Subject
	for _, subject := range all {
		if !seen[subject] {
			seen[subject] = true
			kept = append(kept, subject)
		}
	}
	return kept
}
