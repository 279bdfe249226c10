package main

import (
	"context"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/hack/bench/audit"
)

// quiet is for how long nobody may have written before the country counts as settled.
const quiet = 2 * time.Second

// expectation says what of the country is not yet as expected; empty: all is.
type expectation func(context.Context) (missing string, err error)

// settle waits until the country is as expected and nothing was written for a while, and returns when
// the operator last wrote.
func (p *plane) settle(ctx context.Context, o *operator, expected expectation) (time.Time, error) {
	last, missing, nextLook := time.Time{}, "", time.Now().Add(quiet)
	err := wait.PollUntilContextTimeout(ctx, 200*time.Millisecond, patience, true, func(ctx context.Context) (bool, error) {
		if err := o.alive(); err != nil {
			return false, err
		}
		requests, err := p.log.Requests()
		if err != nil {
			return false, err
		}
		last = audit.LastWrite(requests)
		if time.Since(last) < quiet || time.Since(p.feeder.quietSince()) < quiet || time.Now().Before(nextLook) {
			return false, nil
		}
		// To look costs the API server something, so it is not done while it has other work.
		missing, err = expected(ctx)
		if missing != "" {
			say("  waiting: %s", missing)
		}
		nextLook = time.Now().Add(quiet)
		return missing == "", err
	})
	if err != nil {
		return last, fmt.Errorf("wait for the country to settle (%s): %w", missing, err)
	}
	return last, nil
}

// resource is a kind of people's own.
type resource interface {
	client.Object
	GetConditions() []metav1.Condition
}

// allReady expects every resource to be Ready, every consortium's three functions to work and be
// counted, and every service to be counted by its supplier.
func (p *plane) allReady(ctx context.Context) (string, error) {
	objects, err := p.resources(ctx)
	if err != nil {
		return "", err
	}
	waiting, first := 0, ""
	for _, object := range objects {
		if why := notYet(object); why != "" {
			if waiting++; first == "" {
				first = fmt.Sprintf("%T %s: %s", object, client.ObjectKeyFromObject(object), why)
			}
		}
	}
	if waiting == 0 {
		return "", nil
	}
	return fmt.Sprintf("%d of %d resources, the first is %s", waiting, len(objects), first), nil
}

// notYet says what a resource's status lacks; empty: nothing.
func notYet(object resource) string {
	ready := meta.FindStatusCondition(object.GetConditions(), v1alpha1.ReadyCondition)
	switch {
	case ready == nil:
		return "it has no condition"
	case ready.Status != metav1.ConditionTrue:
		return ready.Message
	case ready.ObservedGeneration != object.GetGeneration():
		return "its status speaks of an older form"
	}
	switch o := object.(type) {
	case *v1alpha1.Consortium:
		return counted("functions work", o.Status.FunctionsWorking, 3)
	case *v1alpha1.SupportFunction:
		if o.Status.Instances == nil {
			return "nothing is counted"
		}
		return counted("instances work", o.Status.InstancesReady, *o.Status.Instances)
	}
	return ""
}

func counted(what string, count *int32, wanted int32) string {
	switch {
	case count == nil:
		return "nothing is counted"
	case *count != wanted:
		return fmt.Sprintf("%d of %d %s", *count, wanted, what)
	}
	return ""
}

// resources lists what people wrote, but for namespaces.
func (p *plane) resources(ctx context.Context) ([]resource, error) {
	lists := []client.ObjectList{
		&v1alpha1.SupportFunctionList{}, &v1alpha1.SupportProviderList{}, &v1alpha1.HostedServiceList{}, &v1alpha1.ConsortiumList{},
		&v1alpha1.LocalityList{}, &v1alpha1.MemberFunctionList{}, &v1alpha1.SupportAgreementList{},
	}
	var objects []resource
	for _, list := range lists {
		if err := p.client.List(ctx, list); err != nil {
			return nil, fmt.Errorf("list resources: %w", err)
		}
		items, err := meta.ExtractList(list)
		if err != nil {
			return nil, fmt.Errorf("read a list of resources: %w", err)
		}
		for _, item := range items {
			objects = append(objects, item.(resource))
		}
	}
	return objects, nil
}
