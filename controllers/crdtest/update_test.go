package crdtest_test

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// change is one row of the table of updates: what the object was, relative to its base, what is
// done to it, and what the answer says. No wantErrors: it is accepted.
type change struct {
	was, mutate mutation
	wantErrors  []string
}

func tryUpdating(t *testing.T, base string, cases map[string]change) {
	t.Helper()
	kind := parse(base).GetKind()
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			object := parse(base)
			tc.was(object)
			object = create(t, object)
			tc.mutate(object)
			_, err := resourceOf(objects, object).Update(t.Context(), object, metav1.UpdateOptions{
				DryRun: []string{metav1.DryRunAll}, FieldValidation: metav1.FieldValidationStrict,
			})
			checkAnswer(t, kind+", changed: "+name, err, tc.wantErrors)
		})
	}
}

// tryStating writes each status to an object without a status of its own, as the operator would.
func tryStating(t *testing.T, base string, cases map[string]change) {
	t.Helper()
	object := create(t, parse(base))
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			stating := object.DeepCopy()
			tc.mutate(stating)
			stated, err := resourceOf(objects, stating).UpdateStatus(t.Context(), stating, metav1.UpdateOptions{
				DryRun: []string{metav1.DryRunAll}, FieldValidation: metav1.FieldValidationStrict,
			})
			checkAnswer(t, object.GetKind()+", status: "+name, err, tc.wantErrors)
			if err == nil {
				checkReadable(t, stated)
			}
		})
	}
}

func TestConsortiumChanges(t *testing.T) {
	tryUpdating(t, consortiumBase, map[string]change{
		"its people":              {was: nothing, mutate: set("spec.access.viewers", []any{person("Group", "v")})},
		"its people, all removed": {was: nothing, mutate: remove("spec.access")},
		"its deletion policy":     {was: nothing, mutate: set("spec.deletionPolicy", "Delete")},
		"its code":                {nothing, set("spec.organisationCode", "07T"), []string{"spec.organisationCode", "organisationCode cannot be changed"}},
		"its code removed":        {nothing, remove("spec.organisationCode"), []string{"spec.organisationCode: Required value"}},
		"its namespace":           {set("spec.namespace", "th"), set("spec.namespace", "thn"), []string{"spec.namespace", "namespace cannot be changed"}},
		"its namespace removed":   {set("spec.namespace", "th"), remove("spec.namespace"), []string{"namespace cannot be changed"}},
		"its namespace added":     {nothing, set("spec.namespace", "th"), []string{"namespace cannot be changed"}},
		"its successor added":     {was: nothing, mutate: set("spec.succeededBy", "nel")},
		"its successor":           {set("spec.succeededBy", "nel"), set("spec.succeededBy", "nwl"), []string{"spec.succeededBy", "succeededBy is set once"}},
		"its successor removed":   {set("spec.succeededBy", "nel"), remove("spec.succeededBy"), []string{"succeededBy is set once"}},
	})
}

func TestLocalityChanges(t *testing.T) {
	tryUpdating(t, localityBase, map[string]change{
		"its practices":    {was: nothing, mutate: set("spec.practices", practices(7))},
		"its counts":       {was: nothing, mutate: set(firstPractice+".registeredPatients", int64(15140))},
		"its code added":   {was: remove("spec.organisationCode"), mutate: set("spec.organisationCode", "U50771")},
		"its code":         {nothing, set("spec.organisationCode", "U54453"), []string{"spec.organisationCode", "organisationCode cannot be changed or removed"}},
		"its code removed": {nothing, remove("spec.organisationCode"), []string{"organisationCode cannot be changed or removed"}},
	})
}

func TestMemberFunctionChanges(t *testing.T) {
	tryUpdating(t, memberFunctionBase, map[string]change{
		"its parameters":       {was: nothing, mutate: set("spec.parameters.peerReview", false)},
		"its locality":         {was: nothing, mutate: set("spec.locality", "tower-hamlets-network-2")},
		"its locality removed": {was: nothing, mutate: remove("spec.locality")},
		"its function":         {nothing, set("spec.function", "referral-support"), []string{"spec.function", "function cannot be changed"}},
		"its function removed": {nothing, remove("spec.function"), []string{"spec.function: Required value"}},
		"its bindings added":   {was: nothing, mutate: set("spec.bindings", []any{"data-analytics"})},
		"its bindings":         {was: set("spec.bindings", []any{"data-analytics"}), mutate: set("spec.bindings", []any{"contracting"})},
		"its bindings removed": {was: set("spec.bindings", []any{"data-analytics"}), mutate: remove("spec.bindings")},
	})
}

