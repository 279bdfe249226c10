package overview

import (
	"fmt"
	"slices"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// RolloutLayer is a revision that is in use.
type RolloutLayer struct {
	Revision int64 `json:"revision"`
	// Image of it; empty: the revision is not kept any more.
	Image string `json:"image,omitempty"`
	// Instances that are assigned it now. Absent where the reader may not see them.
	Instances *int32 `json:"instances,omitempty"`
	// Who is assigned it, in words.
	Who string `json:"who"`
}

// layers are the revisions in use: those under way, the newest first, and then those that instances alone
// name.
func (r rollout) layers(facts RolloutFacts) []RolloutLayer {
	var all []RolloutLayer
	var others []int64
	for i, layer := range r.is.Layers {
		who, pinned := r.whomOf(i, layer), countedOf(facts.Instances, layer.Revision).pinned
		if pinned > 0 {
			who += fmt.Sprintf("; %d pinned to it", pinned)
		}
		all = append(all, layerOf(facts, layer.Revision, who))
	}
	for _, instance := range facts.Instances {
		isNamed := func(l v1alpha1.RolloutLayer) bool { return l.Revision == instance.Revision }
		if instance.Revision != 0 && !slices.ContainsFunc(r.is.Layers, isNamed) {
			others = append(others, instance.Revision)
		}
	}
	slices.Sort(others)
	for _, number := range slices.Backward(slices.Compact(others)) {
		all = append(all, layerOf(facts, number, countedOf(facts.Instances, number).whoAreOthers()))
	}
	return all
}

func layerOf(facts RolloutFacts, number int64, who string) RolloutLayer {
	layer := RolloutLayer{Revision: number, Image: imageOf(facts.Revisions, number), Who: who}
	if len(facts.Unread) == 0 {
		assigned := countedOf(facts.Instances, number).assigned
		layer.Instances = &assigned
	}
	return layer
}

// whomOf says who is assigned a layer.
func (r rollout) whomOf(i int, layer v1alpha1.RolloutLayer) string {
	switch {
	case len(r.is.Layers) == 1:
		return "everybody"
	case i == len(r.is.Layers)-1:
		return "everybody else"
	case i == 0:
		return fmt.Sprintf("those chosen up to step %d of %d", r.is.Step, r.is.Steps)
	}
	return fmt.Sprintf("those that it had reached at its step %d", layer.Step)
}

func imageOf(kept []v1alpha1.SupportFunctionRevision, number int64) string {
	for i := range kept {
		if kept[i].Spec.Revision == number {
			return kept[i].Spec.Workload.Image
		}
	}
	return ""
}

// counted are the instances that are assigned a revision, and those of them that pin it.
type counted struct{ assigned, pinned int32 }

func countedOf(all []Instance, number int64) counted {
	var c counted
	for _, instance := range all {
		if instance.Revision == number {
			c.assigned++
			if instance.Pinned == number {
				c.pinned++
			}
		}
	}
	return c
}

// whoAreOthers says who is assigned a revision that is no longer under way.
func (c counted) whoAreOthers() string {
	switch c.pinned {
	case c.assigned:
		return "those pinned to it (spec.revision)"
	case 0:
		return "those about to be assigned another"
	}
	return fmt.Sprintf("%d pinned to it (spec.revision); the others are about to be assigned another", c.pinned)
}
