package plan

import (
	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// NamespaceVerdict says whether a tenant may have the namespace that it asks for.
type NamespaceVerdict string

const (
	// NamespaceReserved: it belongs to the cluster.
	NamespaceReserved NamespaceVerdict = "Reserved"
	// CodeTaken: an older tenant of the kind carries the same organisation code.
	CodeTaken NamespaceVerdict = "CodeTaken"
	// NamespaceTaken: another tenant has it, or asked for it earlier.
	NamespaceTaken NamespaceVerdict = "NamespaceTaken"
	// NamespaceMissing: there is none; the operator may create it.
	NamespaceMissing NamespaceVerdict = "Missing"
	// NamespaceTerminating: it is being deleted.
	NamespaceTerminating NamespaceVerdict = "Terminating"
	// NamespaceForeign: it exists, and nobody gave it to this tenant.
	NamespaceForeign NamespaceVerdict = "Foreign"
	// NamespaceOfAnEarlier: it carries this tenant's label, and the marks of somebody who was here
	// before and did not hand it on: an earlier object of the name, or another organisation.
	NamespaceOfAnEarlier NamespaceVerdict = "OfAnEarlier"
	// NamespaceCreated: the operator created it for this tenant.
	NamespaceCreated NamespaceVerdict = "Created"
	// NamespaceAdopted: a cluster administrator gave it to this tenant.
	NamespaceAdopted NamespaceVerdict = "Adopted"
)

// IsUsable says whether the operator may work in the namespace.
func (v NamespaceVerdict) IsUsable() bool {
	return v == NamespaceMissing || v == NamespaceCreated || v == NamespaceAdopted
}

// JudgeNamespace is rule R7 for namespaces: nothing is taken over but what carries our label for
// this tenant. Of two of a kind with one code, and of any two that ask for one namespace, the older
// has it.
func JudgeNamespace(seen state.Premises, settings state.Settings) NamespaceVerdict {
	switch {
	case IsReservedNamespace(seen.Tenant.Namespace, settings.OperatorNamespace):
		return NamespaceReserved
	case seen.CodeHolder != "":
		return CodeTaken
	case seen.NamespaceHolder != state.Owner{}:
		return NamespaceTaken
	case seen.Namespace == nil:
		return NamespaceMissing
	}
	return judgeExisting(seen)
}

func judgeExisting(seen state.Premises) NamespaceVerdict {
	_, isAnothers := seen.Tenant.LabelledForAnother(seen.Namespace)
	retainedFor, retained := seen.Namespace.Annotations[v1alpha1.RetainedAnnotation]
	switch {
	case isAnothers:
		return NamespaceTaken
	case !seen.IsTenants():
		return NamespaceForeign
	case seen.Namespace.DeletionTimestamp != nil:
		return NamespaceTerminating
	case retained && retainedFor != seen.Tenant.RetainedAs():
		return NamespaceOfAnEarlier // kept for another organisation that had this name
	}
	return judgeMark(seen, retained)
}

// judgeMark tells a namespace that the operator created from one that was given.
func judgeMark(seen state.Premises, retained bool) NamespaceVerdict {
	owner, marked := state.MarkedOwner(seen.Namespace)
	tenant := seen.Tenant.Owner
	switch {
	case !marked:
		return NamespaceAdopted
	case owner.Kind != tenant.Kind || owner.Name != tenant.Name:
		return NamespaceOfAnEarlier
	case owner.UID != tenant.UID && !retained:
		return NamespaceOfAnEarlier // created for an earlier object of this name, as it is after a restore
	}
	return NamespaceCreated
}
