package crdtest_test

import (
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// freeText is a place in which a person could write anything.
type freeText struct {
	base string
	in   func(text string) mutation
}

var freeTexts = map[string]freeText{
	"the name of a consortium":           {consortiumBase, func(text string) mutation { return set("spec.displayName", text) }},
	"the name of a locality":             {localityBase, func(text string) mutation { return set("spec.displayName", text) }},
	"the title of a function":            {supportFunctionBase, func(text string) mutation { return set("spec.title", text) }},
	"the description of a function":      {supportFunctionBase, func(text string) mutation { return set("spec.description", text) }},
	"an annotation of a consortium":      {consortiumBase, func(text string) mutation { return setAnnotation("example.org/note", text) }},
	"an annotation of a locality":        {localityBase, func(text string) mutation { return setAnnotation("example.org/note", text) }},
	"an annotation of a function":        {supportFunctionBase, func(text string) mutation { return setAnnotation("example.org/note", text) }},
	"an annotation of a member function": {memberFunctionBase, func(text string) mutation { return setAnnotation("example.org/note", text) }},
	"the name of a supplier":             {supportProviderBase, func(text string) mutation { return set("spec.displayName", text) }},
	"the reference of an assurance":      {supportProviderBase, func(text string) mutation { return set(firstAssurance+".reference", text) }},
	"the reference of data sharing":      {supportAgreementBase, func(text string) mutation { return set(firstSupplier+".dataSharing.reference", text) }},
	"the reason for standing down":       {supportAgreementBase, func(text string) mutation { return set(secondSupplier+".standingReason", text) }},
	"an annotation of a supplier":        {supportProviderBase, func(text string) mutation { return setAnnotation("example.org/note", text) }},
	"an annotation of a service":         {hostedServiceBase, func(text string) mutation { return setAnnotation("example.org/note", text) }},
	"an annotation of an agreement":      {supportAgreementBase, func(text string) mutation { return setAnnotation("example.org/note", text) }},
}

// In lists of texts the API server has no time to compute check digits: any ten digits are refused.
var listedTexts = map[string]freeText{
	"the name of a practice": {localityBase, func(text string) mutation { return set(firstPractice+".name", text) }},
	"a variable": {supportFunctionBase, func(text string) mutation {
		return variable(map[string]any{"name": "NOTE", "value": text})
	}},
}

// The check digit of 999 000 0018 is right, and nobody has that number: those that begin with 999 are
// kept for tests (https://en.wikipedia.org/wiki/NHS_number).
var (
	nhsNumbers = map[string]string{
		"ten digits":               "9990000018",
		"ten digits with spaces":   "999 000 0018",
		"ten digits with hyphens":  "999-000-0018",
		"ten digits in a sentence": "Ask Dr Smith about 999 000 0018, please.",
		"ten digits behind a word": "NHS9990000018",
		"ten digits behind others": "9990000019 9990000018",
		"ten digits in a name":     "patient_9990000018_letter",
	}
	noNHSNumbers = map[string]string{
		"the reference of an agreement": "DSA-2026-114",
		"a telephone number":            "07700 900123 or 07700900123",
		"a telephone number abroad":     "+44 20 7946 0958",
		"twelve digits":                 "999000001843",
		"a date and a time":             "2026-11-22 10:07:13",
		"a version":                     "1.4.0-20261122100713",
	}
)

func TestR14_NoNHSNumbers(t *testing.T) {
	for _, kind := range []struct {
		places    map[string]freeText
		message   string
		tenDigits []string // what is said to ten digits that are no NHS number
	}{
		{freeTexts, "must not hold an NHS number", nil},
		{listedTexts, "must not hold a ten-digit number", []string{"must not hold a ten-digit number"}},
	} {
		for where, place := range kind.places {
			cases := map[string]refusal{
				where + " with ten digits whose check digit is wrong": {mutate: place.in("9990000019"), wantErrors: kind.tenDigits},
			}
			for form, text := range nhsNumbers {
				cases[where+" with an NHS number: "+form] = refusal{place.in(text), []string{kind.message}, form != "ten digits with spaces"}
			}
			for form, text := range noNHSNumbers {
				cases[where+" with "+form] = refusal{mutate: place.in(text)}
			}
			tryCreating(t, place.base, cases)
		}
	}
}

func TestR14_NoNHSNumbersInMetadata(t *testing.T) {
	tryCreating(t, consortiumBase, map[string]refusal{
		"a name with an NHS number":               {mutate: set("metadata.name", "patient-999-000-0018"), wantErrors: []string{"the name must not hold an NHS number"}},
		"a label with an NHS number":              {mutate: setLabel("example.org/patient", "999-000-0018"), wantErrors: []string{"the label example.org/patient must not hold an NHS number"}},
		"a label's key with an NHS number":        {mutate: setLabel("example.org/999-000-0018", "yes"), wantErrors: []string{"must not hold an NHS number"}},
		"an annotation's key with an NHS number":  {mutate: setAnnotation("example.org/999-000-0018", "yes"), wantErrors: []string{"must not hold an NHS number"}},
		"what kubectl remembers of another apply": {mutate: setAnnotation("kubectl.kubernetes.io/last-applied-configuration", "999 000 0018")},
	})
}

// olderConsortium is created before the policies are installed.
const olderConsortium = `
apiVersion: commissioning.support/v1alpha1
kind: Consortium
metadata:
  name: older-than-the-rule
  annotations: {example.org/note: 999 000 0018}
  finalizers: [example.org/hold]
spec: {organisationCode: 07T, displayName: NHS City and Hackney}
`

// Whoever is older than a rule can be changed, as long as nobody adds to what the rule forbids, and
// its finalizers can be removed.
func TestR14_OlderObjectsStayUsable(t *testing.T) {
	at := resourceOf(objects, parse(olderConsortium))
	object, err := at.Get(t.Context(), "older-than-the-rule", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]refusal{
		"another label":       {mutate: setLabel("example.org/tier", "one")},
		"another spec":        {mutate: set("spec.displayName", "NHS City and Hackney and others")},
		"without annotations": {mutate: remove("metadata.annotations")},
		"another NHS number":  {mutate: setAnnotation("example.org/patient", "999 000 0018"), wantErrors: []string{"the annotation example.org/patient must not hold an NHS number"}},
	} {
		t.Run(name, func(t *testing.T) {
			changed := object.DeepCopy()
			tc.mutate(changed)
			_, err := at.Update(t.Context(), changed, metav1.UpdateOptions{DryRun: []string{metav1.DryRunAll}})
			checkAnswer(t, "Consortium that is older than the rule: "+name, err, tc.wantErrors)
		})
	}

	if err := at.Delete(t.Context(), object.GetName(), metav1.DeleteOptions{}); err != nil {
		t.Fatalf("it cannot be deleted: %v", err)
	}
	released := []byte(`{"metadata": {"finalizers": null}}`)
	if _, err := at.Patch(t.Context(), object.GetName(), types.MergePatchType, released, metav1.PatchOptions{}); err != nil {
		t.Fatalf("its finalizer cannot be removed: %v", err)
	}
	if _, err := at.Get(t.Context(), object.GetName(), metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		t.Errorf("it is still there: %v", err)
	}
}
