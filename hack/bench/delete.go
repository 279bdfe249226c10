package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/hack/bench/audit"
	"github.com/commissioning-support/operator/hack/bench/country"
	"github.com/commissioning-support/operator/hack/bench/report"
)

// deletion is what the operator did when consortia were deleted.
type deletion struct {
	took time.Duration
	// deleted are the objects that the operator deleted itself: resource and name.
	deleted map[target]bool
}

// target is an object, in whichever namespace: what stands with a supplier has a name of its own, and what
// stands with a consortium is deleted of each.
type target struct{ resource, name string }

// deletion deletes all consortia of the country, but for newcomers, and waits until they are gone. Their
// namespaces stay: Retain is the default.
func (s *session) deletion(ctx context.Context) (deletion, error) {
	if err := s.beginProfile(ctx, s.operator, report.Delete); err != nil {
		return deletion{}, err
	}
	began := time.Now()
	if err := saturate(ctx, deletions(s.plane.client, s.bench.n)); err != nil {
		return deletion{}, err
	}
	if _, err := s.settle(ctx, s.operator, s.gone); err != nil {
		return deletion{}, err
	}
	writes, err := s.writes(began, time.Now())
	if err != nil {
		return deletion{}, err
	}
	requests, err := s.log.Requests()
	if err != nil {
		return deletion{}, err
	}
	reads := audit.Between(requests, began, time.Now(), func(r audit.Request) bool { return !r.IsWrite() && !r.IsApart() })
	say("delete: %d reads: %s", len(reads), audit.Summary(reads))
	d := deletion{took: lastRemoval(writes).Sub(began), deleted: targets(writes)}
	say("delete: %.1f s, %d writes: %s", d.took.Seconds(), len(writes), audit.Summary(writes))
	return d, s.endProfile(ctx, s.operator, report.Delete)
}

// targets are what was deleted.
func targets(writes []audit.Request) map[target]bool {
	deleted := map[target]bool{}
	for _, r := range writes {
		if r.Verb == "delete" && r.IsDone() {
			deleted[target{r.Resource, r.Name}] = true
		}
	}
	return deleted
}

// lastRemoval is when something was last deleted, or let go: what is counted anew afterwards is no part of
// a deletion.
func lastRemoval(writes []audit.Request) time.Time {
	return audit.LastWrite(slices.DeleteFunc(slices.Clone(writes), func(r audit.Request) bool {
		isLetGo := r.Group == v1alpha1.GroupVersion.Group && r.Subresource == ""
		return !r.IsDone() || (r.Verb != "delete" && !isLetGo)
	}))
}

// deletions delete what people wrote of so many consortia, but for namespaces: what stands in one before
// the Consortium.
func deletions(c client.Client, n int) []job {
	var jobs []job
	for i := range n {
		for _, object := range slices.Backward(country.Consortium(i)) {
			if _, ok := object.(resource); ok {
				jobs = append(jobs, func(ctx context.Context) error { return client.IgnoreNotFound(c.Delete(ctx, object)) })
			}
		}
	}
	return jobs
}

// gone says which consortia are still there, newcomers apart.
func (s *session) gone(ctx context.Context) (string, error) {
	for _, list := range []client.ObjectList{&v1alpha1.SupportAgreementList{}, &v1alpha1.MemberFunctionList{}, &v1alpha1.LocalityList{}, &v1alpha1.ConsortiumList{}} {
		if err := s.plane.client.List(ctx, list); err != nil {
			return "", fmt.Errorf("list what is deleted: %w", err)
		}
		left := 0
		_ = meta.EachListItem(list, func(object runtime.Object) error {
			if object.(client.Object).GetDeletionTimestamp() != nil {
				left++
			}
			return nil
		})
		if left > 0 {
			return fmt.Sprintf("%d of %T are still being deleted", left, list), nil
		}
	}
	return "", nil
}

// deleteAgain deletes with a plain client what people wrote and what the operator deleted, on a plane
// where a plain client made the same.
func (p *plane) deleteAgain(ctx context.Context, measured *ours) (time.Duration, error) {
	made, err := p.plain(ctx)
	if err != nil {
		return 0, err
	}
	jobs := deletions(made, p.n)
	for _, child := range measured.made.children {
		name, err := p.resourceOf(child)
		if err != nil {
			return 0, err
		}
		if measured.deletion.deleted[target{name, child.GetName()}] {
			jobs = append(jobs, func(ctx context.Context) error { return client.IgnoreNotFound(made.Delete(ctx, child.DeepCopy())) })
		}
	}
	say("delete: a plain client deletes %d objects", len(jobs))
	began := time.Now()
	err = saturate(ctx, jobs)
	return time.Since(began), err
}
