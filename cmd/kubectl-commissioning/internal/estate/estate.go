// Package estate is the country as the publication describes it: consortia, their localities and
// practices, and the registered patients.
package estate

import (
	"iter"
	"slices"
	"strings"
)

// Practice is a GP practice and the patients registered with it.
type Practice struct {
	Code     string
	Name     string
	Patients *int32 // nil: not published
}

// Locality is a network's practices within one consortium.
type Locality struct {
	Code      string // empty: the practices that are in no network
	Title     string
	Practices []Practice // by code
}

// Consortium is a commissioner and its localities.
type Consortium struct {
	Code       string
	Title      string
	Region     string
	Localities []Locality // by code, those without a network first
}

// Estate is what one edition of the publication describes.
type Estate struct {
	AsOf      string       // the day of the list sizes, year-month-day
	Consortia []Consortium // by code
}

// UnallocatedTitle is how people read the locality of the practices that are in no network.
const UnallocatedTitle = "Practices without a network"

// Patients registered with the practices of a locality.
func (l Locality) Patients() int64 {
	var sum int64
	for _, p := range l.Practices {
		if p.Patients != nil {
			sum += int64(*p.Patients)
		}
	}
	return sum
}

// PracticeCodes of a consortium, in order.
func (c Consortium) PracticeCodes() []string {
	var codes []string
	for _, l := range c.Localities {
		for _, p := range l.Practices {
			codes = append(codes, p.Code)
		}
	}
	slices.Sort(codes)
	return codes
}

// Localities of all consortia.
func (e Estate) Localities() iter.Seq2[Consortium, Locality] {
	return func(yield func(Consortium, Locality) bool) {
		for _, c := range e.Consortia {
			for _, l := range c.Localities {
				if !yield(c, l) {
					return
				}
			}
		}
	}
}

// Regions of the estate, in order.
func (e Estate) Regions() []string {
	var regions []string
	for _, c := range e.Consortia {
		if !slices.Contains(regions, c.Region) {
			regions = append(regions, c.Region)
		}
	}
	slices.Sort(regions)
	return regions
}

// Within is the part of the estate that lies in some regions, named in any case; all of it if none
// is named.
func (e Estate) Within(regions []string) Estate {
	if len(regions) == 0 {
		return e
	}
	part := Estate{AsOf: e.AsOf}
	for _, c := range e.Consortia {
		if slices.ContainsFunc(regions, func(region string) bool { return strings.EqualFold(region, c.Region) }) {
			part.Consortia = append(part.Consortia, c)
		}
	}
	return part
}
