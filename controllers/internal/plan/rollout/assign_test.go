package rollout_test

import (
	"fmt"
	"testing"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan/rollout"
)

func TestR12_WhatAnInstanceIsAssigned(t *testing.T) {
	bolton := rollout.Instance{Namespace: "bolton", Name: function}
	// The first 16 digits of: printf referral-management/3/bolton/referral-management | sha256sum.
	const place, below, above = "64cc7967484fce7f", "64cc7967484fce7e", "64cc7967484fce80"
	layers := func(top v1alpha1.RolloutLayer) []v1alpha1.RolloutLayer {
		top.Revision, top.Step = 3, 1
		return []v1alpha1.RolloutLayer{top, {Revision: 2}}
	}
	tests := map[string]struct {
		layers []v1alpha1.RolloutLayer
		change func(*rollout.Instance)
		want   int64
	}{
		"nothing is published":                            {nil, nil, 0},
		"one revision is everybody's":                     {[]v1alpha1.RolloutLayer{{Revision: 7}}, nil, 7},
		"not reached":                                     {layers(v1alpha1.RolloutLayer{}), nil, 2},
		"a threshold below its place":                     {layers(v1alpha1.RolloutLayer{Threshold: below}), nil, 2},
		"a threshold at its place":                        {layers(v1alpha1.RolloutLayer{Threshold: place}), nil, 3},
		"a threshold above its place":                     {layers(v1alpha1.RolloutLayer{Threshold: above}), nil, 3},
		"everybody":                                       {layers(v1alpha1.RolloutLayer{Threshold: everybody}), nil, 3},
		"in a group":                                      {layers(v1alpha1.RolloutLayer{Selectors: []v1alpha1.LabelSelector{pilot}}), labelled("pilot"), 3},
		"in the second of two groups":                     {layers(v1alpha1.RolloutLayer{Selectors: []v1alpha1.LabelSelector{{}, pilot}}), labelled("pilot"), 3},
		"in another group":                                {layers(v1alpha1.RolloutLayer{Selectors: []v1alpha1.LabelSelector{pilot}}), labelled("second"), 2},
		"in no group, and its turn has come":              {layers(v1alpha1.RolloutLayer{Threshold: place, Selectors: []v1alpha1.LabelSelector{pilot}}), nil, 3},
		"it pins":                                         {layers(v1alpha1.RolloutLayer{Threshold: everybody}), pins(1), 1},
		"it pins, and nothing is published":               {nil, pins(1), 1},
		"another name has another place":                  {layers(v1alpha1.RolloutLayer{Threshold: place}), func(i *rollout.Instance) { i.Name = "second" }, 2},
		"the first layer that holds it counts":            {append([]v1alpha1.RolloutLayer{{Revision: 4, Threshold: everybody}}, layers(v1alpha1.RolloutLayer{Threshold: everybody})...), nil, 4},
		"a layer that does not hold it is passed":         {append([]v1alpha1.RolloutLayer{{Revision: 4}}, layers(v1alpha1.RolloutLayer{Threshold: everybody})...), nil, 3},
		"the last holds all, whatever its threshold says": {[]v1alpha1.RolloutLayer{{Revision: 3, Threshold: below}}, nil, 3},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			instance := bolton
			if tc.change != nil {
				tc.change(&instance)
			}
			if got := rollout.Assigned(function, tc.layers, instance); got != tc.want {
				t.Errorf("it is assigned %d, want %d", got, tc.want)
			}
		})
	}
}

func labelled(wave string) func(*rollout.Instance) {
	return func(i *rollout.Instance) { i.Labels = map[string]string{"wave": wave} }
}

func pins(revision int64) func(*rollout.Instance) {
	return func(i *rollout.Instance) { i.Pinned = revision }
}

// Who goes first is not always the same: each revision, and each function, has another order.
func TestR12_EachRevisionBeginsElsewhere(t *testing.T) {
	firsts := map[string]bool{}
	for n := range int64(20) {
		w := newWorld(40)
		w.last = n + 1
		w.change(works)
		w.reconcile()
		firsts[fmt.Sprint(w.touched())] = true
	}
	if len(firsts) < 15 {
		t.Errorf("20 revisions began with %d groups: %v", len(firsts), firsts)
	}
}
