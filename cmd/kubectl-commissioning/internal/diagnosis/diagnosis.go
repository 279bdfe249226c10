// Package diagnosis says whether an installation of the operator is sound: what was read of it, against what
// this version of the plugin expects. It is a pure function of what was read.
package diagnosis

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	flowcontrolv1 "k8s.io/api/flowcontrol/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// As config/ has them.
const (
	// OperatorNamespace is where the operator runs by default.
	OperatorNamespace = "commissioning-system"
	// OperatorName is the name of its Deployment, its ServiceAccount and its ClusterRole.
	OperatorName = "commissioning-operator"
	// LeaseName is the name of the lease that its leader holds.
	LeaseName = "commissioning-support-operator"
)

// Part of an installation, or what kept it from being read.
type Part[T any] struct {
	Is  T
	Err error
}

// Facts are what was read of an installation.
type Facts struct {
	// Namespace of the operator, and the version of the plugin.
	Namespace, Plugin string
	Now               time.Time

	Server      Part[string]
	Kinds       Part[[]apiextensionsv1.CustomResourceDefinition]
	Policies    Part[[]admissionregistrationv1.ValidatingAdmissionPolicy]
	Bindings    Part[[]admissionregistrationv1.ValidatingAdmissionPolicyBinding]
	Denied      Part[[]Right]
	Deployment  Part[*appsv1.Deployment]
	Lease       Part[*coordinationv1.Lease]
	FlowSchemas Part[[]flowcontrolv1.FlowSchema]
	Functions   Part[[]v1alpha1.SupportFunction]
	Namespaces  Part[[]corev1.Namespace]
	// IsRenewed says that the lease was seen being renewed, whatever the clocks say.
	IsRenewed bool
	// Probe of the network; nil: nobody asked for it.
	Probe *Probe
}

// Verdict on one part of an installation.
type Verdict string

// Verdicts. What is noticed works, and somebody should know of it.
const (
	Sound      Verdict = "Sound"
	Noticed    Verdict = "Noticed"
	Broken     Verdict = "Broken"
	NotChecked Verdict = "NotChecked"
)

// Check is one part of an installation, and what was found.
type Check struct {
	Part    string  `json:"part"`
	Verdict Verdict `json:"verdict"`
	Message string  `json:"message"`
	// Do says what to do about it.
	Do string `json:"do,omitempty"`
}

// Diagnosis of an installation: the worst verdict, and all checks in order.
type Diagnosis struct {
	Verdict Verdict `json:"verdict"`
	Checks  []Check `json:"checks"`
}

// worst first.
var severities = []Verdict{Broken, NotChecked, Noticed, Sound}

// Of makes the diagnosis.
func Of(f Facts) Diagnosis {
	d := Diagnosis{Verdict: Sound, Checks: []Check{
		f.server(), f.kinds(), f.policies(), f.rights(), f.operator(), f.leader(), f.priority(), f.catalogue(), f.podSecurity(), f.network(),
	}}
	for _, check := range d.Checks {
		if slices.Index(severities, check.Verdict) < slices.Index(severities, d.Verdict) {
			d.Verdict = check.Verdict
		}
	}
	return d
}

// unread is the check of what could not be read.
func unread(part, what string, err error) Check {
	if apierrors.IsForbidden(err) {
		return Check{part, NotChecked, fmt.Sprintf("You may not read %s.", what), "let a cluster administrator call this"}
	}
	return Check{part, NotChecked, fmt.Sprintf("%s could not be read: %v", capital(what), err), ""}
}

func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// firstOf names the first three, and counts the rest.
func firstOf(names []string) string {
	const few = 3
	said := strings.Join(names[:min(len(names), few)], ", ")
	if more := len(names) - few; more > 0 {
		said += fmt.Sprintf(" and %d more", more)
	}
	return said
}

// errorsOf is what kept any of the parts from being read.
func errorsOf(all ...error) error {
	for _, err := range all {
		if apierrors.IsForbidden(err) {
			return err
		}
	}
	return errors.Join(all...)
}
