package crdtest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

const supportAgreementBase = `
apiVersion: commissioning.support/v1alpha1
kind: SupportAgreement
metadata: {name: data-analytics, namespace: default}
spec:
  function: data-analytics
  suppliers:
  - {provider: nel-csu, dataSharing: {reference: DSA-2026-114, expires: "2027-03-31", purposes: [Commissioning]}}
  - {provider: kent-csu, service: analytics-gold, standing: StoodDown, standingReason: No activity report since August.}
  term: {start: "2026-04-01", end: "2027-09-30"}
  failover: {mode: Automatic, afterOutage: 5m, failback: {mode: Automatic, stabilisation: 30m}}
  tokensNotBefore: "2026-11-22T10:00:00Z"
`

const (
	firstSupplier  = "spec.suppliers.0"
	secondSupplier = "spec.suppliers.1"
	stabilisation  = "spec.failover.failback.stabilisation"
)

func purposes(n int) []any {
	return repeat(n, func(i int) any { return fmt.Sprintf("P%063d", i) })
}

// suppliers make a list, each as much as it can be. The text is what the search for NHS numbers takes
// longest over.
func suppliers(n int) []any {
	return repeat(n, func(i int) any {
		return map[string]any{
			"provider": fmt.Sprintf("p%049d", i), "service": fmt.Sprintf("s%049d", i),
			"dataSharing": map[string]any{"reference": strings.Repeat("1234567890 ", 13), "expires": "2027-03-31", "purposes": purposes(16)},
			"standing":    "StoodDown", "standingReason": strings.Repeat("1234567890 ", 45),
		}
	})
}

// asMuchAsAnAgreementCanBe fills every field to its bound.
var asMuchAsAnAgreementCanBe = all(
	set("metadata.name", strings.Repeat("n", 50)), set("spec.suppliers", suppliers(5)), set("spec.failover.mode", "Manual"),
	set("spec.failover.afterOutage", "24h"), set(stabilisation, "72h"),
)

// heldRecords is an agreement on a function whose supplier holds records.
var heldRecords = all(set("spec.function", "contracting"), remove("spec.failover"))

const (
	twiceMessage       = "a supplier is listed twice: each provider and service may stand in the list once"
	standingMessage    = "a supplier that is stood down needs a standingReason, and only such a one"
	memberOnlyMessage  = "referral-management is member-only: its decisions stay with the member practices and cannot be supplied by another organisation. Support for it may be: kubectl get supportfunctions shows what can be supplied."
	heldRecordsMessage = "contracting holds records: what was done at one supplier would be lost at another, so the return to an earlier choice is a handover by people"
)

