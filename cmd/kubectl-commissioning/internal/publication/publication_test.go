package publication

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Rows of the tests are invented, but for Stockton's.
const (
	mapHeader   = "PUBLICATION,EXTRACT_DATE,PRACTICE_CODE,PRACTICE_NAME,PCN_CODE,PCN_NAME,CCG_CODE,CCG_NAME,STP_CODE,COMM_REGION_NAME\n"
	mapRow      = "GP_PRAC_PAT_LIST,01-Sep-20,A81001,THE DENSHAM SURGERY,U89141,STOCKTON PCN,16C,NHS Tees Valley CCG,QHM,North East and Yorkshire\n"
	listsHeader = "PUBLICATION,EXTRACT_DATE,TYPE,CCG_CODE,CODE,SEX,AGE,NUMBER_OF_PATIENTS\n"
	listsRow    = "GP_PRAC_PAT_LIST,01JAN2021,GP,16C,A81001,ALL,ALL,4100\n"
)

var densham = Placement{Line: 2, Practice: "A81001", PracticeName: "THE DENSHAM SURGERY", Network: "U89141", NetworkName: "STOCKTON PCN",
	Consortium: "16C", ConsortiumName: "NHS Tees Valley CCG", Region: "North East and Yorkshire"}

func TestReadMapReadsAllEditions(t *testing.T) {
	unallocated := densham
	unallocated.Network, unallocated.NetworkName = "", ""
	later := densham
	later.Consortium, later.ConsortiumName = "A3A8R", "NHS North East London ICB - A3A8R"
	accented := densham
	accented.PracticeName = "CAFÉ SURGERY"
	thirdLine := densham
	thirdLine.Line = 3
	tests := map[string]struct {
		data string
		want Placement
	}{
		"2020":                           {mapHeader + mapRow, densham},
		"byte order mark and CRLF":       {"\ufeff" + strings.ReplaceAll(mapHeader+mapRow, "\n", "\r\n"), densham},
		"Windows-1252":                   {strings.Replace(mapHeader+mapRow, "THE DENSHAM", "CAF\xc9", 1), accented},
		"UTF-8":                          {strings.Replace(mapHeader+mapRow, "THE DENSHAM", "CAFÉ", 1), accented},
		"blanks around values":           {strings.Replace(mapHeader+mapRow, "THE DENSHAM SURGERY", "  THE\u00a0DENSHAM\t SURGERY ", 1), densham},
		"small letters in codes":         {strings.Replace(mapHeader+mapRow, "A81001", "a81001", 1), densham},
		"U for no network":               {strings.Replace(mapHeader+mapRow, "U89141,STOCKTON PCN", "U,UNALLOCATED", 1), unallocated},
		"blank for no network":           {strings.Replace(mapHeader+mapRow, "U89141,STOCKTON PCN", ",", 1), unallocated},
		"empty rows":                     {mapHeader + ",,,,,,,,,\n" + mapRow + "\n\n", thirdLine},
		"sub-ICB locations":              {strings.NewReplacer("CCG_", "SUB_ICB_LOCATION_", "STP_", "ICB_", "16C", "A3A8R", "NHS Tees Valley CCG", "NHS North East London ICB - A3A8R").Replace(mapHeader + mapRow), later},
		"sub-ICB locations, abbreviated": {strings.NewReplacer("CCG_", "SUB_ICB_LOC_", "16C", "A3A8R", "NHS Tees Valley CCG", "NHS North East London ICB - A3A8R").Replace(mapHeader + mapRow), later},
		"CODE for PRACTICE_CODE":         {strings.Replace(mapHeader, "PRACTICE_CODE", "CODE", 1) + mapRow, densham},
		"small letters in the header":    {strings.ReplaceAll(strings.ToLower(mapHeader), "_", " ") + mapRow, densham},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			m, err := ReadMap("map.csv", []byte(tc.data))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(Map{File: "map.csv", Date: "2020-09-01", Placements: []Placement{tc.want}}, m); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestReadMapNamesFileLineAndColumn(t *testing.T) {
	tests := map[string]struct{ data, want string }{
		"empty file":        {"", "map.csv: the file holds no header: expected the publication's map of practices (gp-reg-pat-prac-map.csv)"},
		"header alone":      {mapHeader, "map.csv: the file holds a header and no rows: expected the publication's map of practices (gp-reg-pat-prac-map.csv)"},
		"UTF-16":            {"\xff\xfeP\x00", "map.csv: the file is in UTF-16: save it as CSV in UTF-8"},
		"missing column":    {"EXTRACT_DATE,PRACTICE_CODE\n", "map.csv:1: no column with a practice's name (PRACTICE_NAME or NAME): expected the publication's map of practices (gp-reg-pat-prac-map.csv); the columns are EXTRACT_DATE, PRACTICE_CODE"},
		"practice's code":   {mapHeader + strings.Replace(mapRow, "A81001", "A8100", 1), `map.csv:2:28: PRACTICE_CODE: "A8100" is not a practice's code, such as A81001`},
		"network's code":    {mapHeader + strings.Replace(mapRow, "U89141", "A89141", 1), `map.csv:2:55: PCN_CODE: "A89141" is not a network's code, such as U07032, nor U for a practice in no network`},
		"no consortium":     {mapHeader + strings.Replace(mapRow, "16C", "", 1), `map.csv:2:75: CCG_CODE: "" is not a consortium's code, such as 08V or A3A8R`},
		"empty name":        {mapHeader + strings.Replace(mapRow, "THE DENSHAM SURGERY", " ", 1), "map.csv:2:35: PRACTICE_NAME: is empty: expected a practice's name"},
		"long name":         {mapHeader + strings.Replace(mapRow, "THE DENSHAM SURGERY", strings.Repeat("É", 101), 1), `map.csv:2:35: PRACTICE_NAME: "` + strings.Repeat("É", 101) + `" has more than 100 characters`},
		"NHS number":        {mapHeader + strings.Replace(mapRow, "THE DENSHAM", "943 476 5919", 1), "map.csv:2:35: PRACTICE_NAME: the name holds a ten-digit number, which may be an NHS number: nothing about a patient belongs here"},
		"NUL":               {mapHeader + strings.Replace(mapRow, "DENSHAM", "DEN\x00HAM", 1), `map.csv:2:35: PRACTICE_NAME: "THE DEN\x00HAM SURGERY" holds the invisible character U+0000`},
		"right-to-left":     {mapHeader + strings.Replace(mapRow, "DENSHAM", "DEN\u202eHAM", 1), `map.csv:2:35: PRACTICE_NAME: "THE DEN\u202eHAM SURGERY" holds the invisible character U+202E`},
		"line break":        {mapHeader + strings.Replace(mapRow, "THE DENSHAM SURGERY", "\"THE\nSURGERY\"", 1), `map.csv:2:35: PRACTICE_NAME: "THE\nSURGERY" holds the invisible character U+000A`},
		"date":              {mapHeader + strings.Replace(mapRow, "01-Sep-20", "September", 1), `map.csv:2:18: EXTRACT_DATE: "September" is not a date, such as 2026-04-01, 01JAN2021 or 01-Sep-20`},
		"two editions":      {mapHeader + mapRow + strings.Replace(mapRow, "01-Sep-20", "01-Oct-20", 1), "map.csv:3:18: EXTRACT_DATE: 2020-10-01, but rows above are of 2020-09-01: the file joins two editions"},
		"missing field":     {mapHeader + "GP_PRAC_PAT_LIST,01-Sep-20\n", "map.csv:2:1: the row does not have 10 columns as the header has"},
		"quote in a value":  {mapHeader + strings.Replace(mapRow, "THE DENSHAM", `THE "DENSHAM`, 1), `map.csv:2:39: the row is not valid CSV: bare " in non-quoted-field`},
		"quote left open":   {mapHeader + strings.Replace(mapRow, "THE DENSHAM", `"THE DENSHAM`, 1), `map.csv:2:129: the row is not valid CSV: extraneous or missing " in quoted-field`},
		"over many lines":   {mapHeader + strings.Replace(mapRow, "THE DENSHAM", `"THE DENSHAM`, 1) + mapRow + mapRow, `map.csv:2:1: the row is not valid CSV: extraneous or missing " in quoted-field`},
		"two problems":      {mapHeader + strings.Replace(mapRow, "A81001,THE DENSHAM SURGERY", ",", 1), "map.csv:2:28: PRACTICE_CODE: \"\" is not a practice's code, such as A81001\nmap.csv:2:29: PRACTICE_NAME: is empty: expected a practice's name"},
		"dozens of problem": {mapHeader + strings.Repeat(strings.Replace(mapRow, "U89141", "X", 1), 22), "map.csv: and 2 more problems"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			m, err := ReadMap("map.csv", []byte(tc.data))
			if err == nil {
				t.Fatal("no error")
			}
			if !strings.HasSuffix(err.Error(), tc.want) {
				t.Errorf("want … %s\ngot    %s", tc.want, err)
			}
			if diff := cmp.Diff(Map{}, m); diff != "" {
				t.Errorf("something was read all the same:\n%s", diff)
			}
		})
	}
}

func TestReadMapCountsARepeatedPracticeOnce(t *testing.T) {
	m, err := ReadMap("map.csv", []byte(mapHeader+mapRow+strings.Replace(mapRow, "U89141", "U07032", 1)))
	if err != nil {
		t.Fatal(err)
	}
	want := Map{File: "map.csv", Date: "2020-09-01", Placements: []Placement{densham},
		Repeats: []Repeat{{File: "map.csv", Line: 3, Earlier: 2, Practice: "A81001"}}}
	if diff := cmp.Diff(want, m); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestReadLists(t *testing.T) {
	list := List{Line: 2, Practice: "A81001", Consortium: "16C", Patients: 4100}
	silent := list
	silent.Consortium = ""
	tests := map[string]struct {
		data string
		want Lists
	}{
		"2021":                 {listsHeader + listsRow, Lists{Lists: []List{list}}},
		"others than totals":   {listsHeader + listsRow + strings.Replace(listsRow, "ALL", "MALE", 1) + strings.Replace(listsRow, "ALL,4100", "95+,41", 1) + strings.Replace(listsRow, "GP,", "CCG,", 1), Lists{Lists: []List{list}}},
		"no consortium":        {"EXTRACT_DATE,CODE,NUMBER_OF_PATIENTS\n01JAN2021,A81001,4100\n", Lists{Lists: []List{silent}}},
		"the same total twice": {listsHeader + listsRow + listsRow, Lists{Lists: []List{list}, Repeats: []Repeat{{File: "all.csv", Line: 3, Earlier: 2, Practice: "A81001"}}}},
		"ORG_CODE, by 2024":    {strings.NewReplacer("CCG_CODE", "SUB_ICB_LOCATION_CODE", ",CODE", ",ORG_CODE").Replace(listsHeader) + listsRow, Lists{Lists: []List{list}}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			tc.want.File, tc.want.Date = "all.csv", "2021-01-01"
			l, err := ReadLists("all.csv", []byte(tc.data))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, l); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestReadListsNamesFileLineAndColumn(t *testing.T) {
	tests := map[string]struct{ data, want string }{
		"negative":     {listsHeader + strings.Replace(listsRow, "4100", "-1", 1), `all.csv:2:50: NUMBER_OF_PATIENTS: "-1" is not a number of patients from 0 to 1000000`},
		"thousands":    {listsHeader + strings.Replace(listsRow, "4100", `"4,100"`, 1), `all.csv:2:50: NUMBER_OF_PATIENTS: "4,100" is not a number of patients from 0 to 1000000`},
		"too many":     {listsHeader + strings.Replace(listsRow, "4100", "1000001", 1), `all.csv:2:50: NUMBER_OF_PATIENTS: "1000001" is not a number of patients from 0 to 1000000`},
		"suppressed":   {listsHeader + strings.Replace(listsRow, "4100", "*", 1), `all.csv:2:50: NUMBER_OF_PATIENTS: "*" is not a number of patients from 0 to 1000000`},
		"two totals":   {listsHeader + listsRow + strings.Replace(listsRow, "4100", "4200", 1), "all.csv:3:50: NUMBER_OF_PATIENTS: practice A81001 has 4200 patients here and 4100 in line 2: delete the wrong row"},
		"no totals":    {listsHeader + strings.Replace(listsRow, "ALL", "FEMALE", 1), "all.csv: no row holds a practice's total (TYPE GP, SEX ALL, AGE ALL): expected the publication's list sizes (gp-reg-pat-prac-all.csv)"},
		"the map":      {mapHeader + mapRow, "all.csv:1: no column with the number of patients (NUMBER_OF_PATIENTS): expected the publication's list sizes (gp-reg-pat-prac-all.csv); the columns are PUBLICATION, EXTRACT_DATE, PRACTICE_CODE, PRACTICE_NAME, PCN_CODE, PCN_NAME, CCG_CODE, CCG_NAME, STP_CODE, COMM_REGION_NAME"},
		"consortium's": {listsHeader + strings.Replace(listsRow, "16C", "16-C", 1), `all.csv:2:31: CCG_CODE: "16-C" is not a consortium's code, such as 08V or A3A8R`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := ReadLists("all.csv", []byte(tc.data))
			if err == nil || err.Error() != tc.want {
				t.Errorf("want %s\ngot  %v", tc.want, err)
			}
		})
	}
}

func TestParseDate(t *testing.T) {
	for value, want := range map[string]string{
		"01JAN2021": "2021-01-01", "01Jan2022": "2022-01-01", "01-Sep-20": "2020-09-01", "2026-04-01": "2026-04-01",
		"20260401": "2026-04-01", "01/04/2026": "2026-04-01", "01-Apr-2026": "2026-04-01", "1 April 2026": "2026-04-01",
		"": "", "01": "", "31FEB2021": "", "01JAN1921": "", "2021-13-01": "",
	} {
		if got, ok := parseDate(value); got != want || ok != (want != "") {
			t.Errorf("parseDate(%q) = %q, %v; want %q", value, got, ok, want)
		}
	}
}

func FuzzReadMap(f *testing.F) {
	f.Add([]byte(mapHeader + mapRow))
	f.Add([]byte(strings.ReplaceAll("\ufeff"+mapHeader+mapRow, "\n", "\r\n")))
	f.Add([]byte(mapHeader + "\"" + mapRow))
	f.Add([]byte("\xff\xfe"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := ReadMap("map.csv", data)
		if err != nil {
			requireNamed(t, err, "map.csv")
			return
		}
		for _, p := range m.Placements {
			if !formPractice.MatchString(p.Practice) || !formConsortium.MatchString(p.Consortium) || p.PracticeName == "" || p.ConsortiumName == "" || p.Region == "" {
				t.Errorf("accepted %+v", p)
			}
		}
	})
}

func FuzzReadLists(f *testing.F) {
	f.Add([]byte(listsHeader + listsRow))
	f.Add([]byte(listsHeader + listsRow + listsRow))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := ReadLists("all.csv", data)
		if err != nil {
			requireNamed(t, err, "all.csv")
			return
		}
		for _, list := range l.Lists {
			if list.Patients < 0 || list.Patients > maxPatients {
				t.Errorf("accepted %+v", list)
			}
		}
	})
}

// requireNamed checks that an error says which file it speaks of.
func requireNamed(t *testing.T, err error, file string) {
	t.Helper()
	var problem Problem
	var problems *Problems
	if !errors.As(err, &problem) && !errors.As(err, &problems) || !strings.HasPrefix(err.Error(), file+":") {
		t.Errorf("does not name the file: %v", err)
	}
}
