package diagnosis

import (
	"fmt"
	"slices"
	"strings"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	flowcontrolv1 "k8s.io/api/flowcontrol/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/util/version"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// Versions of the API server: the oldest that has all that the operator needs, and the newest on which its
// tests run.
const (
	oldestServer = "1.33"
	testedServer = "1.36"
)

func (f Facts) server() Check {
	const part = "API server"
	if f.Server.Err != nil {
		return unread(part, "the version of the API server", f.Server.Err)
	}
	is, err := version.ParseGeneric(f.Server.Is)
	if err != nil {
		return Check{part, NotChecked, fmt.Sprintf("It calls its version %q, which cannot be understood.", f.Server.Is), ""}
	}
	is = version.MajorMinor(is.Major(), is.Minor())
	said := fmt.Sprintf("%s; the operator works with %s to %s", f.Server.Is, oldestServer, testedServer)
	switch {
	case is.LessThan(version.MustParseGeneric(oldestServer)):
		return Check{part, Broken, said + ".", "upgrade the cluster"}
	case is.GreaterThan(version.MustParseGeneric(testedServer)):
		return Check{part, Noticed, said + ", and has not been tried with this one.", "look for a newer version of the operator"}
	}
	return Check{part, Sound, said + ".", ""}
}

const installKinds = "install the kinds of this version: kubectl apply --server-side -k config/crd"

// kinds are there, are served, and have the fields that this plugin knows.
func (f Facts) kinds() Check {
	const part = "Kinds"
	if f.Kinds.Err != nil {
		return unread(part, "CustomResourceDefinitions", f.Kinds.Err)
	}
	var missing, notServed, lacking, unknown []string
	for _, kind := range kinds {
		i := slices.IndexFunc(f.Kinds.Is, func(c apiextensionsv1.CustomResourceDefinition) bool {
			return c.Spec.Group == v1alpha1.GroupVersion.Group && c.Spec.Names.Kind == kind.name
		})
		if i < 0 {
			missing = append(missing, kind.name)
			continue
		}
		schema := served(&f.Kinds.Is[i])
		if schema == nil {
			notServed = append(notServed, kind.name)
			continue
		}
		older, newer := compare(kind.is, *schema, kind.name)
		lacking, unknown = append(lacking, older...), append(unknown, newer...)
	}
	switch {
	case len(missing) > 0:
		return Check{part, Broken, fmt.Sprintf("%d of %d are missing: %s.", len(missing), len(kinds), firstOf(missing)), installKinds}
	case len(notServed) > 0:
		return Check{part, Broken, fmt.Sprintf("Not established as %s: %s.", v1alpha1.GroupVersion.Version, firstOf(notServed)), "see why: kubectl describe crd"}
	case len(lacking) > 0:
		return Check{part, Noticed, fmt.Sprintf("They are older than this plugin, and lack %s.", firstOf(lacking)), installKinds}
	case len(unknown) > 0:
		return Check{part, Noticed, fmt.Sprintf("They are newer than this plugin, which does not know %s.", firstOf(unknown)), "use the plugin of the operator's version"}
	}
	return Check{part, Sound, fmt.Sprintf("All %d are established as %s, with the fields that this plugin knows.", len(kinds), v1alpha1.GroupVersion.Version), ""}
}

// Policies are the names of the admission policies, and of their bindings.
var Policies = []string{
	"agreement-delivery", "consortium-services", "function-deletion", "function-pods", "function-volumes", "hosted-service-deletion",
	"hosted-service-delivery", "member-function-delivery", "namespace-adoption", "namespace-deletion", "no-nhs-numbers", "provider-deletion",
}

const installPolicies = "install them: kubectl apply --server-side -k config/policies"

// policies are there, refuse, and can be understood by the API server.
func (f Facts) policies() Check {
	const part = "Admission"
	if err := errorsOf(f.Policies.Err, f.Bindings.Err); err != nil {
		return unread(part, "ValidatingAdmissionPolicies", err)
	}
	var missing, idle, doubtful []string
	for _, name := range Policies {
		policy, binding := f.policy(name)
		switch {
		case policy == nil || binding == nil:
			missing = append(missing, name)
		case !refuses(policy, binding):
			idle = append(idle, name)
		case policy.Status.TypeChecking != nil && len(policy.Status.TypeChecking.ExpressionWarnings) > 0:
			doubtful = append(doubtful, name)
		}
	}
	switch {
	case len(missing) > 0:
		return Check{part, Broken, fmt.Sprintf("%d of %d policies are missing, or not bound: %s.", len(missing), len(Policies), firstOf(missing)), installPolicies}
	case len(idle) > 0:
		return Check{part, Broken, fmt.Sprintf("Policies that refuse nothing: %s.", firstOf(idle)), installPolicies}
	case len(doubtful) > 0:
		return Check{
			part, Noticed, fmt.Sprintf("The API server warns of the expressions of %s.", firstOf(doubtful)),
			fmt.Sprintf("see which: kubectl get validatingadmissionpolicy %s.%s -o jsonpath='{.status.typeChecking}'", doubtful[0], v1alpha1.GroupVersion.Group),
		}
	}
	return Check{part, Sound, fmt.Sprintf("All %d policies are bound, and refuse what they should.", len(Policies)), ""}
}

func (f Facts) policy(name string) (*admissionregistrationv1.ValidatingAdmissionPolicy, *admissionregistrationv1.ValidatingAdmissionPolicyBinding) {
	name += "." + v1alpha1.GroupVersion.Group
	p := slices.IndexFunc(f.Policies.Is, func(p admissionregistrationv1.ValidatingAdmissionPolicy) bool { return p.Name == name })
	b := slices.IndexFunc(f.Bindings.Is, func(b admissionregistrationv1.ValidatingAdmissionPolicyBinding) bool {
		return b.Spec.PolicyName == name
	})
	if p < 0 || b < 0 {
		return nil, nil
	}
	return &f.Policies.Is[p], &f.Bindings.Is[b]
}

func refuses(p *admissionregistrationv1.ValidatingAdmissionPolicy, b *admissionregistrationv1.ValidatingAdmissionPolicyBinding) bool {
	ignores := p.Spec.FailurePolicy != nil && *p.Spec.FailurePolicy == admissionregistrationv1.Ignore
	return !ignores && slices.Contains(b.Spec.ValidationActions, admissionregistrationv1.Deny)
}

// FlowSchemas are those that give the operator's requests a priority.
var FlowSchemas = []string{OperatorName, OperatorName + "-lease"}

// priority of the operator's requests. Without it the operator works, and waits behind whoever asks much.
func (f Facts) priority() Check {
	const part = "Priority"
	if f.FlowSchemas.Err != nil {
		return unread(part, "FlowSchemas", f.FlowSchemas.Err)
	}
	var wrong []string
	for _, name := range FlowSchemas {
		i := slices.IndexFunc(f.FlowSchemas.Is, func(s flowcontrolv1.FlowSchema) bool { return s.Name == name })
		if i < 0 || !isFor(f.FlowSchemas.Is[i], f.Namespace) {
			wrong = append(wrong, name)
		}
	}
	if len(wrong) > 0 {
		return Check{
			part, Noticed, fmt.Sprintf("The operator's requests wait behind others': FlowSchemas that are missing, or without effect on %s/%s: %s.", f.Namespace, OperatorName, strings.Join(wrong, ", ")),
			"install them: kubectl apply --server-side -k config/priority",
		}
	}
	return Check{part, Sound, "The operator's requests and its lease have a priority of their own.", ""}
}

// isFor says whether a FlowSchema has a priority level, and names the operator's account.
func isFor(s flowcontrolv1.FlowSchema, namespace string) bool {
	for _, c := range s.Status.Conditions {
		if c.Type == flowcontrolv1.FlowSchemaConditionDangling && c.Status == flowcontrolv1.ConditionTrue {
			return false
		}
	}
	for _, rule := range s.Spec.Rules {
		for _, subject := range rule.Subjects {
			if account := subject.ServiceAccount; account != nil && account.Namespace == namespace && account.Name == OperatorName {
				return true
			}
		}
	}
	return false
}
