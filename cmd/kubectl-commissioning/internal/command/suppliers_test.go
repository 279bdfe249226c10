package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSuppliersAndAgreementsTellTheirStory imports support units and who serves whom, one edition
// after the other, in one folder.
func TestSuppliersAndAgreementsTellTheirStory(t *testing.T) {
	const region = ` --region "North East and Yorkshire" --out estate`
	const january = "import gp-registrations --map january/map.csv --patients january/patients.csv" + region
	const april = "import gp-registrations --map april/map.csv --patients april/patients.csv --providers april/support-units.csv" + region
	tell(t, []step{
		{golden: "suppliers-1-first-import", args: january + " --providers january/support-units.csv"},
		{golden: "suppliers-2-who-serves-whom", args: "import agreements --file january/agreements.csv --out estate"},
		{golden: "suppliers-3-same-again", args: "import agreements --file january/agreements.csv --out estate"},
		{golden: "suppliers-4-without-the-list", args: january},
		{golden: "suppliers-5-a-later-edition", before: editSuppliersByHand, args: april},
		{golden: "suppliers-6-other-agreements", args: "import agreements --file april/agreements.csv --out estate"},
		{golden: "suppliers-7-agreements-removed", args: "import agreements --file april/agreements.csv --out estate --accept-removals"},
		{golden: "suppliers-8-suppliers-removed", args: april + " --accept-removals"},
		{golden: "suppliers-9-quiet-again", args: "import agreements --file april/agreements.csv --out estate"},
		{golden: "suppliers-10-who-left-is-unknown", args: "import agreements --file january/agreements.csv --out estate"},
		{golden: "suppliers-11-to-a-pipe", args: "import gp-registrations --map april/map.csv --patients april/patients.csv --region Midlands --providers april/support-units.csv"},
	})
}

// charity is a supplier that stands in no list.
const charity = `# Ours. St Hilda's is invented.
apiVersion: commissioning.support/v1alpha1
kind: SupportProvider
metadata:
  name: st-hilda
spec:
  displayName: St Hilda's Health Analytics
  sector: ThirdSector
`

// editSuppliersByHand is what people add: terms that no spreadsheet knows, access, a charity.
func editSuppliersByHand(t *testing.T) {
	t.Helper()
	const agreements = "estate/tees-valley/supportagreements.yaml"
	edit(t, agreements, "  function: data-analytics\n", "  failover:\n    afterOutage: 10m\n  function: data-analytics\n")
	edit(t, agreements, "provider: midlands-and-lancashire-csu\n", "provider: midlands-and-lancashire-csu\n    standing: StoodDown\n    standingReason: no report since August\n")
	edit(t, agreements, "      reference: DSA-INVENTED-1\n", "      purposes: [Commissioning]\n      reference: DSA-INVENTED-1\n")
	edit(t, agreements, "  name: contracting\n", "  labels:\n    example.org/ours: \"yes\"\n  name: contracts-of-ours\n")
	edit(t, "estate/north-of-england-csu/provider.yaml", "spec:\n", "spec:\n  access:\n    admins:\n    - {kind: Group, name: necs}\n")
	edit(t, "estate/kustomization.yaml", "resources:\n", "resources:\n- st-hilda\n")
	if err := os.Mkdir("estate/st-hilda", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("estate/st-hilda/provider.yaml", []byte(charity), 0o644); err != nil {
		t.Fatal(err)
	}
}

// columns of a spreadsheet of agreements.
const columns = "consortium_code,function,order,provider_code,service,start,end,dsa_reference,dsa_expires\n"

// wrong is a spreadsheet in which nothing is right.
const wrong = "# Invented\n" + columns + `99Z,data-analytics,1,0AR,,2026-04-01,,,
16C,Data Analytics,1,0AR,,2026-04-01,,,
16C,data-analytics,first,0AR,,2026-04-01,,,
16C,data-analytics,6,0CX,,2026-04-01,,,
03Q,data-analytics,1,0ZZ,,2026-04-01,2027-03-31,,
03Q,data-analytics,1,0CX,Gold,2026-04-01,2027-03-31,,
03Q,data-analytics,4,0CX,,2026-04-01,2027-09-30,,
03Q,contracting,1,0AR,,01/04/2026,2027-02-29,,
84H,contracting,1,0AR,,2026-04-01,2026-03-31,DSA-1,
84H,contracting,2,0CX,,,,,2027-03-31
84H,data-analytics,1,0AR,,2026-04-01,,DSA 943 476 5919,2027-03-31
84H,data-analytics,2,0AR,data-analytics,2026-04-01,,,2026-14-01
84H,a-function-whose-name-is-so-long-that-no-service-can-bear-it,1,0AR,,2026-04-01,,,
84H,referral-management,1,,,2026-04-01,,,
84H,referral-support,1,0AR,,2026-04-01
`

// TestMistakesInAgreements shows what people read when they call the command wrongly, or with a
// spreadsheet that is wrong. Nothing is written.
func TestMistakesInAgreements(t *testing.T) {
	golden, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	workIn(t, golden)
	const region = ` --region "North East and Yorkshire" --member-functions referral-management --out `
	const january = "import gp-registrations --map january/map.csv --patients january/patients.csv" + region
	mustRun(t, words(january+"alone")...)
	mustRun(t, words(january+"estate --providers january/support-units.csv")...)
	for file, text := range map[string]string{
		"wrong.csv":      wrong,
		"many.csv":       columns + strings.Repeat("16C,contracting,0,0AR,,2026-04-01,,,\n99Z,contracting,0,0AR,,2026-04-01,,,\n", 15),
		"slip.csv":       strings.Replace(columns, "end", "ends", 1),
		"twice.csv":      strings.Replace(columns, "end", "end,end", 1) + "16C,contracting,1,0AR,,2026-04-01,,,,\n",
		"units.csv":      "code,name,ods_role,close_date,sector\n0DJ,NHS NEL CSU,RO213,soon,charities\n0DJ,NHS NEL CSU,RO213,,nhs\nX,\"\",RO213,,council\n",
		"hospitals.csv":  "code,name\nRX1,Invented Hospital\n",
		"right.csv":      columns + "16C,contracting,1,0AR,,2026-04-01,,,\n",
		"headerless.csv": "0DJ,NHS NEL CSU,Y56\n",
	} {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	const ours = "estate/tees-valley/supportagreements.yaml"
	if err := os.WriteFile(ours, []byte("# ours\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	before := tree(t, "estate")
	var b strings.Builder
	for _, args := range []string{
		"import agreements",
		"import agreements --file wrong.csv --out nowhere",
		"import agreements --file wrong.csv --out alone",
		"import agreements --file none.csv --out estate",
		"import agreements --file wrong.csv --out estate",
		"import agreements --file many.csv --out estate",
		"import agreements --file slip.csv --out estate",
		"import agreements --file twice.csv --out estate",
		"import agreements --file january/map.csv --out estate",
		"import agreements --file right.csv --out estate",
		january + "estate --providers none.csv",
		january + "estate --providers units.csv",
		january + "estate --providers hospitals.csv",
		january + "estate --providers headerless.csv",
	} {
		b.WriteString(call(args))
	}
	b.WriteString(difference(before, tree(t, "estate")))
	compareGolden(t, filepath.Join(golden, "suppliers-mistakes.golden"), b.String())
}
