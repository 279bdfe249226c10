package publication

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

func TestReadSupportUnits(t *testing.T) {
	ash := SupportUnit{Code: "0ZA", Name: "NHS ASH CSU"}
	tests := map[string]struct {
		data string
		want SupportUnits
	}{
		"codes and names": {"code,name\n0ZA,NHS ASH CSU\n", SupportUnits{Units: []SupportUnit{ash}}},
		"other titles":    {"ODS Code;Organisation Name\r\n0za; NHS ASH  CSU\r\n", SupportUnits{Units: []SupportUnit{ash}}},
		"sectors": {"code,name,sector\n0ZA,NHS ASH CSU,nhs\n0ZB,Beech Limited,Private\n0ZC,St Hilda,third sector\n0ZD,Council,LOCAL_AUTHORITY\n0ZE,Elm,\n",
			SupportUnits{Units: []SupportUnit{{"0ZA", "NHS ASH CSU", v1alpha1.SectorNHS}, {"0ZB", "Beech Limited", v1alpha1.SectorPrivate},
				{"0ZC", "St Hilda", v1alpha1.SectorThirdSector}, {"0ZD", "Council", v1alpha1.SectorLocalAuthority}, {"0ZE", "Elm", ""}}}},
		"by role": {"code,name,ods_role\n0ZA,NHS ASH CSU,ro213\nRZ1,Hospital,RO197\n0ZB,Not a unit,RO98\n",
			SupportUnits{Units: []SupportUnit{ash}, Others: []LeftOut{{Code: "RZ1", Name: "Hospital", Role: "RO197"}, {Code: "0ZB", Name: "Not a unit", Role: "RO98"}}}},
		"by code where no role is given": {"code,name,ods_role\n0ZA,NHS ASH CSU,\nRZ1,Hospital,\n",
			SupportUnits{Units: []SupportUnit{ash}, Others: []LeftOut{{Code: "RZ1", Name: "Hospital"}}}},
		"closed": {"code,name,close_date\n0ZA,NHS ASH CSU,\n0ZB,Beech,20160331\n0ZC,Cedar,31/03/2015\n",
			SupportUnits{Units: []SupportUnit{ash}, Closed: []LeftOut{{Code: "0ZB", Name: "Beech", Closed: "2016-03-31"}, {Code: "0ZC", Name: "Cedar", Closed: "2015-03-31"}}}},
		"all closed": {"code,name,closed\n0ZB,Beech,20160331\n", SupportUnits{Closed: []LeftOut{{Code: "0ZB", Name: "Beech", Closed: "2016-03-31"}}}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			tc.want.File = "units.csv"
			units, err := ReadSupportUnits("units.csv", []byte(tc.data))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, units); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestReadSupportUnitsNamesFileLineAndColumn(t *testing.T) {
	for data, want := range map[string]string{
		"":                                     "units.csv: the file holds no header: expected " + supportUnitsRole,
		"# Invented":                           "units.csv: the file holds no header: expected " + supportUnitsRole,
		"code,name\n":                          "units.csv: the file holds a header and no rows: expected " + supportUnitsRole,
		"# Invented\ncode\n0ZA\n":              "units.csv:2: no column with an organisation's name (NAME or ORG_NAME or ORGANISATION_NAME): expected " + supportUnitsRole + "; the columns are CODE",
		"code,name\n0ZA,Ash\n0ZA,Ash\n":        "units.csv:3:1: CODE: 0ZA stands in line 2 already: delete the wrong row",
		"code,name\nRZ1,Hospital\n":            "units.csv: no row is a support unit (RO213, or a code such as 0DJ): expected " + supportUnitsRole,
		"code,name,close_date\n0ZA,Ash,soon\n": "units.csv:2:9: CLOSE_DATE: \"soon\" is not a date, such as 2026-04-01, 01JAN2021 or 01-Sep-20",
		"code,name\n0ZA," + strings.Repeat("a", 151) + "\n":      `units.csv:2:5: NAME: "` + strings.Repeat("a", 151) + `" has more than 150 characters`,
		"code,name\n0ZA,Ash 943 476 5919\n":                      "units.csv:2:5: NAME: the name holds a ten-digit number, which may be an NHS number: nothing about a patient belongs here",
		"code,name,sector\n0ZA,Ash,charity\n0ZB,Beech,council\n": "units.csv:2:9: SECTOR: \"charity\" is not a sector: expected NHS, Private, ThirdSector or LocalAuthority\nunits.csv:3:11: SECTOR: \"council\" is not a sector: expected NHS, Private, ThirdSector or LocalAuthority",
	} {
		if _, err := ReadSupportUnits("units.csv", []byte(data)); err == nil || err.Error() != want {
			t.Errorf("%q: want %s\ngot  %v", data, want, err)
		}
	}
}
