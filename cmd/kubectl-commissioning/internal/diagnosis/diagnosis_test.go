package diagnosis

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	flowcontrolv1 "k8s.io/api/flowcontrol/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

var errForbidden = apierrors.NewForbidden(schema.GroupResource{Resource: "things"}, "", errors.New("no rule"))

// specOf is the schema of the spec of the first kind, Consortium.
func specOf(f *Facts) apiextensionsv1.JSONSchemaProps {
	return f.Kinds.Is[0].Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["spec"]
}

// TestOf shows what each fault of an installation is called.
func TestOf(t *testing.T) {
	for name, tc := range map[string]struct {
		is      func(*Facts)
		part    string
		verdict Verdict
		says    string
	}{
		"an old API server":          {func(f *Facts) { f.Server.Is = "v1.32.9" }, "API server", Broken, "v1.32.9; the operator works with 1.33 to 1.36."},
		"the oldest":                 {func(f *Facts) { f.Server.Is = "v1.33.0-gke.100" }, "API server", Sound, "v1.33.0-gke.100"},
		"one of tomorrow":            {func(f *Facts) { f.Server.Is = "v1.37.0" }, "API server", Noticed, "has not been tried with this one"},
		"one with a name of its own": {func(f *Facts) { f.Server.Is = "spring" }, "API server", NotChecked, "cannot be understood"},
		"one that keeps its version": {func(f *Facts) { f.Server.Err = errForbidden }, "API server", NotChecked, "You may not read the version"},
		"a kind is missing":          {func(f *Facts) { f.Kinds.Is = f.Kinds.Is[1:] }, "Kinds", Broken, "1 of 8 are missing: Consortium."},
		"no kind is there":           {func(f *Facts) { f.Kinds.Is = nil }, "Kinds", Broken, "8 of 8 are missing: Consortium, HostedService, Locality and 5 more."},
		"a kind is not established":  {func(f *Facts) { f.Kinds.Is[0].Status.Conditions = nil }, "Kinds", Broken, "Not established as v1alpha1: Consortium."},
		"a kind lacks a field":       {func(f *Facts) { delete(specOf(f).Properties, "quota") }, "Kinds", Noticed, "older than this plugin, and lack Consortium.spec.quota."},
		"a kind has a field more":    {func(f *Facts) { specOf(f).Properties["tithe"] = apiextensionsv1.JSONSchemaProps{} }, "Kinds", Noticed, "does not know Consortium.spec.tithe."},
		"kinds cannot be read":       {func(f *Facts) { f.Kinds.Err = errForbidden }, "Kinds", NotChecked, "You may not read CustomResourceDefinitions."},
		"a policy is missing":        {func(f *Facts) { f.Policies.Is = f.Policies.Is[1:] }, "Admission", Broken, "1 of 12 policies are missing, or not bound: agreement-delivery."},
		"a policy is not bound":      {func(f *Facts) { f.Bindings.Is = f.Bindings.Is[1:] }, "Admission", Broken, "1 of 12 policies are missing, or not bound"},
		"a policy that only warns": {func(f *Facts) {
			f.Bindings.Is[0].Spec.ValidationActions = []admissionregistrationv1.ValidationAction{admissionregistrationv1.Warn}
		}, "Admission", Broken, "Policies that refuse nothing: agreement-delivery."},
		"a policy that gives way":        {func(f *Facts) { f.Policies.Is[0].Spec.FailurePolicy = new(admissionregistrationv1.Ignore) }, "Admission", Broken, "Policies that refuse nothing"},
		"an expression that is doubtful": {doubtful, "Admission", Noticed, "warns of the expressions of agreement-delivery."},
		"bindings cannot be read":        {func(f *Facts) { f.Bindings.Err = errForbidden }, "Admission", NotChecked, "You may not read ValidatingAdmissionPolicies."},
		"a right is missing": {func(f *Facts) {
			f.Denied.Is = []Right{{Group: ours, Resource: "consortia", Subresource: "status", Verb: "update"}}
		}, "Rights", Broken, "may not update consortia/status."},
		"nobody may ask for others' rights": {func(f *Facts) { f.Denied.Err = errForbidden }, "Rights", NotChecked, "You may not read what ServiceAccount commissioning-system/commissioning-operator may do."},
		"it is not installed":               {func(f *Facts) { f.Deployment.Is, f.Lease.Is = nil, nil }, "Operator", Broken, "There is no Deployment commissioning-operator in commissioning-system."},
		"it runs elsewhere":                 {func(f *Facts) { f.Deployment.Is = nil }, "Operator", Noticed, "the operator runs outside the cluster"},
		"no replica is available":           {func(f *Facts) { f.Deployment.Is.Status.AvailableReplicas = 0 }, "Operator", Broken, "0 of 2 replicas are available, of version v0.1.0."},
		"one replica is available":          {func(f *Facts) { f.Deployment.Is.Status.AvailableReplicas = 1 }, "Operator", Noticed, "1 of 2 replicas are available"},
		"another version than the plugin's": {func(f *Facts) { f.Plugin = "v0.2.0" }, "Operator", Noticed, "of version v0.1.0; this plugin is v0.2.0."},
		"a plugin that was just built":      {func(f *Facts) { f.Plugin = "development" }, "Operator", Sound, "2 of 2 replicas are available, of version v0.1.0."},
		"an image by its digest":            {func(f *Facts) { image(f, "registry.example:5000/operator@sha256:0123") }, "Operator", Sound, "of version registry.example:5000/operator@sha256:0123."},
		"an image by tag and digest":        {func(f *Facts) { image(f, "registry.example:5000/operator:v0.4.0@sha256:0123") }, "Operator", Noticed, "of version v0.4.0; this plugin is v0.1.3."},
		"the lease has run out":             {func(f *Facts) { f.Lease.Is.Spec.RenewTime.Time = now.Add(-time.Minute) }, "Leader", Broken, "commissioning-operator-5d9c has not renewed the lease since 10:49 UTC on 2026-11-22: no operator works."},
		"two clocks differ":                 {func(f *Facts) { f.Lease.Is.Spec.RenewTime.Time, f.IsRenewed = now.Add(-time.Minute), true }, "Leader", Sound, "commissioning-operator-5d9c leads"},
		"nobody has ever led":               {func(f *Facts) { f.Lease.Is = nil }, "Leader", Broken, "no operator has ever worked here"},
		"nobody leads":                      {func(f *Facts) { f.Lease.Is.Spec.HolderIdentity = new("") }, "Leader", Broken, "Nobody holds the lease"},
		"no priority":                       {func(f *Facts) { f.FlowSchemas.Is = f.FlowSchemas.Is[:1] }, "Priority", Noticed, "commissioning-operator-lease."},
		"a priority without a level":        {dangling, "Priority", Noticed, "without effect on commissioning-system/commissioning-operator: commissioning-operator."},
		"a priority of another account":     {func(f *Facts) { f.Namespace = "elsewhere" }, "Priority", Noticed, "without effect on elsewhere/commissioning-operator"},
		"an entry is not ready":             {func(f *Facts) { f.Functions.Is[1].Status.Conditions = nil }, "Catalogue", Broken, "1 of 4 entries are not ready: data-analytics."},
		"entries are examples":              {func(f *Facts) { f.Functions.Is[0].Annotations = map[string]string{v1alpha1.InventedAnnotation: "true"} }, "Catalogue", Noticed, "1 of 4 entries are examples"},
		"the catalogue is empty":            {func(f *Facts) { f.Functions.Is = nil }, "Catalogue", Noticed, "It is empty"},
		"the catalogue is not known":        {func(f *Facts) { f.Functions.Err = &meta.NoKindMatchError{} }, "Catalogue", Broken, "does not know SupportFunctions"},
		"the catalogue cannot be read":      {func(f *Facts) { f.Functions.Err = errors.New("broken pipe") }, "Catalogue", NotChecked, "SupportFunctions could not be read: broken pipe"},
		"a namespace is open":               {func(f *Facts) { f.Namespaces.Is[1].Labels[podSecurityLabel] = "baseline" }, "Pod security", Broken, "1 of 3 namespaces let pods with privileges in: newham."},
		"nobody tried the network":          {func(f *Facts) { f.Probe = nil }, "Network", Noticed, "has not been tried"},
		"the network ignores policies":      {func(f *Facts) { f.Probe.Answer = Ignored }, "Network", Broken, "It ignores NetworkPolicies"},
		"it cannot be told":                 {func(f *Facts) { *f.Probe = Probe{Undecided, "all nodes are simulated.", "It is still there."} }, "Network", NotChecked, "all nodes are simulated. It is still there."},
	} {
		t.Run(name, func(t *testing.T) {
			f := sound(t)
			tc.is(&f)
			found := Of(f)
			for _, check := range found.Checks {
				if check.Part == tc.part && (check.Verdict != tc.verdict || !strings.Contains(check.Message, tc.says)) {
					t.Errorf("want %s with %q, got %+v", tc.verdict, tc.says, check)
				}
				if check.Verdict == Broken && check.Do == "" {
					t.Errorf("it does not say what to do: %+v", check)
				}
			}
			if tc.verdict == Broken && found.Verdict != Broken {
				t.Errorf("as a whole it is %s", found.Verdict)
			}
		})
	}
}

