package amend

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// engines write specs from a repository, again and again, by the beginning of their field managers'
// names.
var engines = []struct{ manager, name string }{
	{"kustomize-controller", "Flux"},
	{"helm-controller", "Flux"},
	{"flux", "Flux"},
	{"gotk", "Flux"},
	{"argocd", "Argo CD"},
	{"argo-cd", "Argo CD"},
	{"fleet", "Fleet"},
	{"configsync", "Config Sync"},
}

// Engine that owns one of some fields of the spec, as people call it and by its field manager; empty: none.
func Engine(o metav1.Object, fields ...string) string {
	for _, entry := range o.GetManagedFields() {
		if entry.Subresource != "" || !slices.ContainsFunc(fields, func(field string) bool { return owns(entry, field) }) {
			continue
		}
		for _, engine := range engines {
			if strings.HasPrefix(entry.Manager, engine.manager) {
				return fmt.Sprintf("%s (%s)", engine.name, entry.Manager)
			}
		}
	}
	return ""
}

// owns says whether a manager owns a field of the spec, or anything in it.
func owns(entry metav1.ManagedFieldsEntry, field string) bool {
	if entry.FieldsV1 == nil {
		return false
	}
	var fields struct {
		Spec map[string]json.RawMessage `json:"f:spec"`
	}
	if err := json.Unmarshal(entry.FieldsV1.GetRawBytes(), &fields); err != nil {
		return false
	}
	_, owned := fields.Spec["f:"+field]
	return owned
}

// ManagedSince is when a field manager last changed the spec, by the clock of the API server.
func ManagedSince(o metav1.Object, manager string) (metav1.Time, bool) {
	for _, entry := range o.GetManagedFields() {
		if entry.Manager == manager && entry.Subresource == "" && entry.Time != nil {
			return *entry.Time, true
		}
	}
	return metav1.Time{}, false
}

// SuppliersYAML is the list of suppliers as a manifest, to be committed.
func SuppliersYAML(a *v1alpha1.SupportAgreement) (string, error) {
	return manifest(a, map[string]any{"suppliers": a.Spec.Suppliers})
}

// TokensYAML is the revocation as a manifest, to be committed.
func TokensYAML(a *v1alpha1.SupportAgreement) (string, error) {
	return manifest(a, map[string]any{"tokensNotBefore": a.Spec.TokensNotBefore})
}

func manifest(a *v1alpha1.SupportAgreement, spec map[string]any) (string, error) {
	return write(v1alpha1.SupportAgreementKind, map[string]string{"name": a.Name, "namespace": a.Namespace}, spec)
}

func write(kind string, metadata map[string]string, spec map[string]any) (string, error) {
	text, err := yaml.Marshal(map[string]any{"apiVersion": v1alpha1.GroupVersion.String(), "kind": kind, "metadata": metadata, "spec": spec})
	if err != nil {
		return "", fmt.Errorf("write the manifest: %w", err)
	}
	return string(text), nil
}
