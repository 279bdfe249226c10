package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// SupplierState is how a supplier stands for an agreement.
//
// +kubebuilder:validation:Enum=InForce;Standby;Waiting;Unavailable;NotAccepting;Full;NotAssured;NoDataSharing;StoodDown;NotFound;Unknown
type SupplierState string

// States of a supplier of an agreement.
const (
	// SupplierInForce supplies now.
	SupplierInForce SupplierState = "InForce"
	// SupplierStandby could supply.
	SupplierStandby SupplierState = "Standby"
	// SupplierWaiting has no room; the agreement waits for a place there.
	SupplierWaiting SupplierState = "Waiting"
	// SupplierUnavailable does not serve.
	SupplierUnavailable SupplierState = "Unavailable"
	// SupplierNotAccepting does not consent: to this consortium, to this term, or to anybody new.
	SupplierNotAccepting SupplierState = "NotAccepting"
	// SupplierFull has no room, and the agreement does not wait for it.
	SupplierFull SupplierState = "Full"
	// SupplierNotAssured lacks an assurance that the function requires.
	SupplierNotAssured SupplierState = "NotAssured"
	// SupplierNoDataSharing lacks a data sharing agreement in force.
	SupplierNoDataSharing SupplierState = "NoDataSharing"
	// SupplierStoodDown was stood down by the consortium.
	SupplierStoodDown SupplierState = "StoodDown"
	// SupplierNotFound does not exist (yet), or offers another function.
	SupplierNotFound SupplierState = "NotFound"
	// SupplierUnknown cannot be judged just now.
	SupplierUnknown SupplierState = "Unknown"
)

// SupplierStatus is how one supplier of the list stands.
type SupplierStatus struct {
	// provider named.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Provider string `json:"provider,omitempty"`

	// service named, or by default.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Service string `json:"service,omitempty"`

	// state of the supplier.
	// +required
	State SupplierState `json:"state,omitempty"`

	// since when it stands so.
	// +required
	Since *metav1.Time `json:"since,omitempty"`

	// message says why, for people.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	Message string `json:"message,omitempty"`
}

// AcceptedBy says how a service came to accept a consortium.
//
// +kubebuilder:validation:Enum=Name;Selector;Everyone
type AcceptedBy string

// Ways in which a service accepts a consortium.
const (
	AcceptedByName     AcceptedBy = "Name"
	AcceptedBySelector AcceptedBy = "Selector"
	AcceptedByEveryone AcceptedBy = "Everyone"
)

// AcceptanceRecord is the consent of a supplier, as it was seen.
//
// +kubebuilder:validation:MinProperties=1
type AcceptanceRecord struct {
	// provider that accepts.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Provider string `json:"provider,omitempty"`

	// service that accepts.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Service string `json:"service,omitempty"`

	// serviceGeneration at which the consent was first seen.
	// +required
	// +kubebuilder:validation:Minimum=1
	ServiceGeneration int64 `json:"serviceGeneration,omitempty"`

	// by which part of its spec it accepts.
	// +required
	By AcceptedBy `json:"by,omitempty"`

	// since when.
	// +required
	Since *metav1.Time `json:"since,omitempty"`
}

// SupplierInForceStatus is the supplier that supplies now.
//
// +kubebuilder:validation:MinProperties=1
type SupplierInForceStatus struct {
	// provider that supplies.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Provider string `json:"provider,omitempty"`

	// service that supplies.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Service string `json:"service,omitempty"`

	// since when.
	// +required
	Since *metav1.Time `json:"since,omitempty"`

	// reason for which it was chosen.
	// +required
	Reason SwitchReason `json:"reason,omitempty"`
}

// SwitchReason is why the supplier changed.
//
// +kubebuilder:validation:Enum=Accepted;Failover;FailBack;StoodDown;Reordered;Drained;ConsentWithdrawn;DataSharingLapsed;AssuranceLapsed;TermEnded;SupplierGone;Withdrawn
type SwitchReason string

// Reasons for a change of supplier.
const (
	// SwitchAccepted: the first supplier of the agreement.
	SwitchAccepted SwitchReason = "Accepted"
	// SwitchFailover: the one before was confirmed to be out.
	SwitchFailover SwitchReason = "Failover"
	// SwitchFailBack: an earlier choice is available again, or has room.
	SwitchFailBack SwitchReason = "FailBack"
	// SwitchStoodDown: the consortium stood the one before down.
	SwitchStoodDown SwitchReason = "StoodDown"
	// SwitchReordered: the consortium changed the list.
	SwitchReordered SwitchReason = "Reordered"
	// SwitchDrained: the one before moves its consortia on, or goes.
	SwitchDrained SwitchReason = "Drained"
	// SwitchConsentWithdrawn: the one before no longer accepts the consortium.
	SwitchConsentWithdrawn SwitchReason = "ConsentWithdrawn"
	// SwitchDataSharingLapsed: the data sharing agreement with the one before is no longer in force.
	SwitchDataSharingLapsed SwitchReason = "DataSharingLapsed"
	// SwitchAssuranceLapsed: the one before lacks an assurance.
	SwitchAssuranceLapsed SwitchReason = "AssuranceLapsed"
	// SwitchTermEnded: the term is over, or has been moved.
	SwitchTermEnded SwitchReason = "TermEnded"
	// SwitchSupplierGone: the one before no longer exists.
	SwitchSupplierGone SwitchReason = "SupplierGone"
	// SwitchWithdrawn: the agreement no longer stands, for another reason that its conditions give.
	SwitchWithdrawn SwitchReason = "Withdrawn"
)

