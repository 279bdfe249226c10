package publication

import (
	"regexp"
	"strings"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// SupportUnit is a commissioning support unit.
type SupportUnit struct {
	Code   string
	Name   string
	Sector v1alpha1.Sector // empty: the list does not say
}

// LeftOut is a row of the list that makes no supplier.
type LeftOut struct {
	Code   string
	Name   string
	Role   string // of an organisation that is no support unit; empty: its code says so
	Closed string // the day on which a support unit closed, year-month-day
}

// SupportUnits is the list of the organisations that support commissioners.
type SupportUnits struct {
	File   string
	Units  []SupportUnit
	Others []LeftOut // organisations that are no support units
	Closed []LeftOut // support units that exist no more
}

// supportUnitRole is what the Organisation Data Service calls a commissioning support unit.
const supportUnitRole = "RO213"

var (
	formSupportUnit    = regexp.MustCompile(`^0[A-Z]{2}$`)
	formOrganisation   = formConsortium
	supportUnitColumns = []column{columnCode, columnName, columnRole, columnClosed, columnSector}
)

// ReadSupportUnits reads the list of support units: those that are open, those that have closed,
// and what is in the list besides. The error names file, line and column of what cannot be
// understood.
func ReadSupportUnits(file string, data []byte) (SupportUnits, error) {
	t, err := openTable(file, data, supportUnitsRole, supportUnitColumns)
	if err != nil {
		return SupportUnits{}, err
	}
	units := SupportUnits{File: file}
	seen := map[string]int{}
	for t.next() {
		code := t.code(columnCode, formOrganisation, "0DJ")
		if earlier, found := seen[code]; found {
			t.refuse(columnCode, "%s stands in line %d already: delete the wrong row", code, earlier)
			continue
		}
		seen[code] = t.line
		units.add(t, code)
	}
	if err := t.finish(supportUnitsRole); err != nil {
		return SupportUnits{}, err
	}
	if len(units.Units)+len(units.Closed) == 0 {
		return SupportUnits{}, Problem{File: file, Message: "no row is a support unit (" + supportUnitRole + ", or a code such as 0DJ): expected " + supportUnitsRole}
	}
	return units, nil
}

// add puts the current row where it belongs.
func (u *SupportUnits) add(t *table, code string) {
	name, role := t.name(columnName, maxTitle), strings.ToUpper(t.value(columnRole))
	closed := ""
	if value := t.value(columnClosed); value != "" {
		closed = t.date(columnClosed, "")
	}
	switch {
	case role != "" && role != supportUnitRole, role == "" && !formSupportUnit.MatchString(code):
		u.Others = append(u.Others, LeftOut{Code: code, Name: name, Role: role})
	case closed != "":
		u.Closed = append(u.Closed, LeftOut{Code: code, Name: name, Closed: closed})
	default:
		u.Units = append(u.Units, SupportUnit{Code: code, Name: name, Sector: t.sector(columnSector)})
	}
}

// sectors as lists write them, without blanks.
var sectors = map[string]v1alpha1.Sector{
	"":               "",
	"nhs":            v1alpha1.SectorNHS,
	"private":        v1alpha1.SectorPrivate,
	"thirdsector":    v1alpha1.SectorThirdSector,
	"localauthority": v1alpha1.SectorLocalAuthority,
}

func (t *table) sector(c column) v1alpha1.Sector {
	value := t.value(c)
	sector, known := sectors[strings.ToLower(strings.Join(strings.FieldsFunc(value, isSeparator), ""))]
	if !known {
		t.refuse(c, "%q is not a sector: expected NHS, Private, ThirdSector or LocalAuthority", value)
	}
	return sector
}
