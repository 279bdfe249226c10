package diagnosis

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// kinds as this plugin knows them.
var kinds = []struct {
	name string
	is   reflect.Type
}{
	{v1alpha1.ConsortiumKind, reflect.TypeFor[v1alpha1.Consortium]()},
	{v1alpha1.HostedServiceKind, reflect.TypeFor[v1alpha1.HostedService]()},
	{v1alpha1.LocalityKind, reflect.TypeFor[v1alpha1.Locality]()},
	{v1alpha1.MemberFunctionKind, reflect.TypeFor[v1alpha1.MemberFunction]()},
	{v1alpha1.SupportAgreementKind, reflect.TypeFor[v1alpha1.SupportAgreement]()},
	{v1alpha1.SupportFunctionKind, reflect.TypeFor[v1alpha1.SupportFunction]()},
	{v1alpha1.SupportFunctionRevisionKind, reflect.TypeFor[v1alpha1.SupportFunctionRevision]()},
	{v1alpha1.SupportProviderKind, reflect.TypeFor[v1alpha1.SupportProvider]()},
}

// served is the schema that the API server serves in this plugin's version; nil: it serves none.
func served(c *apiextensionsv1.CustomResourceDefinition) *apiextensionsv1.JSONSchemaProps {
	isEstablished := slices.ContainsFunc(c.Status.Conditions, func(one apiextensionsv1.CustomResourceDefinitionCondition) bool {
		return one.Type == apiextensionsv1.Established && one.Status == apiextensionsv1.ConditionTrue
	})
	for _, v := range c.Spec.Versions {
		if isEstablished && v.Served && v.Name == v1alpha1.GroupVersion.Version && v.Schema != nil {
			return v.Schema.OpenAPIV3Schema
		}
	}
	return nil
}

// compare says which fields of a type the schema lacks, and which of the schema the type does not know. It
// looks into types of this API only: those of Kubernetes are what they are.
func compare(t reflect.Type, s apiextensionsv1.JSONSchemaProps, path string) (lacking, unknown []string) {
	switch t.Kind() {
	case reflect.Pointer:
		return compare(t.Elem(), s, path)
	case reflect.Slice:
		if s.Items != nil && s.Items.Schema != nil {
			return compare(t.Elem(), *s.Items.Schema, path)
		}
		return nil, nil
	case reflect.Struct:
	default:
		return nil, nil
	}
	if t.PkgPath() != reflect.TypeFor[v1alpha1.Consortium]().PkgPath() {
		return nil, nil
	}
	known := fieldsOf(t)
	for _, name := range slices.Sorted(maps.Keys(known)) {
		below, isThere := s.Properties[name]
		if !isThere {
			lacking = append(lacking, path+"."+name)
			continue
		}
		older, newer := compare(known[name], below, path+"."+name)
		lacking, unknown = append(lacking, older...), append(unknown, newer...)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		if _, isKnown := known[name]; !isKnown {
			unknown = append(unknown, path+"."+name)
		}
	}
	return lacking, unknown
}

// fieldsOf a type, by their names in JSON. What is embedded without a name belongs to it.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	all := map[string]reflect.Type{}
	for field := range t.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "" && field.Anonymous {
			maps.Copy(all, fieldsOf(field.Type))
		} else if name != "" {
			all[name] = field.Type
		}
	}
	return all
}
