package publication

import "regexp"

// The files of the publication, as messages name them.
const (
	mapRole   = "the publication's map of practices (gp-reg-pat-prac-map.csv)"
	listsRole = "the publication's list sizes (gp-reg-pat-prac-all.csv)"
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
