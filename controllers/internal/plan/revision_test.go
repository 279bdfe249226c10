package plan_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
)

// entry is a catalogue entry that has made revision 3.
func entry(changes ...func(*v1alpha1.SupportFunction)) *v1alpha1.SupportFunction {
	f := &v1alpha1.SupportFunction{
		ObjectMeta: metav1.ObjectMeta{Name: "referral-management"},
		Spec: v1alpha1.SupportFunctionSpec{
			Title: "Referral management", Delivery: v1alpha1.DeliveryMemberOnly,
			Workload: v1alpha1.Workload{Image: "ghcr.io/example/referral-management:3", Port: 8080},
			Sizing:   v1alpha1.Sizing{PatientsPerReplica: 250_000, MaxReplicas: 4},
		},
		Status: v1alpha1.SupportFunctionStatus{Revision: 3},
	}
	f.Spec.Parameters.Schema.OpenAPIV3Schema = &runtime.RawExtension{Raw: []byte(`{"type":"object","properties":{"days":{"type":"integer","default":7}}}`)}
	for _, change := range changes {
		change(f)
	}
	return f
}

func keptOf(f *v1alpha1.SupportFunction, number int64) v1alpha1.SupportFunctionRevision {
	return v1alpha1.SupportFunctionRevision{Spec: v1alpha1.SupportFunctionRevisionSpec{
		Function: v1alpha1.ObjectName(f.Name), Revision: number, Workload: f.Spec.Workload, Parameters: f.Spec.Parameters, Sizing: f.Spec.Sizing,
	}}
}

func withSchema(schema string) func(*v1alpha1.SupportFunction) {
	return func(f *v1alpha1.SupportFunction) {
		f.Spec.Parameters.Schema.OpenAPIV3Schema = &runtime.RawExtension{Raw: []byte(schema)}
	}
}

func TestR12_WhatMakesARevision(t *testing.T) {
	image := func(version string) func(*v1alpha1.SupportFunction) {
		return func(f *v1alpha1.SupportFunction) {
			f.Spec.Workload.Image = "ghcr.io/example/referral-management:" + version
		}
	}
	kept := []v1alpha1.SupportFunctionRevision{keptOf(entry(image("2")), 2), keptOf(entry(), 3), keptOf(entry(image("1")), 1)}
	tests := map[string]struct {
		change func(*v1alpha1.SupportFunction)
		kept   []v1alpha1.SupportFunctionRevision
		want   int64
		isNew  bool
	}{
		"the first":                        {func(f *v1alpha1.SupportFunction) { f.Status.Revision = 0 }, nil, 1, true},
		"nothing changed":                  {func(*v1alpha1.SupportFunction) {}, kept, 3, false},
		"another image":                    {image("4"), kept, 4, true},
		"an image that it had before":      {image("1"), kept, 1, false},
		"another size":                     {func(f *v1alpha1.SupportFunction) { f.Spec.Sizing.MaxReplicas = 5 }, kept, 4, true},
		"another default of a parameter":   {withSchema(`{"type":"object","properties":{"days":{"type":"integer","default":8}}}`), kept, 4, true},
		"the same schema in another order": {withSchema(`{"properties":{"days":{"default":7,"type":"integer"}},"type":"object"}`), kept, 3, false},
		"words for people, and for suppliers": {func(f *v1alpha1.SupportFunction) {
			f.Spec.Title, f.Spec.Description, f.Spec.Rollout.State = "Referrals", "Decisions", v1alpha1.RolloutPaused
		}, kept, 3, false},
		"a number is never given twice, also where its revision is gone": {image("9"), kept[:1], 4, true},
		"nor where only a layer knows it": {func(f *v1alpha1.SupportFunction) {
			image("9")(f)
			f.Status.Rollout.Layers = []v1alpha1.RolloutLayer{{Revision: 7}, {Revision: 3}}
		}, kept, 8, true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			f := entry(tc.change)
			got, isNew := plan.RevisionOf(f, tc.kept)
			if got.Revision != tc.want || isNew != tc.isNew {
				t.Errorf("it is revision %d, new %t; want %d, %t", got.Revision, isNew, tc.want, tc.isNew)
			}
			if diff := cmp.Diff(keptOf(f, tc.want).Spec, got); diff != "" {
				t.Errorf("the revision differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestR12_RevisionsAreKeptWhileUsedAndTenMore(t *testing.T) {
	var kept []v1alpha1.SupportFunctionRevision
	for number := int64(15); number >= 1; number-- {
		kept = append(kept, keptOf(entry(), number))
	}
	tests := []struct {
		used map[int64]bool
		want []int64
	}{
		{nil, []int64{1, 2, 3, 4, 5}},
		{map[int64]bool{15: true, 2: true, 4: true}, []int64{1, 3}},
		{map[int64]bool{1: true, 2: true, 3: true, 4: true, 5: true}, []int64{}},
	}
	for _, tc := range tests {
		t.Run(fmt.Sprint(tc.used), func(t *testing.T) {
			if diff := cmp.Diff(tc.want, plan.ExpiredRevisions(kept, tc.used)); diff != "" {
				t.Errorf("expired (-want +got):\n%s", diff)
			}
		})
	}
}