func doubtful(f *Facts) {
	f.Policies.Is[0].Status.TypeChecking = &admissionregistrationv1.TypeChecking{ExpressionWarnings: []admissionregistrationv1.ExpressionWarning{{Warning: "undefined field"}}}
}

func dangling(f *Facts) {
	f.FlowSchemas.Is[0].Status.Conditions = []flowcontrolv1.FlowSchemaCondition{{Type: flowcontrolv1.FlowSchemaConditionDangling, Status: flowcontrolv1.ConditionTrue}}
}

func image(f *Facts, name string) {
	f.Deployment.Is.Spec.Template.Spec.Containers = []corev1.Container{{Image: name}}
}

// TestWorst: as a whole an installation is as bad as its worst part.
func TestWorst(t *testing.T) {
	f := sound(t)
	f.Probe = nil
	if found := Of(f); found.Verdict != Noticed {
		t.Errorf("got %s", found.Verdict)
	}
	f.Denied.Err = errForbidden
	if found := Of(f); found.Verdict != NotChecked {
		t.Errorf("got %s", found.Verdict)
	}
	f.Deployment.Is = &appsv1.Deployment{}
	if found := Of(f); found.Verdict != Broken {
		t.Errorf("got %s", found.Verdict)
	}
}

// TestCompare looks below lists, and not into types of Kubernetes.
func TestCompare(t *testing.T) {
	f := sound(t)
	for _, crd := range f.Kinds.Is {
		if crd.Spec.Names.Kind != v1alpha1.SupportAgreementKind {
			continue
		}
		root := *served(&crd)
		delete(root.Properties["spec"].Properties["suppliers"].Items.Schema.Properties["dataSharing"].Properties, "purposes")
		delete(root.Properties["status"].Properties["conditions"].Items.Schema.Properties, "message")
		lacking, unknown := compare(reflect.TypeFor[v1alpha1.SupportAgreement](), root, crd.Spec.Names.Kind)
		if len(unknown) > 0 || len(lacking) != 1 || lacking[0] != "SupportAgreement.spec.suppliers.dataSharing.purposes" {
			t.Errorf("lacking %v, unknown %v", lacking, unknown)
		}
	}
}

