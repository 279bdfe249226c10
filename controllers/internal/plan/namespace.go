package plan

import (
	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// NamespaceVerdict says whether a consortium may have the namespace that it asks for.
type NamespaceVerdict string

const (
	// NamespaceReserved: it belongs to the cluster.
	NamespaceReserved NamespaceVerdict = "Reserved"
	// CodeTaken: an older Consortium carries the same organisation code.
	CodeTaken NamespaceVerdict = "CodeTaken"
	// NamespaceTaken: another Consortium has it, or asked for it earlier.
	NamespaceTaken NamespaceVerdict = "NamespaceTaken"
	// NamespaceMissing: there is none; the operator may create it.
	NamespaceMissing NamespaceVerdict = "Missing"
	// NamespaceTerminating: it is being deleted.
	NamespaceTerminating NamespaceVerdict = "Terminating"
	// NamespaceForeign: it exists, and nobody gave it to this consortium.
	NamespaceForeign NamespaceVerdict = "Foreign"
	// NamespaceCreated: the operator created it for this consortium.
	NamespaceCreated NamespaceVerdict = "Created"
	// NamespaceAdopted: a cluster administrator gave it to this consortium.
	NamespaceAdopted NamespaceVerdict = "Adopted"
)

// IsUsable says whether the operator may work in the namespace.
func (v NamespaceVerdict) IsUsable() bool {
	return v == NamespaceMissing || v == NamespaceCreated || v == NamespaceAdopted
}

// JudgeNamespace is rule R7 for namespaces: nothing is taken over but what carries our label for
// this consortium, and of two Consortia with one code or one namespace the older has it.
func JudgeNamespace(seen state.Consortium, settings state.Settings) NamespaceVerdict {
	consortium := seen.Object
	switch {
	case IsReservedNamespace(NamespaceOf(consortium), settings.OperatorNamespace):
		return NamespaceReserved
	case seen.CodeHolder != "":
		return CodeTaken
	case seen.NamespaceHolder != "":
		return NamespaceTaken
	case seen.Namespace == nil:
		return NamespaceMissing
	}
	return judgeExisting(seen)
}

func judgeExisting(seen state.Consortium) NamespaceVerdict {
	namespace, consortium := seen.Namespace, seen.Object
	labelled := namespace.Labels[v1alpha1.ConsortiumLabel]
	retainedFor, retained := namespace.Annotations[v1alpha1.RetainedAnnotation]
	switch {
	case labelled != "" && labelled != consortium.Name:
		return NamespaceTaken
	case labelled == "":
		return NamespaceForeign
	case namespace.DeletionTimestamp != nil:
		return NamespaceTerminating
	case retained && retainedFor != string(consortium.Spec.OrganisationCode):
		return NamespaceForeign // kept for another organisation that had this name
	}
	return judgeMark(seen, retained)
}

// judgeMark tells a namespace that the operator created from one that was given.
func judgeMark(seen state.Consortium, retained bool) NamespaceVerdict {
	owner, marked := state.MarkedOwner(seen.Namespace)
	switch {
	case !marked:
		return NamespaceAdopted
	case owner.Kind != v1alpha1.ConsortiumKind || owner.Name != seen.Object.Name:
		return NamespaceForeign
	case owner.UID != seen.Object.UID && !retained:
		return NamespaceForeign // created for an earlier object of this name, which did not hand it on
	}
	return NamespaceCreated
}
