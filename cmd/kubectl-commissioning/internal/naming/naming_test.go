package naming

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Titles of consortia and networks are the publication's ("Patients Registered at a GP Practice",
// NHS Digital, Open Government Licence v3.0) but for those that begin with Invented.

func TestBaseOfConsortia(t *testing.T) {
	tests := map[string]struct{ title, code, want string }{
		"group":                   {"NHS Tees Valley CCG", "16C", "tees-valley"},
		"commas":                  {"NHS Bristol, North Somerset and South Gloucestershire CCG", "15C", "bristol-north-somerset-and-south-gloucestershire"},
		"the longest, of 50":      {"NHS Bath and North East Somerset, Swindon and Wiltshire CCG", "92G", "bath-and-north-east-somerset-swindon-and-wiltshire"},
		"brackets":                {"NHS Central London (Westminster) CCG", "09A", "central-london-westminster"},
		"sub-ICB location":        {"NHS North East London ICB - A3A8R", "A3A8R", "north-east-london"},
		"cut at a word":           {"NHS Invented Hampshire, Southampton and the Isle of Wight Region CCG", "99A", "invented-hampshire-southampton-and-the-isle-of"},
		"no title but the ending": {"NHS CCG", "99A", "ccg"},
		"digits first":            {"NHS 1st Invented CCG", "99A", "nhs-1st-invented"},
		"Kubernetes' own":         {"NHS Kube Invented CCG", "99A", "nhs-kube-invented"},
		"OpenShift's own":         {"NHS OpenShift CCG", "99A", "nhs-openshift"},
		"accents":                 {"NHS Invented Saint-Étienne CCG", "99A", "invented-saint-etienne"},
		"no Latin letter":         {"例", "99A", ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Consortium.Base(tc.title, tc.code); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestBaseOfLocalities(t *testing.T) {
	for title, want := range map[string]string{
		"STOCKTON PCN":                "stockton",
		"TOWER HAMLETS NETWORK 1 PCN": "tower-hamlets-network-1",
		"AINSDALE & BIRKDALE PCN":     "ainsdale-and-birkdale",
		"CHANDLER'S FORD PCN":         "chandlers-ford",
		"CITY - OX3+ PCN":             "city-ox3",
		"4 DONCASTER PCN":             "pcn-4-doncaster",
		"LS25/LS26 PCN":               "ls25-ls26",
		"NORTH CORNWALL COAST":        "north-cornwall-coast",
		"BRUNEL HEALTH GROUP PCN1":    "brunel-health-group-pcn1",
		"PCN":                         "pcn",
		"  - # { : ' \" PCN":          "pcn",
		"UNALLOCATED PCN":             "unallocated",
	} {
		if got := Locality.Base(title, "U12345"); got != want {
			t.Errorf("%q: got %q, want %q", title, got, want)
		}
	}
}

func TestBaseOfProviders(t *testing.T) {
	for title, want := range map[string]string{
		"NHS North of England Commissioning Support Unit": "north-of-england-csu",
		"NHS NEL CSU": "nel-csu",
		"NHS South, Central and West Commissioning Support Unit":                "south-central-and-west-csu",
		"Optum Health Solutions (UK) Limited":                                   "optum-health-solutions-uk",
		"Commissioning Support Unit":                                            "commissioning-support-unit",
		"Invented " + strings.Repeat("Long ", 9) + "Commissioning Support Unit": "invented-long-long-long-long-long-long-long-long",
		"NHS Kube Invented Limited":                                             "provider-kube-invented",
	} {
		if got := Provider.Base(title, "0ZZ"); got != want {
			t.Errorf("%q: got %q, want %q", title, got, want)
		}
	}
}

func TestAllocate(t *testing.T) {
	tests := map[string]struct {
		kind          Kind
		titles, given map[string]string
		taken         []string
		want          map[string]string
	}{
		"titles": {kind: Consortium,
			titles: map[string]string{"16C": "NHS Tees Valley CCG", "08V": "NHS Tower Hamlets CCG"},
			want:   map[string]string{"16C": "tees-valley", "08V": "tower-hamlets"}},
		"the same title: nobody is preferred": {kind: Consortium,
			titles: map[string]string{"00T": "NHS Greater Manchester ICB - 00T", "00V": "NHS Greater Manchester ICB - 00V"},
			want:   map[string]string{"00T": "greater-manchester-00t", "00V": "greater-manchester-00v"}},
		"a name stays whatever the title": {kind: Consortium,
			titles: map[string]string{"16C": "NHS Invented CCG"}, given: map[string]string{"16C": "tees-valley"}, taken: []string{"tees-valley"},
			want: map[string]string{"16C": "tees-valley"}},
		"who is new gives way": {kind: Consortium,
			titles: map[string]string{"99A": "NHS Tees Valley CCG", "16C": "NHS Tees Valley CCG"}, given: map[string]string{"16C": "tees-valley"},
			want: map[string]string{"16C": "tees-valley", "99A": "tees-valley-99a"}},
		"a name of who left goes to nobody": {kind: Consortium,
			titles: map[string]string{"99A": "NHS Tees Valley CCG"}, taken: []string{"tees-valley"},
			want: map[string]string{"99A": "tees-valley-99a"}},
		"a title that looks like another's way out": {kind: Consortium,
			titles: map[string]string{"99A": "Tees", "99B": "Tees", "99C": "Tees 99a"},
			want:   map[string]string{"99A": "tees-99a", "99B": "tees-99b", "99C": "tees-99a-99c"}},
		"reserved namespaces": {kind: Consortium,
			titles: map[string]string{"99A": "NHS Default CCG", "99B": "NHS Commissioning System CCG"},
			want:   map[string]string{"99A": "default-99a", "99B": "commissioning-system-99b"}},
		"a network called Unallocated": {kind: Locality,
			titles: map[string]string{"": "Practices without a network", "U12345": "UNALLOCATED PCN"}, given: map[string]string{"": Unallocated},
			want: map[string]string{"": "unallocated", "U12345": "unallocated-u12345"}},
		"no Latin letter": {kind: Locality,
			titles: map[string]string{"U12345": "例", "U12346": "例"},
			want:   map[string]string{"U12345": "pcn-u12345", "U12346": "pcn-u12346"}},
		"long titles that begin alike": {kind: Locality,
			titles: map[string]string{"U12345": strings.Repeat("long ", 12) + "one", "U12346": strings.Repeat("long ", 12) + "two"},
			want:   map[string]string{"U12345": "long-long-long-long-long-long-long-long-u12345", "U12346": "long-long-long-long-long-long-long-long-u12346"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, tc.kind.Allocate(tc.titles, tc.given, tc.taken)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestLabel(t *testing.T) {
	for title, want := range map[string]string{
		"London": "london", "North East and Yorkshire": "north-east-and-yorkshire", "": "",
		strings.Repeat("a", 70): strings.Repeat("a", 63),
	} {
		if got := Label(title); got != want {
			t.Errorf("%q: got %q, want %q", title, got, want)
		}
	}
}

func TestDisplay(t *testing.T) {
	for title, want := range map[string]string{
		"STOCKTON PCN":          "Stockton PCN",
		"NHS Tower Hamlets CCG": "NHS Tower Hamlets CCG",
		"SOUTH EAST OXFORD HEALTH ALLIANCE (SEOxHA) PCN": "SOUTH EAST OXFORD HEALTH ALLIANCE (SEOxHA) PCN",
		"ST JOHN'S WOOD & MAIDA VALE PCN":                "St John's Wood & Maida Vale PCN",
		"ST. MARY\u2019S SURGERY":                        "St. Mary\u2019s Surgery",
		"SEAFORTH & LITHERLAND PCN":                      "Seaforth & Litherland PCN",
		"CENTRE FOR HEALTH AND THE YOUNG":                "Centre for Health and the Young",
		"THE SURGERY (THE MOUNT)":                        "The Surgery (The Mount)",
		"NHS NEL CSU":                                    "NHS NEL CSU",
		"SURREY & SUSSEX COMMISSIONING SUPPORT UNIT":     "Surrey & Sussex Commissioning Support Unit",
		"STANFORD-LE-HOPE PCN":                           "Stanford-le-Hope PCN",
		"BRADFORD ON AVON & MELKSHAM PCN":                "Bradford on Avon & Melksham PCN",
		"DR AP KUMAR":                                    "Dr AP Kumar",
		"DR GT HENDOW'S PRACTICE":                        "Dr GT Hendow's Practice",
		"DRS CHALMERS & MEIER":                           "Drs Chalmers & Meier",
		"DR HR MCMURRAY'S PRACTICE":                      "Dr HR McMurray's Practice",
		"THE SURGERY (O'CONNELL)":                        "The Surgery (O'Connell)",
		"WEST END P'SHIP":                                "West End P'ship",
		"'OAK HOUSE'":                                    "'Oak House'",
		"SWB MODALITY PCN":                               "SWB Modality PCN",
		"A31 GROUP PCN":                                  "A31 Group PCN",
		"4TH STREET PRACTICE2":                           "4th Street Practice2",
		"HEALTH VILLAGE/DEARNE VALLEY PCN":               "Health Village/Dearne Valley PCN",
		"BRIGHTON II PCN":                                "Brighton II PCN",
		"CAFÉ ÉTOILE":                                    "Café Étoile",
		"":                                               "",
		"- # {":                                          "- # {",
	} {
		if got := Display(title); got != want {
			t.Errorf("%q: got %q, want %q", title, got, want)
		}
	}
}

var dnsLabel = regexp.MustCompile(`^[a-z]([-a-z0-9]*[a-z0-9])?$`)

// FuzzNames gives names to three organisations with related titles, one of which has a name, and
// checks what the API and people rely on.
func FuzzNames(f *testing.F) {
	for _, title := range []string{"NHS Tees Valley CCG", "STOCKTON PCN", "kube-system", "default", "unallocated", "a-u00001", "-", "例", "4", strings.Repeat("LONG ", 30), "İstanbul", "'"} {
		f.Add(title, "STOCKTON PCN", "taken")
	}
	f.Fuzz(func(t *testing.T, one, two, taken string) {
		for _, kind := range []Kind{Consortium, Locality, Provider} {
			titles := map[string]string{"U00001": one, "U00002": two, "U00003": one + " u00001", "U00004": "whatever"}
			given := map[string]string{"U00004": "given-once"}
			names := kind.Allocate(titles, given, []string{taken, "given-once"})
			requireNames(t, kind, names, taken)
			if again := kind.Allocate(titles, names, nil); fmt.Sprint(again) != fmt.Sprint(names) {
				t.Errorf("names changed: %v, then %v", names, again)
			}
		}
		for _, title := range []string{one, two} {
			if shown := Display(title); Display(shown) != shown {
				t.Errorf("%q is shown as %q, then %q", title, shown, Display(shown))
			}
		}
	})
}

func requireNames(t *testing.T, kind Kind, names map[string]string, taken string) {
	t.Helper()
	seen := map[string]bool{}
	for code, name := range names {
		if !dnsLabel.MatchString(name) || len(name) > maxName || kind.reserved(name) || name == taken || seen[name] {
			t.Errorf("%s is named %q among %v", code, name, names)
		}
		seen[name] = true
	}
	if len(names) != 4 || names["U00004"] != "given-once" {
		t.Errorf("names %v", names)
	}
}
