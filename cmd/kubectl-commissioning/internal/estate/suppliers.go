package estate

import (
	"cmp"
	"slices"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/naming"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/publication"
)

// Supplier is an organisation that may host services for consortia.
type Supplier struct {
	Code   string
	Title  string
	Sector v1alpha1.Sector // empty: the list does not say
}

// Suppliers of the list of support units, by code.
func Suppliers(units publication.SupportUnits) []Supplier {
	var all []Supplier
	for _, unit := range units.Units {
		all = append(all, Supplier{Code: unit.Code, Title: naming.Display(unit.Name), Sector: unit.Sector})
	}
	slices.SortFunc(all, func(x, y Supplier) int { return cmp.Compare(x.Code, y.Code) })
	return all
}

// CompareSuppliers says what has changed between two lists of suppliers.
func CompareSuppliers(before, after []Supplier) Difference {
	return diff(supplierItems(before), supplierItems(after))
}

func supplierItems(suppliers []Supplier) map[string]Item {
	items := map[string]Item{}
	for _, s := range suppliers {
		items[s.Code] = Item{Code: s.Code, Title: s.Title}
	}
	return items
}