var supportAgreements = map[string]refusal{
	"as it stands":         {mutate: nothing},
	"as much as it can be": {mutate: asMuchAsAnAgreementCanBe},
	"as little as it can be": {mutate: set("spec", map[string]any{
		"function": "data-analytics", "suppliers": []any{map[string]any{"provider": "nel-csu"}}, "term": map[string]any{"start": "2026-04-01"},
	})},
	"a function not known yet": {mutate: set("spec.function", "continuing-health-care")},
	"a field misspelt":         {mutate: set("spec.fonction", "x"), wantErrors: []string{`unknown field "spec.fonction"`}},
	"without a spec":           {mutate: remove("spec"), wantErrors: []string{"spec: Required value"}},
	"without a function":       {mutate: remove("spec.function"), wantErrors: []string{"spec.function: Required value"}},
	"without suppliers":        {mutate: remove("spec.suppliers"), wantErrors: []string{"spec.suppliers: Required value"}},
	"without a term":           {mutate: remove("spec.term"), wantErrors: []string{"spec.term: Required value"}},
	"a function by its title":  {mutate: set("spec.function", "Data analytics"), wantErrors: []string{"must start with a lower-case letter"}},
	"a function's name of 51":  {mutate: set("spec.function", strings.Repeat("n", 51)), wantErrors: []string{"may not be more than 50"}},

	"records, the return by default":     {mutate: heldRecords},
	"records, the return by hand":        {mutate: all(heldRecords, set("spec.failover.failback.mode", "Manual"))},
	"records, the return not spoken of":  {mutate: all(heldRecords, set("spec.failover.failback.stabilisation", "1h"))},
	"records, failing over by itself":    {mutate: all(heldRecords, set("spec.failover.mode", "Automatic"))},
	"records, the return by itself":      {mutate: all(heldRecords, set("spec.failover.failback.mode", "Automatic")), wantErrors: []string{heldRecordsMessage, "Leave out failover.failback.mode, or set it to Manual."}},
	"interchangeable, the return itself": {mutate: set("spec.function", "referral-support")},

	"an empty list of suppliers":          {mutate: set("spec.suppliers", []any{}), wantErrors: []string{"spec.suppliers"}},
	"six suppliers":                       {mutate: set("spec.suppliers", suppliers(6)), wantErrors: []string{"must have at most 5 items"}},
	"a supplier without a name":           {mutate: set(firstSupplier, map[string]any{"service": "data-analytics"}), wantErrors: []string{"provider: Required value"}},
	"a supplier by its title":             {mutate: set(firstSupplier+".provider", "NHS NEL CSU"), wantErrors: []string{"must start with a lower-case letter"}},
	"a supplier's name of 51":             {mutate: set(firstSupplier+".provider", strings.Repeat("n", 51)), wantErrors: []string{"may not be more than 50"}},
	"a service in another's namespace":    {mutate: set(firstSupplier+".service", "kent-csu/analytics-gold"), wantErrors: []string{"must start with a lower-case letter"}},
	"a service's name of 51":              {mutate: set(firstSupplier+".service", strings.Repeat("n", 51)), wantErrors: []string{"may not be more than 50"}},
	"a supplier twice, other services":    {mutate: set(firstSupplier+".provider", "kent-csu")},
	"two suppliers, services alike":       {mutate: set(firstSupplier+".service", "analytics-gold")},
	"a supplier twice":                    {mutate: all(set(firstSupplier+".provider", "kent-csu"), set(firstSupplier+".service", "analytics-gold")), wantErrors: []string{"spec.suppliers", twiceMessage}},
	"a supplier twice, once by default":   {mutate: all(set(firstSupplier+".provider", "kent-csu"), set(secondSupplier+".service", "data-analytics")), wantErrors: []string{twiceMessage}},
	"a supplier twice, twice by default":  {mutate: set("spec.suppliers", repeat(2, func(int) any { return map[string]any{"provider": "nel-csu"} })), wantErrors: []string{twiceMessage}},
	"a supplier twice, the last two":      {mutate: set("spec.suppliers", append(suppliers(4), suppliers(4)[3])), wantErrors: []string{twiceMessage}},
	"a standing unknown":                  {mutate: set(firstSupplier+".standing", "Suspended"), wantErrors: []string{`supported values: "InGoodStanding", "StoodDown"`}},
	"in good standing":                    {mutate: set(firstSupplier+".standing", "InGoodStanding")},
	"stood down without a reason":         {mutate: set(firstSupplier+".standing", "StoodDown"), wantErrors: []string{"spec.suppliers[0].standingReason", standingMessage}},
	"in good standing for a reason":       {mutate: set(secondSupplier+".standing", "InGoodStanding"), wantErrors: []string{standingMessage}},
	"a reason without a standing":         {mutate: set(firstSupplier+".standingReason", "No report."), wantErrors: []string{standingMessage}},
	"a reason of nothing":                 {mutate: set(secondSupplier+".standingReason", ""), wantErrors: []string{"spec.suppliers[1].standingReason"}},
	"a reason of 501":                     {mutate: set(secondSupplier+".standingReason", strings.Repeat("n", 501)), wantErrors: []string{"may not be more than 500"}},
	"data sharing about nothing":          {mutate: set(firstSupplier+".dataSharing", map[string]any{}), wantErrors: []string{"dataSharing"}},
	"data sharing without a reference":    {mutate: set(firstSupplier+".dataSharing", map[string]any{"expires": "2027-03-31"}), wantErrors: []string{"reference: Required value"}},
	"data sharing without an end":         {mutate: set(firstSupplier+".dataSharing", map[string]any{"reference": "DSA-2026-114"}), wantErrors: []string{"expires: Required value"}},
	"data sharing until no day":           {mutate: set(firstSupplier+".dataSharing.expires", "2027-02-29"), wantErrors: []string{"dataSharing.expires"}},
	"data sharing until a moment":         {mutate: set(firstSupplier+".dataSharing.expires", "2027-03-31T12:00:00Z"), wantErrors: []string{"dataSharing.expires"}},
	"data sharing's reference of 151":     {mutate: set(firstSupplier+".dataSharing.reference", strings.Repeat("n", 151)), wantErrors: []string{"may not be more than 150"}},
	"data sharing's reference of nothing": {mutate: set(firstSupplier+".dataSharing.reference", ""), wantErrors: []string{"dataSharing.reference"}},
	"data sharing for no purpose":         {mutate: set(firstSupplier+".dataSharing.purposes", []any{}), wantErrors: []string{"dataSharing.purposes"}},
	"data sharing for 17 purposes":        {mutate: set(firstSupplier+".dataSharing.purposes", purposes(17)), wantErrors: []string{"must have at most 16 items"}},
	"data sharing for one purpose twice":  {mutate: set(firstSupplier+".dataSharing.purposes", []any{"Commissioning", "Commissioning"}), wantErrors: []string{"Duplicate value"}},
	"data sharing for a sentence":         {mutate: set(firstSupplier+".dataSharing.purposes", []any{"to commission"}), wantErrors: []string{"dataSharing.purposes[0]"}},
	"data sharing for a purpose of 65":    {mutate: set(firstSupplier+".dataSharing.purposes", []any{strings.Repeat("P", 65)}), wantErrors: []string{"may not be more than 64"}},

	"a term without an end":      {mutate: remove("spec.term.end")},
	"a term of one day":          {mutate: set("spec.term.end", "2026-04-01")},
	"a term that ends before":    {mutate: set("spec.term.end", "2026-03-31"), wantErrors: []string{"spec.term.end", "end must not be before start"}},
	"a term without a beginning": {mutate: set("spec.term", map[string]any{"end": "2027-09-30"}), wantErrors: []string{"spec.term.start: Required value"}},
	"a term from no day":         {mutate: set("spec.term.start", "2026-02-30"), wantErrors: []string{"spec.term.start"}},
	"a term in words":            {mutate: set("spec.term.start", "1 April 26"), wantErrors: []string{"spec.term.start"}},
	"a term from a moment":       {mutate: set("spec.term.start", "2026-04-01T00:00:00Z"), wantErrors: []string{"spec.term.start"}},

	"failover without a word":    {mutate: set("spec.failover", map[string]any{}), wantErrors: []string{"spec.failover"}},
	"failover in an unknown way": {mutate: set("spec.failover.mode", "Never"), wantErrors: []string{`supported values: "Automatic", "Manual"`}},
	"failback without a word":    {mutate: set("spec.failover.failback", map[string]any{}), wantErrors: []string{"spec.failover.failback"}},
	"failback in an unknown way": {mutate: set("spec.failover.failback.mode", "Never"), wantErrors: []string{`supported values: "Automatic", "Manual"`}},
	"tokens revoked never":       {mutate: set("spec.tokensNotBefore", "never"), wantErrors: []string{"spec.tokensNotBefore"}},
	"tokens revoked from a day":  {mutate: set("spec.tokensNotBefore", "2026-11-22"), wantErrors: []string{"spec.tokensNotBefore"}},

	"a name of 51":              {mutate: set("metadata.name", strings.Repeat("n", 51)), wantErrors: []string{"at most 50 characters: it becomes the name of a Service"}},
	"a name of 253":             {mutate: set("metadata.name", strings.Repeat("n", 253)), wantErrors: []string{"at most 50 characters"}},
	"a name with a dot":         {mutate: set("metadata.name", "data.analytics"), wantErrors: []string{"the name must start with a lower-case letter"}},
	"a name with a digit first": {mutate: set("metadata.name", "2nd-opinion"), wantErrors: []string{"the name must start with a lower-case letter"}},
}

