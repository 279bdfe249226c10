package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// GroupVersion is the group and version of every kind in this package.
var GroupVersion = schema.GroupVersion{Group: "commissioning.support", Version: "v1alpha1"}

var (
	schemeBuilder = runtime.NewSchemeBuilder(addKnownTypes)

	// AddToScheme makes the kinds of this package known to a scheme.
	AddToScheme = schemeBuilder.AddToScheme
)

func addKnownTypes(scheme *runtime.Scheme) error {
	scheme.AddKnownTypes(GroupVersion,
		&Consortium{}, &ConsortiumList{},
		&HostedService{}, &HostedServiceList{},
		&Locality{}, &LocalityList{},
		&MemberFunction{}, &MemberFunctionList{},
		&SupportAgreement{}, &SupportAgreementList{},
		&SupportFunction{}, &SupportFunctionList{},
		&SupportFunctionRevision{}, &SupportFunctionRevisionList{},
		&SupportProvider{}, &SupportProviderList{},
	)
	metav1.AddToGroupVersion(scheme, GroupVersion)
	return nil
}
