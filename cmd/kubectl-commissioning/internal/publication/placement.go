package publication

// Placement is a row of the map: to which network and consortium a practice belongs.
type Placement struct {
	Line           int
	Practice       string
	PracticeName   string
	Network        string // empty: the practice is in no network
	NetworkName    string
	Consortium     string
	ConsortiumName string
	Region         string
}

// Repeat is a row that names a practice which an earlier row names already. It does not count.
type Repeat struct {
	File     string
	Line     int
	Earlier  int
	Practice string
}

// Map is the publication's map of practices.
type Map struct {
	File       string
	Date       string // year-month-day
	Placements []Placement
	Repeats    []Repeat
}

var mapColumns = []column{columnDate, columnPractice, columnPracticeName, columnNetwork, columnNetworkName,
	columnConsortium, columnConsortiumName, columnRegion}

// ReadMap reads the map of practices. The error names file, line and column of what cannot be
// understood.
func ReadMap(file string, data []byte) (Map, error) {
	t, err := openTable(file, data, mapRole, mapColumns)
	if err != nil {
		return Map{}, err
	}
	m := Map{File: file}
	seen := map[string]int{}
	for t.next() {
		m.Date = t.date(columnDate, m.Date)
		placement := readPlacement(t)
		if earlier, found := seen[placement.Practice]; found {
			m.Repeats = append(m.Repeats, Repeat{File: file, Line: t.line, Earlier: earlier, Practice: placement.Practice})
			continue
		}
		seen[placement.Practice] = t.line
		m.Placements = append(m.Placements, placement)
	}
	if err := t.finish(mapRole); err != nil {
		return Map{}, err
	}
	return m, nil
}

func readPlacement(t *table) Placement {
	p := Placement{
		Line:           t.line,
		Practice:       t.code(columnPractice, formPractice, "A81001"),
		PracticeName:   t.name(columnPracticeName, maxPracticeName),
		Consortium:     t.code(columnConsortium, formConsortium, "08V or A3A8R"),
		ConsortiumName: t.name(columnConsortiumName, maxTitle),
		Region:         t.name(columnRegion, maxRegion),
	}
	if network := t.value(columnNetwork); network != "" && network != "U" && network != "u" {
		p.Network = t.code(columnNetwork, formNetwork, "U07032, nor U for a practice in no network")
		p.NetworkName = t.name(columnNetworkName, maxTitle)
	}
	return p
}
