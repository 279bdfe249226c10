package crdtest_test

import (
	"encoding/csv"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// A repository of a platform team holds Namespaces and our kinds in one folder. Once the Namespaces
// exist, the whole set passes a dry run: so does an engine that dry-runs everything before it applies
// anything.
func TestSamplesApplyAsOneSet(t *testing.T) {
	kinds := map[string]int{}
	for _, object := range build(t, configFolder+"/samples") {
		kinds[object.GetKind()]++
		if object.GetKind() == "Namespace" {
			checkSampleNamespace(t, object)
		}
	}
	want := map[string]int{
		"Namespace": 6, "Consortium": 3, "Locality": 6, "MemberFunction": 3, "SupportProvider": 3, "HostedService": 4, "SupportAgreement": 7,
	}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Errorf("kinds of samples (-want +got):\n%s", diff)
	}
	if err := kubectl(t.Context(), "apply", "--server-side", "--force-conflicts", "--dry-run=server", "-k", configFolder+"/samples"); err != nil {
		t.Error(err)
	}
}

// checkSampleNamespace makes a namespace of the samples, which is somebody's, and never pruned.
func checkSampleNamespace(t *testing.T, object *unstructured.Unstructured) {
	t.Helper()
	for annotation, want := range map[string]string{
		"kustomize.toolkit.fluxcd.io/prune": "disabled",
		"argocd.argoproj.io/sync-options":   "Prune=false,Delete=false",
	} {
		if got := object.GetAnnotations()[annotation]; got != want {
			t.Errorf("the Namespace %s could be pruned: %s is %q", object.GetName(), annotation, got)
		}
	}
	name := object.GetName()
	switch {
	case maps.Equal(object.GetLabels(), forConsortium(name)):
		consortiumNamespace(t, name)
	case maps.Equal(object.GetLabels(), forSupplier(name)):
		supplierNamespace(t, name)
	default:
		t.Errorf("the Namespace %s is not given to its consortium or its supplier: %v", name, object.GetLabels())
	}
}

// The sample that is refused shows what a person reads.
func TestNotAllowedIsRefused(t *testing.T) {
	consortiumNamespace(t, "tower-hamlets")
	content, err := os.ReadFile(configFolder + "/samples/not-allowed.yaml")
	if err != nil {
		t.Fatal(err)
	}
	wants := map[string]string{
		v1alpha1.MemberFunctionKind:   "data-analytics is a hosted function",
		v1alpha1.SupportAgreementKind: memberOnlyMessage,
	}
	for document := range strings.SplitSeq(string(content), "\n---\n") {
		object := parse(document)
		checkAnswer(t, "config/samples/not-allowed.yaml: "+object.GetKind(), dryRun(t.Context(), object), []string{wants[object.GetKind()]})
		delete(wants, object.GetKind())
	}
	if len(wants) > 0 {
		t.Errorf("the sample does not hold %v", wants)
	}
}

