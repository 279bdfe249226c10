package publication

import "regexp"

// The files of the publication, as messages name them.
const (
	mapRole   = "the publication's map of practices (gp-reg-pat-prac-map.csv)"
	listsRole = "the publication's list sizes (gp-reg-pat-prac-all.csv)"

	supportUnitsRole = "the list of commissioning support units, with a header (code, name, ods_role)"
	agreementsRole   = "the spreadsheet of agreements (consortium_code, function, order, provider_code, service, start, end, dsa_reference, dsa_expires)"
)

// The columns of both files. Clinical commissioning groups (CCG) became sub-ICB locations in 2022.
var (
	columnDate           = column{what: "the day of the extract", names: []string{"EXTRACT_DATE"}}
	columnPractice       = column{what: "a practice's code", names: []string{"PRACTICE_CODE", "CODE", "ORG_CODE"}}
	columnPracticeName   = column{what: "a practice's name", names: []string{"PRACTICE_NAME", "NAME"}}
	columnNetwork        = column{what: "a network's code", names: []string{"PCN_CODE"}}
	columnNetworkName    = column{what: "a network's name", names: []string{"PCN_NAME"}}
	columnConsortium     = column{what: "a consortium's code", names: []string{"SUB_ICB_LOCATION_CODE", "SUB_ICB_LOC_CODE", "CCG_CODE"}}
	columnConsortiumName = column{what: "a consortium's name", names: []string{"SUB_ICB_LOCATION_NAME", "SUB_ICB_LOC_NAME", "CCG_NAME"}}
	columnRegion         = column{what: "a region's name", names: []string{"COMM_REGION_NAME", "REGION_NAME"}}

	columnListed = column{what: "a consortium's code", names: columnConsortium.names, optional: true}
	columnType   = column{what: "the type of the organisation", names: []string{"TYPE"}, optional: true}
	columnSex    = column{what: "the patients' sex", names: []string{"SEX"}, optional: true}
	columnAge    = column{what: "the patients' age", names: []string{"AGE", "AGE_GROUP", "AGE_GROUP_5"}, optional: true}
	columnCount  = column{what: "the number of patients", names: []string{"NUMBER_OF_PATIENTS"}}
)

// The columns of the list of support units, as the Organisation Data Service has it.
var (
	columnCode   = column{what: "an organisation's code", names: []string{"CODE", "ORG_CODE", "ORGANISATION_CODE", "ODS_CODE"}}
	columnName   = column{what: "an organisation's name", names: []string{"NAME", "ORG_NAME", "ORGANISATION_NAME"}}
	columnRole   = column{what: "an organisation's role", names: []string{"ODS_ROLE", "ROLE", "ROLE_ID", "PRIMARY_ROLE"}, optional: true}
	columnClosed = column{what: "the day of closing", names: []string{"CLOSE_DATE", "CLOSED", "CLOSED_DATE", "END_DATE"}, optional: true}
	columnSector = column{what: "the sector", names: []string{"SECTOR"}, optional: true}
)

// The columns of the spreadsheet of agreements. All must be there, so that a column with a slip in
// its name does not pass for one without values.
var (
	columnBuyer     = column{what: "a consortium's code", names: []string{"CONSORTIUM_CODE"}}
	columnFunction  = column{what: "a function's name", names: []string{"FUNCTION"}}
	columnOrder     = column{what: "the order of preference", names: []string{"ORDER"}}
	columnProvider  = column{what: "a supplier's code or name", names: []string{"PROVIDER_CODE"}}
	columnService   = column{what: "a service's name", names: []string{"SERVICE"}}
	columnStart     = column{what: "the first day of the term", names: []string{"START"}}
	columnEnd       = column{what: "the last day of the term", names: []string{"END"}}
	columnReference = column{what: "the reference of a data sharing agreement", names: []string{"DSA_REFERENCE"}}
	columnExpires   = column{what: "the last day of the data sharing agreement", names: []string{"DSA_EXPIRES"}}
)

// Forms of organisation codes. A network's code would also pass as a practice's: the column tells.
var (
	formPractice   = regexp.MustCompile(`^[A-Z][0-9]{5}$`)
	formNetwork    = regexp.MustCompile(`^U[0-9]{5}$`)
	formConsortium = regexp.MustCompile(`^[A-Z0-9]{3,6}$`)
)

// Limits of the API.
const (
	maxTitle        = 150
	maxPracticeName = 100
	maxRegion       = 63
	maxPatients     = 1_000_000
)