// Switch is one change of supplier.
type Switch struct {
	// time of the change.
	// +required
	Time *metav1.Time `json:"time,omitempty"`

	// from is the service that supplied before, as provider/service. Absent where none did.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=127
	From string `json:"from,omitempty"`

	// to is the service that supplies since, as provider/service. Absent where none does.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=127
	To string `json:"to,omitempty"`

	// reason of the change.
	// +required
	Reason SwitchReason `json:"reason,omitempty"`

	// message says more, for people.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=256
	Message string `json:"message,omitempty"`
}

// NextAction is what happens next.
//
// +kubebuilder:validation:Enum=None;FailOver;FailBack;Withdraw;Renew
type NextAction string

// What happens next to an agreement.
const (
	// NextNone: nothing, unless something changes.
	NextNone NextAction = "None"
	// NextFailOver: the next supplier takes over, unless the present one recovers.
	NextFailOver NextAction = "FailOver"
	// NextFailBack: the agreement returns to an earlier choice.
	NextFailBack NextAction = "FailBack"
	// NextWithdraw: access ends with the term, the data sharing agreement or an assurance.
	NextWithdraw NextAction = "Withdraw"
	// NextRenew: people renew the term, the data sharing agreement or an assurance.
	NextRenew NextAction = "Renew"
)

// Next is what happens next to an agreement, and not before when.
//
// +kubebuilder:validation:MinProperties=1
type Next struct {
	// action that follows.
	// +required
	Action NextAction `json:"action,omitempty"`

	// to is the service that the agreement moves to, as provider/service.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=127
	To string `json:"to,omitempty"`

	// notBefore is the earliest time at which it happens. Absent where that depends on something else.
	// +optional
	NotBefore *metav1.Time `json:"notBefore,omitempty"`
}

// BindingReference names the Secret that gives access (the duck type Provisioned Service of the
// Service Binding specification, https://servicebinding.io/spec/core/1.1.0/).
//
// +kubebuilder:validation:MinProperties=1
type BindingReference struct {
	// name of the Secret, in the agreement's namespace.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name,omitempty"`
}

// SupportAgreementStatus is who supplies the function now, why, until when, and what happens next.
//
// +kubebuilder:validation:MinProperties=1
type SupportAgreementStatus struct {
	// conditions are Ready, FunctionResolved, Accepted, Admitted, InTerm, DataSharingInForce,
	// SupplierAssured, SupplierAvailable, Bound, FallbackActive, FallbackReady and Expiring. All speak
	// of the supplier in force, or of the first choice where there is none.
	// +optional
	// +listType=map
	// +listMapKey=type
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	Conditions []metav1.Condition `json:"conditions,omitempty"`

	// observedGeneration is the generation of the spec that this status speaks of.
	// -1 before the operator has seen the object.
	// +optional
	// +kubebuilder:validation:Minimum=-1
	ObservedGeneration *int64 `json:"observedGeneration,omitempty"`

	// admittedAt is when the agreement was first given a place.
	// +optional
	AdmittedAt *metav1.Time `json:"admittedAt,omitempty"`

	// acceptance is the consent of the supplier in force.
	// +optional
	Acceptance AcceptanceRecord `json:"acceptance,omitempty,omitzero"`

	// supplier in force. Absent where there is none.
	// +optional
	Supplier SupplierInForceStatus `json:"supplier,omitempty,omitzero"`

	// suppliers as they stand, in the order of the list.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=5
	Suppliers []SupplierStatus `json:"suppliers,omitempty"`

	// next is what happens next.
	// +optional
	Next Next `json:"next,omitempty,omitzero"`

	// binding names the Secret that gives access. Absent where there is none.
	// +optional
	Binding BindingReference `json:"binding,omitempty,omitzero"`

	// expires is the earliest of the days on which the term, the data sharing agreement and the
	// assurances of the supplier in force end. Absent where none of them does.
	// +optional
	Expires Date `json:"expires,omitempty"`

	// history of the changes of supplier, the newest first, at most 20.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=20
	History []Switch `json:"history,omitempty"`
}
