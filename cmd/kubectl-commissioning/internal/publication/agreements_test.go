package publication

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// All organisations of these tests are invented.

const (
	sheetHeader = "consortium_code,function,order,provider_code,service,start,end,dsa_reference,dsa_expires\n"
	sheetRow    = "99A,data-analytics,1,0ZA,,2026-04-01,2027-09-30,DSA-2026-114,2027-03-31\n"
)

var parties = Parties{Where: "estate",
	Consortia: map[string]string{"99A": "ashdown", "99B": "beechen"},
	Providers: map[string]string{"0ZA": "ash-csu", "ash-csu": "ash-csu", "0ZB": "beech-csu", "beech-csu": "beech-csu", "st-hilda": "st-hilda"},
	Own:       map[string][]string{"99B": {"referral-management"}}}

// offer is what sheetRow says.
func offer(line int) Offer {
	return Offer{Line: line, Consortium: "99A", Function: "data-analytics", Order: 1, Provider: "ash-csu",
		Start: "2026-04-01", End: "2027-09-30", Reference: "DSA-2026-114", Expires: "2027-03-31"}
}

func TestReadAgreementsReadsWhatSpreadsheetsSave(t *testing.T) {
	tests := map[string]struct {
		data string
		line int
		edit func(*Offer)
	}{
		"as documented":            {data: sheetHeader + sheetRow},
		"byte order mark and CRLF": {data: "\ufeff" + strings.ReplaceAll(sheetHeader+sheetRow, "\n", "\r\n")},
		"semicolons":               {data: strings.ReplaceAll(sheetHeader+sheetRow, ",", ";")},
		"semicolons and remarks":   {data: "# a; b\r\n\"# c, d\"\r\n" + strings.ReplaceAll(sheetHeader+sheetRow, ",", ";"), line: 4},
		"blanks and capitals":      {data: strings.ToUpper(strings.ReplaceAll(sheetHeader, "_", " ")) + strings.Replace(sheetRow, "99A,data-analytics", " 99a , data-analytics ", 1)},
		"empty rows":               {data: sheetHeader + ",,,,,,,,\n\n" + sheetRow, line: 4},
		"another order of columns": {data: "end,start,service,provider_code,order,function,consortium_code,dsa_expires,dsa_reference\n" +
			"2027-09-30,2026-04-01,,0ZA,1,data-analytics,99A,2027-03-31,DSA-2026-114\n"},
		"a supplier by name":           {data: sheetHeader + strings.Replace(sheetRow, "0ZA", "st-hilda", 1), edit: func(o *Offer) { o.Provider = "st-hilda" }},
		"a code in small letters":      {data: sheetHeader + strings.Replace(sheetRow, "0ZA", "0za", 1)},
		"a service":                    {data: sheetHeader + strings.Replace(sheetRow, "0ZA,", "0ZA,gold", 1), edit: func(o *Offer) { o.Service = "gold" }},
		"the service that goes unsaid": {data: sheetHeader + strings.Replace(sheetRow, "0ZA,", "0ZA,data-analytics", 1)},
		"no end":                       {data: sheetHeader + strings.Replace(sheetRow, "2027-09-30", "", 1), edit: func(o *Offer) { o.End = "" }},
		"no data sharing": {data: sheetHeader + strings.Replace(sheetRow, "DSA-2026-114,2027-03-31", ",", 1),
			edit: func(o *Offer) { o.Reference, o.Expires = "", "" }},
		"ten digits without a check digit": {data: sheetHeader + strings.Replace(sheetRow, "DSA-2026-114", "DSA 943 476 5918", 1),
			edit: func(o *Offer) { o.Reference = "DSA 943 476 5918" }},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			want := offer(max(2, tc.line))
			if tc.edit != nil {
				tc.edit(&want)
			}
			sheet, err := ReadAgreements("sheet.csv", []byte(tc.data), parties)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(Agreements{File: "sheet.csv", Offers: []Offer{want}}, sheet); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestReadAgreementsNamesColumnsThatNobodyReads(t *testing.T) {
	sheet, err := ReadAgreements("sheet.csv", []byte(strings.Replace(sheetHeader, ",order", ",Our notes,order,", 1)+
		strings.Replace(sheetRow, ",1,", ",who knows,1,,", 1)), parties)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Agreements{File: "sheet.csv", Offers: []Offer{offer(2)}, Unknown: []string{"OUR_NOTES"}}, sheet); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestReadAgreementsNamesFileLineAndColumn(t *testing.T) {
	second := strings.NewReplacer(",1,", ",2,", "0ZA", "0ZB").Replace(sheetRow)
	tests := map[string]struct{ rows, want string }{
		"own function":      {strings.NewReplacer("99A", "99B", "data-analytics", "referral-management").Replace(sheetRow), "sheet.csv:2:5: FUNCTION: beechen runs referral-management itself: a member-only function has no suppliers; delete the row"},
		"consortium":        {strings.Replace(sheetRow, "99A", "99C", 1), `sheet.csv:2:1: CONSORTIUM_CODE: estate holds no consortium with the code "99C": import it with gp-registrations, or correct the code`},
		"order of no use":   {strings.Replace(sheetRow, ",1,", ",1.0,", 1), `sheet.csv:2:20: ORDER: "1.0" is not a number from 1, the first choice, to 5`},
		"gap":               {sheetRow + strings.Replace(second, ",2,", ",3,", 1), "sheet.csv:3:20: ORDER: 3, but no row has 2, for the same agreement (99A, data-analytics): number the suppliers from 1 without a gap"},
		"no first choice":   {second, "sheet.csv:2:20: ORDER: 2, but no row has 1, for the same agreement (99A, data-analytics): number the suppliers from 1 without a gap"},
		"same order":        {sheetRow + strings.Replace(second, ",2,", ",1,", 1), "sheet.csv:3:20: ORDER: 1 stands in line 2 already, for the same agreement (99A, data-analytics): give each supplier a number of its own"},
		"same supplier":     {sheetRow + strings.Replace(second, "0ZB", "ash-csu", 1), "sheet.csv:3:22: PROVIDER_CODE: ash-csu stands in line 2 already, for the same agreement (99A, data-analytics) and the same service: delete one row"},
		"another start":     {sheetRow + strings.Replace(second, "2026-04-01", "2026-05-01", 1), "sheet.csv:3:27: START: 2026-05-01 here and 2026-04-01 in line 2, for the same agreement (99A, data-analytics): give both rows the same term"},
		"no end and an end": {sheetRow + strings.Replace(second, "2027-09-30", "", 1), "sheet.csv:3:38: END: no end here and 2027-09-30 in line 2, for the same agreement (99A, data-analytics): give both rows the same term"},
		// The first row's day is not understood: the second is not held against it.
		"one wrong day":   {strings.Replace(sheetRow, "2027-09-30", "30.9.2027", 1) + second, `sheet.csv:2:38: END: "30.9.2027" is not a day written year-month-day, such as 2026-04-01`},
		"last century":    {strings.Replace(sheetRow, "2026-04-01", "1926-04-01", 1), `sheet.csv:2:27: START: "1926-04-01" is not a day written year-month-day, such as 2026-04-01`},
		"missing field":   {sheetRow + "99A,data-analytics,3\n", "sheet.csv:3:1: the row does not have 9 columns as the header has"},
		"NHS number":      {strings.Replace(sheetRow, "DSA-2026-114", "9434765919", 1), "sheet.csv:2:49: DSA_REFERENCE: holds what may be an NHS number: nothing about a patient belongs here; give the reference alone"},
		"long reference":  {strings.Replace(sheetRow, "DSA-2026-114", strings.Repeat("É", 151), 1), "sheet.csv:2:49: DSA_REFERENCE: has more than 150 characters"},
		"invisible":       {strings.Replace(sheetRow, "data-analytics", "data\u200b-analytics", 1), "sheet.csv:2:5: FUNCTION: \"data\\u200b-analytics\" holds the invisible character U+200B"},
		"a comma missing": {strings.Replace(sheetRow, "99A,", "99A ", 1), "sheet.csv:2:1: the row does not have 9 columns as the header has"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			sheet, err := ReadAgreements("sheet.csv", []byte(sheetHeader+tc.rows), parties)
			if err == nil || err.Error() != tc.want {
				t.Errorf("want %s\ngot  %v", tc.want, err)
			}
			if diff := cmp.Diff(Agreements{}, sheet); diff != "" {
				t.Errorf("something was read all the same:\n%s", diff)
			}
		})
	}
}

func TestReadAgreementsCountsAllProblems(t *testing.T) {
	_, err := ReadAgreements("sheet.csv", []byte(sheetHeader+strings.Repeat(strings.Replace(sheetRow, ",1,", ",9,", 1), 30)), parties)
	if err == nil || strings.Count(err.Error(), "\n") != 20 || !strings.HasSuffix(err.Error(), "\nsheet.csv: and 39 more problems") {
		t.Errorf("got %v", err) // 30 orders, and 29 rows that repeat the supplier
	}
}

func FuzzReadAgreements(f *testing.F) {
	f.Add([]byte(sheetHeader + sheetRow))
	f.Add([]byte("#\n\"#\n" + strings.ReplaceAll(sheetHeader+sheetRow, ",", ";")))
	f.Add([]byte(sheetHeader + sheetRow + strings.NewReplacer(",1,", ",2,", "0ZA", "st-hilda").Replace(sheetRow)))
	f.Fuzz(func(t *testing.T, data []byte) {
		sheet, err := ReadAgreements("sheet.csv", data, parties)
		if err != nil {
			requireNamed(t, err, "sheet.csv")
			return
		}
		orders := map[[2]string]int{}
		for _, o := range sheet.Offers {
			requireOffer(t, o)
			orders[[2]string{o.Consortium, o.Function}] += 1 << o.Order
		}
		for agreement, set := range orders {
			if (set+2)&(set+1) != 0 { // 1, then 2, … without a gap
				t.Errorf("%v: orders %b", agreement, set)
			}
		}
	})
}

// requireOffer checks what the API would refuse later.
func requireOffer(t *testing.T, o Offer) {
	t.Helper()
	for _, day := range []string{o.Start, o.End, o.Expires} {
		if _, err := time.Parse(time.DateOnly, day); err != nil && (day != "" || o.Start == "") {
			t.Errorf("accepted the day %q", day)
		}
	}
	switch {
	case parties.Consortia[o.Consortium] == "" || parties.Providers[o.Provider] != o.Provider:
		t.Errorf("accepted parties that are not there: %+v", o)
	case !formObjectName.MatchString(o.Function) || len(o.Function) > maxObjectName, o.End != "" && o.End < o.Start,
		(o.Reference == "") != (o.Expires == ""), utf8.RuneCountInString(o.Reference) > maxTitle:
		t.Errorf("accepted %+v", o)
	}
}