func TestSupportAgreement(t *testing.T) { tryCreating(t, supportAgreementBase, supportAgreements) }

// Spans of time are written in hours, minutes and seconds, and have bounds of their own.
func TestSupportAgreementSpans(t *testing.T) {
	for path, tc := range map[string]struct{ most, tooMuch, message string }{
		"spec.failover.afterOutage": {"24h", "24h1s", "afterOutage must be from 10s to 24h"},
		stabilisation:               {"72h", "4320m1s", "stabilisation must be from 10s to 72h"},
	} {
		field := path[strings.LastIndex(path, ".")+1:]
		cases := map[string]refusal{}
		for _, span := range []string{"10s", "90s", "5m", "1h30m", "1h0m30s", tc.most} {
			cases[field+" of "+span] = refusal{mutate: set(path, span)}
		}
		for _, span := range []string{"9s", "0s", "0h", tc.tooMuch, "99999h"} {
			cases[field+" of "+span] = refusal{mutate: set(path, span), wantErrors: []string{path, tc.message}, unrecorded: span != "9s"}
		}
		for _, span := range []string{"5", "1d", "5 m", "-5m", "1.5h", "5M", "1h1h1h1h", "100ms", "PT5M", "", "00010s00010s00010s0s"} {
			cases[field+" of "+span] = refusal{mutate: set(path, span), wantErrors: []string{path, "must be hours, minutes and seconds, such as 5m or 1h30m"}, unrecorded: span != "1d"}
		}
		tryCreating(t, supportAgreementBase, cases)
	}
}

// R1: what is member-only is neither agreed on nor hosted. No annotation makes an exception, and no
// person: this is tried by an administrator of the cluster.
func TestR01_MemberOnlyIsNotSupplied(t *testing.T) {
	memberOnly := set("spec.function", "referral-management")
	insisting := all(memberOnly, setAnnotation(v1alpha1.AllowDeletionAnnotation, "true"), setAnnotation(v1alpha1.InventedAnnotation, "true"))
	for base, message := range map[string]string{supportAgreementBase: memberOnlyMessage, hostedServiceBase: hostedAtHomeMessage} {
		tryCreating(t, base, map[string]refusal{
			"a member-only function":            {mutate: memberOnly, wantErrors: []string{message}},
			"a member-only function, annotated": {mutate: insisting, wantErrors: []string{message}, unrecorded: true},
		})
	}
}