func TestSupportProviderChanges(t *testing.T) {
	tryUpdating(t, supportProviderBase, map[string]change{
		"its people":                 {was: nothing, mutate: remove("spec.access")},
		"its sector":                 {was: nothing, mutate: set("spec.sector", "Private")},
		"its hosts":                  {was: nothing, mutate: remove("spec.hostedBy")},
		"its assurances renewed":     {was: nothing, mutate: set("spec.assurances", assurances(2))},
		"its assurances removed":     {was: nothing, mutate: remove("spec.assurances")},
		"its deletion policy":        {was: nothing, mutate: set("spec.deletionPolicy", "Delete")},
		"its code":                   {nothing, set("spec.organisationCode", "0AR"), []string{"spec.organisationCode", "organisationCode cannot be added, removed or changed"}},
		"its code removed":           {nothing, remove("spec.organisationCode"), []string{"organisationCode cannot be added, removed or changed"}},
		"its code added":             {remove("spec.organisationCode"), set("spec.organisationCode", "0AP"), []string{"organisationCode cannot be added, removed or changed"}},
		"its namespace":              {set("spec.namespace", "ang"), set("spec.namespace", "anglia"), []string{"spec.namespace", "namespace cannot be changed"}},
		"its namespace removed":      {set("spec.namespace", "ang"), remove("spec.namespace"), []string{"namespace cannot be changed"}},
		"its namespace added":        {nothing, set("spec.namespace", "ang"), []string{"namespace cannot be changed"}},
		"its namespace, said aloud":  {nothing, set("spec.namespace", "anglia-csu"), []string{"namespace cannot be changed"}},
		"its whole description gone": {nothing, remove("spec"), []string{"spec: Required value"}},
	})
}

func TestHostedServiceChanges(t *testing.T) {
	tryUpdating(t, hostedServiceBase, map[string]change{
		"its consent":          {was: nothing, mutate: set("spec.accepts", map[string]any{"policy": "Everyone"})},
		"its consent removed":  {was: nothing, mutate: remove("spec.accepts")},
		"its capacity":         {was: nothing, mutate: set("spec.capacity.consortia", int64(1))},
		"its capacity removed": {was: nothing, mutate: remove("spec.capacity")},
		"its intake":           {was: nothing, mutate: set("spec.intake", "Draining")},
		"its scaling removed":  {was: nothing, mutate: remove("spec.scaling")},
		"its parameters":       {was: nothing, mutate: set("spec.parameters.retentionMonths", int64(60))},
		"its function":         {nothing, set("spec.function", "referral-support"), []string{"spec.function", "function cannot be changed: create another HostedService"}},
		"its function removed": {nothing, remove("spec.function"), []string{"spec.function: Required value"}},
	})
}

func TestSupportAgreementChanges(t *testing.T) {
	tryUpdating(t, supportAgreementBase, map[string]change{
		"its order":                     {was: nothing, mutate: set("spec.suppliers", []any{map[string]any{"provider": "kent-csu"}, map[string]any{"provider": "nel-csu"}})},
		"its suppliers, to one twice":   {nothing, set("spec.suppliers", repeat(2, func(int) any { return map[string]any{"provider": "nel-csu"} })), []string{twiceMessage}},
		"its term":                      {was: nothing, mutate: set("spec.term.end", "2028-03-31")},
		"its term's end removed":        {was: nothing, mutate: remove("spec.term.end")},
		"its failover removed":          {was: nothing, mutate: remove("spec.failover")},
		"its tokens revoked":            {was: remove("spec.tokensNotBefore"), mutate: set("spec.tokensNotBefore", "2026-11-22T10:07:13Z")},
		"its function":                  {nothing, set("spec.function", "referral-support"), []string{"spec.function", "function cannot be changed: create another SupportAgreement"}},
		"its function removed":          {nothing, remove("spec.function"), []string{"spec.function: Required value"}},
		"its supplier stood down":       {was: nothing, mutate: all(set(firstSupplier+".standing", "StoodDown"), set(firstSupplier+".standingReason", "No report."))},
		"its supplier's standing alone": {nothing, set(firstSupplier+".standing", "StoodDown"), []string{standingMessage}},
	})
}

func TestSupportFunctionChanges(t *testing.T) {
	tryUpdating(t, supportFunctionBase, map[string]change{
		"its image":              {was: nothing, mutate: image("ghcr.io/example/finance-support:1.5.0")},
		"its sizing":             {was: nothing, mutate: set("spec.sizing.maxReplicas", int64(80))},
		"its requirements":       {was: nothing, mutate: remove("spec.requires")},
		"its delivery":           {nothing, withoutSupplier, []string{"spec.delivery", "delivery cannot be changed"}},
		"its data class":         {nothing, set("spec.dataClass", "Aggregate"), []string{"spec.dataClass", "dataClass cannot be changed"}},
		"its continuity":         {nothing, set("spec.continuity", "HoldsRecords"), []string{"spec.continuity", "continuity cannot be changed"}},
		"its continuity removed": {nothing, remove("spec.continuity"), []string{"continuity cannot be changed", "a Hosted function must say its continuity"}},
		"its storage added":      {nothing, storage("10Gi"), []string{"spec.workload.storage", "storage cannot be added, removed or changed"}},
		"its storage removed":    {storage("10Gi"), remove("spec.workload.storage"), []string{"storage cannot be added, removed or changed"}},
		"its storage larger":     {storage("10Gi"), storage("20Gi"), []string{"storage cannot be added, removed or changed"}},
		"its storage elsewhere":  {storage("10Gi"), mountedAt("/data"), []string{"storage cannot be added, removed or changed"}},
	})
}
