package v1alpha1

import "time"

// OrganisationCode is a code of the Organisation Data Service: 3 to 6 capital letters and digits.
// Such codes are never changed and never reused.
//
// +kubebuilder:validation:MinLength=3
// +kubebuilder:validation:MaxLength=6
// +kubebuilder:validation:XValidation:rule="self.matches('^[A-Z0-9]{3,6}$')",message="must be an organisation code: 3 to 6 capital letters and digits, such as 08V"
type OrganisationCode string

// PracticeCode is the organisation code of a GP practice: one capital letter and five digits.
//
// +kubebuilder:validation:MinLength=6
// +kubebuilder:validation:MaxLength=6
// +kubebuilder:validation:XValidation:rule="self.matches('^[A-Z][0-9]{5}$')",message="must be the organisation code of a practice: one capital letter and five digits, such as F84123"
type PracticeCode string

// Title is a name for people.
//
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=150
// +kubebuilder:validation:XValidation:rule=`self.findAll("(\\b|[^0-9])[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}(\\b|[^0-9])").map(m, m.findAll("[0-9]")).all(d, [0,1,2,3,4,5,6,7,8,9].map(i, int(d[i]) * (10 - i)).sum() % 11 != 0)`,message="must not hold an NHS number: nothing about a patient belongs here"
type Title string

// Description is free text for people, of a few sentences.
//
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=500
// +kubebuilder:validation:XValidation:rule=`self.findAll("(\\b|[^0-9])[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}(\\b|[^0-9])").map(m, m.findAll("[0-9]")).all(d, [0,1,2,3,4,5,6,7,8,9].map(i, int(d[i]) * (10 - i)).sum() % 11 != 0)`,message="must not hold an NHS number: nothing about a patient belongs here"
type Description string

// Date is a calendar day, written year-month-day.
//
// +kubebuilder:validation:MinLength=10
// +kubebuilder:validation:MaxLength=10
// +kubebuilder:validation:Format=date
type Date string

// ObjectName is the name of an object of this API that becomes the name of a Service or a
// namespace: a lower-case letter, then letters, digits and hyphens, at most 50.
//
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=50
// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",message="must start with a lower-case letter and hold only lower-case letters, digits and hyphens, such as tower-hamlets"
type ObjectName string

// Duration is a span of time in hours, minutes and seconds, such as 5m or 1h30m.
//
// +kubebuilder:validation:MinLength=2
// +kubebuilder:validation:MaxLength=20
// +kubebuilder:validation:XValidation:rule="self.matches('^([0-9]{1,5}(s|m|h)){1,3}$')",message="must be hours, minutes and seconds, such as 5m or 1h30m"
type Duration string

// Or is the duration, or the default where it was left out or cannot be read.
func (d Duration) Or(byDefault time.Duration) time.Duration {
	given, err := time.ParseDuration(string(d))
	if err != nil {
		return byDefault
	}
	return given
}

// Period is a span of calendar days, months and years (ISO 8601), such as P24M or P1Y6M.
//
// +kubebuilder:validation:MinLength=3
// +kubebuilder:validation:MaxLength=16
// +kubebuilder:validation:XValidation:rule="self.matches('^P([0-9]{1,3}Y)?([0-9]{1,4}M)?([0-9]{1,5}D)?$') && self.size() > 2",message="must be a period of years, months and days, such as P24M or P1Y6M"
type Period string
