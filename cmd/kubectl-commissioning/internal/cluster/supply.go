package cluster

import (
	"context"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/overview"
)

// Entries reads what the overview of the catalogue is made of. Who hosts is told as far as the reader may
// read it.
func (c *Cluster) Entries(ctx context.Context) (overview.Supply, error) {
	var s overview.Supply
	var err error
	if s.Catalogue.Functions, err = c.Functions(ctx); err != nil {
		return s, err
	}
	s.Catalogue.Providers, err = c.Providers(ctx)
	switch {
	case apierrors.IsForbidden(err):
		s.Unread = append(s.Unread, v1alpha1.SupportProviderKind)
	case err != nil:
		return s, err
	}
	err = c.readServices(ctx, &s)
	return s, err
}

// Supply reads what the overview of suppliers is made of. Whom they serve is told as far as the reader may
// read it.
func (c *Cluster) Supply(ctx context.Context) (overview.Supply, error) {
	var s overview.Supply
	var err error
	if s.Catalogue.Providers, err = c.Providers(ctx); err != nil {
		return s, err
	}
	if err := c.readServices(ctx, &s); err != nil {
		return s, err
	}
	var isAll bool
	if s.Agreements, isAll, err = readable(c, func(namespace string) ([]v1alpha1.SupportAgreement, error) { return c.Agreements(ctx, namespace) }); err != nil {
		return s, err
	}
	if !isAll {
		s.Unread = append(s.Unread, v1alpha1.SupportAgreementKind)
	}
	s.Consortia, err = c.Consortia(ctx)
	if apierrors.IsForbidden(err) {
		s.Unread = append(s.Unread, v1alpha1.ConsortiumKind)
		return s, nil
	}
	return s, err
}

func (c *Cluster) readServices(ctx context.Context, s *overview.Supply) error {
	services, isAll, err := readable(c, func(namespace string) ([]v1alpha1.HostedService, error) { return c.services(ctx, namespace) })
	s.Services = services
	if !isAll {
		s.Unread = append(s.Unread, v1alpha1.HostedServiceKind)
	}
	return err
}

// readable reads objects of all namespaces; where the reader may not, those of the chosen one; where she may
// not either, none. It says whether these are all.
func readable[T any](c *Cluster, read func(namespace string) ([]T, error)) ([]T, bool, error) {
	all, err := read("")
	if !apierrors.IsForbidden(err) {
		return all, true, err
	}
	some, err := read(c.Namespace)
	if apierrors.IsForbidden(err) {
		return nil, false, nil
	}
	return some, false, err
}

// Providers reads all who may supply.
func (c *Cluster) Providers(ctx context.Context) ([]v1alpha1.SupportProvider, error) {
	var list v1alpha1.SupportProviderList
	if err := c.client.List(ctx, &list); err != nil {
		return nil, notReadable("SupportProviders", "", err)
	}
	sortByName(list.Items)
	return list.Items, nil
}

// Provider reads one who may supply.
func (c *Cluster) Provider(ctx context.Context, name string) (*v1alpha1.SupportProvider, error) {
	var p v1alpha1.SupportProvider
	err := c.client.Get(ctx, client.ObjectKey{Name: name}, &p)
	switch what := v1alpha1.SupportProviderKind + " " + name; {
	case apierrors.IsNotFound(err):
		return nil, &NotReadable{What: what, Err: err, Hint: "Who there is: kubectl commissioning providers"}
	case err != nil:
		return nil, notReadable(what, "", err)
	}
	return &p, nil
}

// services of the suppliers in a namespace, or of all.
func (c *Cluster) services(ctx context.Context, namespace string) ([]v1alpha1.HostedService, error) {
	var list v1alpha1.HostedServiceList
	if err := c.client.List(ctx, &list, client.InNamespace(namespace)); err != nil {
		return nil, notReadable("HostedServices"+in(namespace), "", err)
	}
	sortByName(list.Items)
	return list.Items, nil
}
