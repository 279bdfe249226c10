package gitops

import (
	"cmp"
	"maps"
	"slices"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/estate"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/naming"
)

// Plan is what an import makes of the output folder.
type Plan struct {
	Folders   []Folder   // to be written, by code
	Suppliers []Supplier // likewise
	Gone      Gone       // what the publication no longer holds
	Bare      []string   // new consortia without people and functions, where earlier ones have some

	// Before and BeforeAsOf are what the folder held of the part that is imported.
	Before          []estate.Consortium
	BeforeSuppliers []estate.Supplier
	BeforeAsOf      string

	earlier Earlier
	names   map[string]string // of all consortia of the publication, by code
}

// Gone is what the publication no longer holds. It stays in the output folder until somebody lets
// it go.
type Gone struct {
	Consortia  []Folder
	Localities []GoneLocality
	Suppliers  []Supplier
}

// GoneLocality is a locality that left a consortium which stays.
type GoneLocality struct {
	Folder   string
	Locality v1alpha1.Locality
}

// Len counts what is gone.
func (g Gone) Len() int { return len(g.Consortia) + len(g.Localities) + len(g.Suppliers) }

// NewPlan says what becomes of the output folder. All is what the publication holds, so that names
// do not depend on the part that is imported; part is what is imported.
func NewPlan(all, part estate.Estate, earlier Earlier, options Options) Plan {
	p := Plan{earlier: earlier, names: consortiumNames(all, earlier), BeforeAsOf: earlier.AsOf()}
	networks := networkNames(earlier)
	for _, c := range part.Consortia {
		before, found := earlier.Folders[c.Code]
		if found {
			p.Before = append(p.Before, before.Estate())
		}
		r := renderer{options: options, asOf: part.AsOf, name: p.names[c.Code], earlier: before, localities: localityNames(c, before, networks)}
		folder := r.folder(c)
		for _, l := range missing(before, c) {
			p.Gone.Localities = append(p.Gone.Localities, GoneLocality{Folder: folder.Name(), Locality: l})
			folder.Localities = append(folder.Localities, l)
		}
		if !found && isBare(folder) && !allBare(earlier) {
			p.Bare = append(p.Bare, folder.Name())
		}
		p.Folders = append(p.Folders, folder)
	}
	for _, folder := range p.Folders { // who comes back is not retired
		delete(p.earlier.Retired.Consortia, folder.Code())
	}
	p.Gone.Consortia = goneConsortia(all, part, earlier)
	for _, folder := range p.Gone.Consortia {
		p.Before = append(p.Before, folder.Estate())
	}
	return p
}

func isBare(f Folder) bool {
	return len(f.MemberFunctions)+len(f.Consortium.Spec.Access.Admins)+len(f.Consortium.Spec.Access.Viewers) == 0
}

func allBare(earlier Earlier) bool {
	for _, folder := range earlier.Folders {
		if !isBare(folder) {
			return false
		}
	}
	return true
}

// LetGo removes from the plan what is gone.
func (p *Plan) LetGo() {
	for i := range p.Folders {
		p.Folders[i].Localities = slices.DeleteFunc(p.Folders[i].Localities, func(l v1alpha1.Locality) bool {
			return slices.ContainsFunc(p.Gone.Localities, func(g GoneLocality) bool {
				return g.Folder == p.Folders[i].Name() && g.Locality.Name == l.Name
			})
		})
	}
	for _, folder := range p.Gone.Consortia {
		p.earlier.Retired.Consortia = with(p.earlier.Retired.Consortia, map[string]string{folder.Code(): folder.Name()})
		delete(p.earlier.Folders, folder.Code())
	}
	for _, supplier := range p.Gone.Suppliers {
		p.earlier.Retired.Providers = with(p.earlier.Retired.Providers, map[string]string{supplier.Code(): supplier.Name()})
		delete(p.earlier.Suppliers, supplier.Code())
	}
}

// consortiumNames gives names to all consortia of the publication. A name that somebody bears or
// has borne goes to nobody else: its namespace may still hold that consortium's data.
func consortiumNames(all estate.Estate, earlier Earlier) map[string]string {
	given, titles := earlier.consortiumNames(), map[string]string{}
	for _, c := range all.Consortia {
		titles[c.Code] = c.Title
	}
	taken := slices.Concat(slices.Collect(maps.Values(given)), slices.Collect(maps.Values(earlier.supplierNames())))
	return naming.Consortium.Allocate(titles, given, taken)
}

// consortiumNames are the names that consortia have or had, by organisation code.
func (e Earlier) consortiumNames() map[string]string {
	names := with(maps.Clone(e.Retired.Consortia), nil)
	for code, folder := range e.Folders {
		names[code] = folder.Name()
	}
	return names
}

// networkNames are the names that networks have in any consortium; of several, the first.
func networkNames(earlier Earlier) map[string]string {
	names := map[string]string{}
	for _, code := range slices.Sorted(maps.Keys(earlier.Folders)) {
		for _, l := range earlier.Folders[code].Localities {
			network := string(l.Spec.OrganisationCode)
			if _, found := names[network]; !found {
				names[network] = l.Name
			}
		}
	}
	return names
}

// localityNames gives names to a consortium's localities: those that they have there, those that
// they have in another consortium if they are free here, and new ones.
func localityNames(c estate.Consortium, before Folder, networks map[string]string) map[string]string {
	given, titles := map[string]string{}, map[string]string{}
	var taken []string
	for _, l := range before.Localities {
		given[string(l.Spec.OrganisationCode)] = l.Name
		taken = append(taken, l.Name)
	}
	for _, l := range c.Localities {
		if l.Code == "" {
			given[""] = naming.Unallocated
		} else if name, found := networks[l.Code]; found && given[l.Code] == "" && !slices.Contains(taken, name) {
			given[l.Code] = name
			taken = append(taken, name)
		}
		titles[l.Code] = l.Title
	}
	return naming.Locality.Allocate(titles, given, taken)
}

// missing are the localities that the publication no longer has in a consortium.
func missing(before Folder, now estate.Consortium) []v1alpha1.Locality {
	var gone []v1alpha1.Locality
	for _, l := range before.Localities {
		if !slices.ContainsFunc(now.Localities, func(n estate.Locality) bool { return n.Code == string(l.Spec.OrganisationCode) }) {
			gone = append(gone, l)
		}
	}
	return gone
}

// goneConsortia are those that the publication no longer holds. An import of some regions does not
// speak of the others.
func goneConsortia(all, part estate.Estate, earlier Earlier) []Folder {
	published, regions := map[string]bool{}, map[string]bool{}
	for _, c := range all.Consortia {
		published[c.Code] = true
	}
	for _, region := range part.Regions() {
		regions[naming.Label(region)] = true
	}
	whole := len(part.Consortia) == len(all.Consortia)
	var gone []Folder
	for _, folder := range earlier.Folders {
		if !published[folder.Code()] && (whole || regions[folder.Estate().Region]) {
			gone = append(gone, folder)
		}
	}
	slices.SortFunc(gone, func(x, y Folder) int { return cmp.Compare(x.Code(), y.Code()) })
	return gone
}