func terminated(allowed, denied int32, message string) *corev1.Pod {
	pod := &corev1.Pod{Status: corev1.PodStatus{Phase: corev1.PodFailed}}
	for name, code := range map[string]int32{allowedName: allowed, deniedName: denied} {
		pod.Status.ContainerStatuses = append(pod.Status.ContainerStatuses, corev1.ContainerStatus{
			Name: name, State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: code, Reason: "Error", Message: message}},
		})
	}
	return pod
}

// TestJudge: only one connection made and the other not, by the same program, says that policies are enforced.
func TestJudge(t *testing.T) {
	for name, tc := range map[string]struct {
		caller *corev1.Pod
		want   Answer
		says   string
	}{
		"one is made, one is not":        {terminated(0, 1, "TIMEOUT\n"), Enforced, "(TIMEOUT)"},
		"both are made":                  {terminated(0, 0, ""), Ignored, "a connection that a policy denies was made."},
		"none is made":                   {terminated(1, 1, "OTHER: no route to host\n"), Undecided, "has failed as well (OTHER: no route to host)"},
		"another image":                  {terminated(0, 127, ""), Undecided, "has ended with 127 (Error)"},
		"it was ended before it said so": {&corev1.Pod{Status: corev1.PodStatus{Phase: corev1.PodFailed, Message: "Pod was active on the node longer than the specified deadline"}}, Undecided, "longer than the specified deadline"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Judge(tc.caller); got.Answer != tc.want || !strings.Contains(got.Detail, tc.says) {
				t.Errorf("got %+v, want %s with %q", got, tc.want, tc.says)
			}
		})
	}
}

// TestRealNodes: pods go to nodes on which they really run.
func TestRealNodes(t *testing.T) {
	node := func(name, kubelet string, marks ...string) corev1.Node {
		n := corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{corev1.LabelHostname: name}, Annotations: map[string]string{}}}
		n.Status.NodeInfo.KubeletVersion = kubelet
		for _, mark := range marks {
			n.Annotations[mark] = "fake"
		}
		return n
	}
	one, another := node("one", "v1.36.3"), node("another", "v1.35.1")
	played, marked := node("played", "kwok-v0.7.0"), node("marked", "fake", "kwok.x-k8s.io/node")
	for name, tc := range map[string]struct {
		nodes []corev1.Node
		named int
		none  bool
	}{
		"nothing is known":   {nil, 0, false},
		"all are real":       {[]corev1.Node{one, another}, 0, false},
		"some are simulated": {[]corev1.Node{one, played, another}, 2, false},
		"all are simulated":  {[]corev1.Node{played, marked}, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			if named, none := RealNodes(tc.nodes); len(named) != tc.named || none != tc.none {
				t.Errorf("got %v, %t", named, none)
			}
		})
	}
}

// TestLacks says why a pod does not run.
func TestLacks(t *testing.T) {
	pulling := &corev1.Pod{Status: corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{{State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "ErrImagePull", Message: "not found"}}}}}}
	unscheduled := &corev1.Pod{Status: corev1.PodStatus{Conditions: []corev1.PodCondition{{Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: "Unschedulable", Message: "0/3 nodes are available"}}}}
	for want, pod := range map[string]*corev1.Pod{"ErrImagePull: not found": pulling, "Unschedulable: 0/3 nodes are available": unscheduled, "its status does not say why": {}} {
		if got := Lacks(pod); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
