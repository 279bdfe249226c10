package gitops

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/estate"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/naming"
)

// Options say what an import writes beyond what the publication says. What is not asked for stays
// as the earlier import or a person left it.
type Options struct {
	MemberFunctions []string
	AdminsGroups    []string // patterns with {code}, {lowercode} and {name}
	ViewersGroups   []string
	DeletionPolicy  v1alpha1.DeletionPolicy
}

// Annotations that keep GitOps engines from deleting a namespace with everything in it when its
// manifest leaves the repository: that decision is the operator's, by deletionPolicy.
var keepNamespace = map[string]string{
	"kustomize.toolkit.fluxcd.io/prune": "disabled",
	"argocd.argoproj.io/sync-options":   "Prune=false,Delete=false",
}

// renderer makes one consortium's folder.
type renderer struct {
	options    Options
	asOf       string
	name       string
	localities map[string]string // names by organisation code
	earlier    Folder            // zero if the consortium is new
}

func (r renderer) folder(c estate.Consortium) Folder {
	f := Folder{Consortium: r.consortium(c), Agreements: r.earlier.Agreements, Kustomization: r.earlier.Kustomization}
	f.Namespace = namespace(r.earlier.Namespace, f.namespace(), v1alpha1.ConsortiumLabel, r.name)
	for _, l := range c.Localities {
		f.Localities = append(f.Localities, r.locality(l, f.Namespace.Name))
	}
	f.MemberFunctions = r.memberFunctions(f.Namespace.Name)
	return f
}

func (r renderer) consortium(c estate.Consortium) v1alpha1.Consortium {
	out := *r.earlier.Consortium.DeepCopy()
	out.APIVersion, out.Kind = v1alpha1.GroupVersion.String(), v1alpha1.ConsortiumKind
	out.Name = r.name
	out.Labels = with(out.Labels, map[string]string{v1alpha1.RegionLabel: naming.Label(c.Region)})
	out.Spec.OrganisationCode = v1alpha1.OrganisationCode(c.Code)
	out.Spec.DisplayName = v1alpha1.Title(c.Title)
	out.Spec.Practices = nil
	for _, code := range c.PracticeCodes() {
		out.Spec.Practices = append(out.Spec.Practices, v1alpha1.PracticeCode(code))
	}
	out.Spec.Access.Admins = r.groups(out.Spec.Access.Admins, r.options.AdminsGroups, c.Code)
	out.Spec.Access.Viewers = r.groups(out.Spec.Access.Viewers, r.options.ViewersGroups, c.Code)
	out.Spec.DeletionPolicy = cmp.Or(r.options.DeletionPolicy, out.Spec.DeletionPolicy)
	return out
}

// groups adds those that are missing and takes nobody away.
func (r renderer) groups(subjects []v1alpha1.Subject, patterns []string, code string) []v1alpha1.Subject {
	for _, pattern := range patterns {
		group := v1alpha1.Subject{Kind: v1alpha1.SubjectGroup, Name: strings.NewReplacer(
			"{code}", code, "{lowercode}", strings.ToLower(code), "{name}", r.name).Replace(pattern)}
		if !slices.Contains(subjects, group) {
			subjects = append(subjects, group)
		}
	}
	return subjects
}

// namespace that its consortium or supplier may take, and that no GitOps engine prunes.
func namespace(earlier corev1.Namespace, name, label, owner string) corev1.Namespace {
	out := *earlier.DeepCopy()
	out.APIVersion, out.Kind = "v1", "Namespace"
	out.Name = name
	out.Labels = with(out.Labels, map[string]string{label: owner})
	out.Annotations = with(out.Annotations, keepNamespace)
	return out
}

func (r renderer) locality(l estate.Locality, namespace string) v1alpha1.Locality {
	earlier, _ := r.earlier.locality(l.Code)
	out := v1alpha1.Locality{ObjectMeta: *earlier.ObjectMeta.DeepCopy()}
	out.APIVersion, out.Kind = v1alpha1.GroupVersion.String(), v1alpha1.LocalityKind
	out.Name, out.Namespace = r.localities[l.Code], namespace
	out.Spec = v1alpha1.LocalitySpec{
		DisplayName:      v1alpha1.Title(l.Title),
		OrganisationCode: v1alpha1.OrganisationCode(l.Code),
		RegisteredAsOf:   v1alpha1.Date(r.asOf),
	}
	for _, p := range l.Practices {
		out.Spec.Practices = append(out.Spec.Practices, v1alpha1.Practice{
			OrganisationCode: v1alpha1.PracticeCode(p.Code), Name: p.Name, RegisteredPatients: p.Patients})
	}
	return out
}

// memberFunctions adds those that are missing and takes none away.
func (r renderer) memberFunctions(namespace string) []v1alpha1.MemberFunction {
	out := slices.Clone(r.earlier.MemberFunctions)
	for _, function := range r.options.MemberFunctions {
		if slices.ContainsFunc(out, func(f v1alpha1.MemberFunction) bool { return string(f.Spec.Function) == function }) {
			continue
		}
		f := v1alpha1.MemberFunction{Spec: v1alpha1.MemberFunctionSpec{Function: v1alpha1.ObjectName(function)}}
		f.APIVersion, f.Kind = v1alpha1.GroupVersion.String(), v1alpha1.MemberFunctionKind
		f.Name, f.Namespace = function, namespace
		out = append(out, f)
	}
	return out
}

func with(labels, more map[string]string) map[string]string {
	if labels == nil {
		labels = map[string]string{}
	}
	maps.Copy(labels, more)
	return labels
}
