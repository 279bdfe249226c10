package crdtest_test

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

const (
	supply        = `{"metadata": {"labels": {"commissioning.support/provider": "midlands-csu"}}}`
	unsupply      = `{"metadata": {"labels": {"commissioning.support/provider": null}}}`
	supplyInstead = `{"metadata": {"labels": {"commissioning.support/provider": "midlands-csu", "commissioning.support/consortium": null}}}`
	ownedByCSU    = `{"metadata": {"annotations": {"commissioning.support/owned-by": "SupportProvider//midlands-csu/1"}}}`
)

var (
	notMidlands = []string{`the label commissioning.support/provider on a namespace: only who may adopt the SupportProvider "midlands-csu"`, "RBAC verb adopt on supportproviders"}
	notEither   = []string{`only who may adopt the Consortium "haringey" and the SupportProvider "midlands-csu"`, "RBAC verb adopt on consortia and supportproviders"}
	neverBoth   = []string{"a namespace is a consortium's or a supplier's, never both"}
)

// R7: only who may adopt a supplier gives it a namespace, and nobody gives one to a supplier and a
// consortium. Nora edits namespaces; Olga may also adopt the supplier midlands-csu, Carl the consortia
// haringey and midlands-csu, Bella everybody.
func TestR07_OnlyWhoMayAdoptGivesASupplierANamespace(t *testing.T) {
	allow(t, "nora", mayEditNamespaces)
	allow(t, "olga", mayEditNamespaces, mayAdopt("supportproviders", "midlands-csu"))
	allow(t, "carl", mayEditNamespaces, mayAdopt("consortia", "haringey", "midlands-csu"))
	allow(t, "bella", mayEditNamespaces, mayAdopt("consortia"), mayAdopt("supportproviders"))
	allow(t, operatorAccount, mayEditNamespaces)
	consortiumNamespace(t, "haringey")
	supplierNamespace(t, "midlands-csu")
	plainNamespace(t, "plainer")
	both := map[string]string{v1alpha1.ConsortiumLabel: "haringey", v1alpha1.ProviderLabel: "midlands-csu"}
	tryAttempts(t, "Namespace of a supplier", map[string]attempt{
		"created, without adopt":                      {"nora", newNamespace(forSupplier("midlands-csu"), nil), notMidlands},
		"created, with adopt":                         {who: "olga", do: newNamespace(forSupplier("midlands-csu"), nil)},
		"created, with adopt of another":              {"olga", newNamespace(forSupplier("arden-csu"), nil), []string{`the SupportProvider "arden-csu"`}},
		"created, with adopt of a consortium":         {"carl", newNamespace(forSupplier("midlands-csu"), nil), notMidlands},
		"created by the operator":                     {who: operatorAccount, do: newNamespace(forSupplier("arden-csu"), nil)},
		"given, without adopt":                        {"nora", patchNamespace("plainer", supply), notMidlands},
		"given by server-side apply":                  {"nora", applyNamespace("plainer", forSupplier("midlands-csu")), notMidlands},
		"given through its status":                    {"nora", patchNamespace("plainer", supply, "status"), notMidlands},
		"given through its finalization":              {"nora", finalizeNamespace("plainer", forSupplier("midlands-csu")), notMidlands},
		"its label removed, without adopt":            {"nora", patchNamespace("midlands-csu", unsupply), notMidlands},
		"its label removed, with adopt":               {who: "olga", do: patchNamespace("midlands-csu", unsupply)},
		"its other labels, without adopt":             {who: "nora", do: patchNamespace("midlands-csu", relabel)},
		"its finalization, without adopt":             {who: "nora", do: finalizeNamespace("midlands-csu", nil)},
		"its deletion allowed, without adopt":         {"nora", patchNamespace("midlands-csu", mayGo), []string{"the annotation commissioning.support/allow-deletion on a namespace"}},
		"its deletion allowed, with adopt":            {who: "olga", do: patchNamespace("midlands-csu", mayGo)},
		"of nobody, said to be the operator's":        {"olga", patchNamespace("plainer", ownedByCSU), []string{"every Consortium and every SupportProvider"}},
		"of nobody, said so by who may adopt all":     {who: "bella", do: patchNamespace("plainer", ownedByCSU)},
		"created for both":                            {"bella", newNamespace(both, nil), neverBoth},
		"created for both, by the operator":           {operatorAccount, newNamespace(both, nil), neverBoth},
		"a consortium's, given to a supplier as well": {"bella", patchNamespace("haringey", supply), neverBoth},
		"a supplier's, given to a consortium as well": {"bella", patchNamespace("midlands-csu", giveAway), neverBoth},
		"a consortium's, given to a supplier":         {who: "bella", do: patchNamespace("haringey", supplyInstead)},
		"a consortium's, without adopt of the taker":  {"carl", patchNamespace("haringey", supplyInstead), notEither},
		"a consortium's, without adopt of the giver":  {"olga", patchNamespace("haringey", supplyInstead), notEither},
	})
}

// R8: a supplier's namespace is deleted by the operator, or after somebody said that it is meant.
func TestR08_ASuppliersNamespaceIsNotDeleted(t *testing.T) {
	allow(t, "nora", mayEditNamespaces)
	allow(t, operatorAccount, mayEditNamespaces)
	supplierNamespace(t, "wessex-csu")
	tryAttempts(t, "Namespace of a supplier", map[string]attempt{
		"deleted": {"nora", deleteNamespace("wessex-csu"), []string{
			"the namespace wessex-csu belongs to the supplier wessex-csu", "delete the SupportProvider",
			"kubectl annotate namespace wessex-csu commissioning.support/allow-deletion=true",
		}},
		"deleted by the operator": {who: operatorAccount, do: deleteNamespace("wessex-csu")},
	})
}

// R8: a service that is in use goes with its namespace, once that may go.
func TestR08_AServiceGoesWithItsNamespace(t *testing.T) {
	t.Parallel() // with the others that wait for a namespace to go
	supplierNamespace(t, "thames-csu")
	service := parse(hostedServiceBase)
	service.SetNamespace("thames-csu")
	at := resourceOf(objects, service)
	service, err := at.Create(t.Context(), service, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	set("status", servesConsortia(3))(service)
	if _, err := at.UpdateStatus(t.Context(), service, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := at.Delete(t.Context(), service.GetName(), metav1.DeleteOptions{DryRun: dryRunAll}); err == nil {
		t.Fatal("a service in use can be deleted while its namespace stays")
	}
	deleteForGood(t, "thames-csu")
	awaitGone(t, "thames-csu")
}
