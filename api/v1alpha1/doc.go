// Package v1alpha1 is the contract of the Commissioning Support Operator: the kinds that describe
// consortia of GP practices, their localities, the catalogue of support functions and the
// functions that a consortium runs for itself.
//
// A default that a field documents is applied when the field is absent; it is never written into
// the object, so that what a user said stays what the object says.
//
// +kubebuilder:object:generate=true
// +groupName=commissioning.support
package v1alpha1