// What is invented says so, to people in the first line and to programs in an annotation.
func TestInventedSamplesSaySo(t *testing.T) {
	err := filepath.WalkDir(configFolder+"/samples", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || entry.Name() == "kustomization.yaml" {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		text := string(content)
		if strings.HasPrefix(text, "# Invented") != strings.Contains(text, v1alpha1.InventedAnnotation+`: "true"`) {
			t.Errorf("%s: its first line and its annotation do not agree on whether it is invented", path)
		}
		if strings.Contains(text, "organisationCode:") && !strings.Contains(text, "# Facts: NHS Digital") && !strings.Contains(text, "\n# Facts: NHS Digital") {
			t.Errorf("%s: its facts have no source", path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Codes, names and counts in the samples are those of the publication, where it is at hand.
func TestSamplesAreTrue(t *testing.T) {
	folder := os.Getenv("COMMISSIONING_ENGLAND_DATA")
	if folder == "" {
		folder = "../../../shared/data/england"
	}
	if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the publication is not at %s; COMMISSIONING_ENGLAND_DATA names its folder", folder)
	}
	facts := publication(t, folder)
	samples := build(t, configFolder+"/samples")
	organisations := map[string]string{} // names by code
	for _, row := range table(t, folder+"/commissioning-support-units.csv") {
		organisations[row["code"]] = strings.ReplaceAll(row["name"], "Commissioning Support Unit", "CSU")
	}
	codes := map[string]string{}
	for _, consortium := range decoded[v1alpha1.Consortium](t, samples, v1alpha1.ConsortiumKind) {
		codes[consortium.Name] = string(consortium.Spec.OrganisationCode)
		organisations[codes[consortium.Name]] = string(consortium.Spec.DisplayName)
	}
	for _, locality := range decoded[v1alpha1.Locality](t, samples, v1alpha1.LocalityKind) {
		checkLocality(t, locality, codes[locality.Namespace], facts)
	}
	for _, provider := range decoded[v1alpha1.SupportProvider](t, samples, v1alpha1.SupportProviderKind) {
		if want := organisations[string(provider.Spec.OrganisationCode)]; string(provider.Spec.DisplayName) != want {
			t.Errorf("the organisation %s is %q, not %q", provider.Spec.OrganisationCode, want, provider.Spec.DisplayName)
		}
	}
}

// decoded are the objects of a kind.
func decoded[T any](t *testing.T, among []*unstructured.Unstructured, kind string) []T {
	t.Helper()
	var all []T
	for _, object := range among {
		if object.GetKind() == kind {
			var one T
			if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, &one); err != nil {
				t.Fatal(err)
			}
			all = append(all, one)
		}
	}
	return all
}

// fact is what the publication says of a practice.
type fact struct {
	consortium, network, name string
	patients                  int32
}

// checkLocality compares a locality with the network that it is: all its practices, and no other.
func checkLocality(t *testing.T, locality v1alpha1.Locality, consortium string, facts map[string]fact) {
	t.Helper()
	want := map[string]fact{}
	for code, practice := range facts {
		if practice.network == string(locality.Spec.OrganisationCode) && practice.consortium == consortium {
			want[code] = practice
		}
	}
	got := map[string]fact{}
	for _, practice := range locality.Spec.Practices {
		got[string(practice.OrganisationCode)] = fact{
			consortium: consortium, network: string(locality.Spec.OrganisationCode),
			name: strings.ToUpper(practice.Name), patients: *practice.RegisteredPatients,
		}
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(fact{})); diff != "" {
		t.Errorf("%s/%s (-publication +sample):\n%s", locality.Namespace, locality.Name, diff)
	}
	if locality.Spec.RegisteredAsOf != "2021-01-01" {
		t.Errorf("%s/%s: the lists are those of 2021-01-01, not of %s", locality.Namespace, locality.Name, locality.Spec.RegisteredAsOf)
	}
}

// publication reads "Patients Registered at a GP Practice": the mapping file of September 2020 and
// the lists of January 2021.
func publication(t *testing.T, folder string) map[string]fact {
	t.Helper()
	facts := map[string]fact{}
	for _, row := range table(t, folder+"/gp-reg-pat-prac-map.csv") {
		facts[row["PRACTICE_CODE"]] = fact{consortium: row["CCG_CODE"], network: row["PCN_CODE"], name: row["PRACTICE_NAME"]}
	}
	for _, row := range table(t, folder+"/gp-reg-pat-prac-all.csv") {
		patients, err := strconv.ParseInt(row["NUMBER_OF_PATIENTS"], 10, 32)
		if err != nil {
			t.Fatal(err)
		}
		practice := facts[row["CODE"]]
		practice.patients = int32(patients)
		facts[row["CODE"]] = practice
	}
	return facts
}

func table(t *testing.T, path string) []map[string]string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(content), "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var named []map[string]string
	for _, row := range rows[1:] {
		named = append(named, maps.Collect(func(yield func(string, string) bool) {
			for i, column := range rows[0] {
				if !yield(column, row[i]) {
					return
				}
			}
		}))
	}
	return slices.Clip(named)
}
