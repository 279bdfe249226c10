package render

import (
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/runtime"
	rbacv1ac "k8s.io/client-go/applyconfigurations/rbac/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// grant is a shipped role, and those who are given it in a namespace.
type grant struct {
	name, role string
	subjects   []v1alpha1.Subject
}

// ConsortiumAccess is what a consortium's people are given: a shipped role in their namespace, and
// the right to read their own Consortium.
func ConsortiumAccess(tenant state.Tenant, access v1alpha1.Access) []runtime.ApplyConfiguration {
	return accessTo(tenant, "consortium", "consortia",
		grant{"commissioning-admins", "commissioning-consortium-admin", access.Admins},
		grant{"commissioning-viewers", "commissioning-consortium-viewer", access.Viewers},
		grant{"commissioning-developers", "commissioning-consortium-developer", access.Developers})
}

// ProviderAccess is what a supplier's people are given: a shipped role in their namespace, and the
// right to read their own SupportProvider. Of the consortia that it serves, or that host it, they are
// given nothing.
func ProviderAccess(tenant state.Tenant, access v1alpha1.ProviderAccess) []runtime.ApplyConfiguration {
	return accessTo(tenant, "provider", "supportproviders",
		grant{"commissioning-admins", "commissioning-provider-admin", access.Admins},
		grant{"commissioning-viewers", "commissioning-provider-viewer", access.Viewers})
}

func accessTo(tenant state.Tenant, noun, resource string, grants ...grant) []runtime.ApplyConfiguration {
	var wanted []runtime.ApplyConfiguration
	var everybody []v1alpha1.Subject
	labels, annotations := marked(tenant.Owner)
	for _, grant := range grants {
		if len(grant.subjects) == 0 {
			continue
		}
		everybody = append(everybody, grant.subjects...)
		wanted = append(wanted, rbacv1ac.RoleBinding(grant.name, tenant.Namespace).WithLabels(labels).WithAnnotations(annotations).
			WithRoleRef(clusterRole(grant.role)).WithSubjects(subjects(grant.subjects)...))
	}
	if len(everybody) == 0 {
		return nil
	}
	own := "commissioning:" + noun + ":" + tenant.Owner.Name
	return append(wanted,
		rbacv1ac.ClusterRole(own).WithLabels(labels).WithAnnotations(annotations).WithRules(readOwn(resource, tenant.Owner.Name)),
		rbacv1ac.ClusterRoleBinding(own).WithLabels(labels).WithAnnotations(annotations).
			WithRoleRef(clusterRole(own)).WithSubjects(subjects(distinct(everybody))...))
}

// readOwn is the right to read one object of the cluster, and no other of its kind.
func readOwn(resource, name string) *rbacv1ac.PolicyRuleApplyConfiguration {
	return rbacv1ac.PolicyRule().WithAPIGroups(v1alpha1.GroupVersion.Group).WithResources(resource).
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
