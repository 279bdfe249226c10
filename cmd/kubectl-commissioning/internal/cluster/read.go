package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/overview"
)

// NotReadable says that something could not be read, and what may be done about it.
type NotReadable struct {
	What, Hint string
	Err        error
}

// Error says so in one line.
func (e *NotReadable) Error() string {
	said := fmt.Sprintf("%s cannot be read: %v", e.What, e.Err)
	if e.Hint != "" {
		said += "\n" + e.Hint
	}
	return said
}

// Unwrap returns the cause.
func (e *NotReadable) Unwrap() error { return e.Err }

// IsNotReadable says whether the cause of an error is that something could not be read.
func IsNotReadable(err error) bool {
	var unreadable *NotReadable
	return errors.As(err, &unreadable)
}

// notReadable explains an error of reading.
func notReadable(what, ifForbidden string, err error) error {
	switch {
	case meta.IsNoMatchError(err):
		return &NotReadable{What: what, Err: err, Hint: "Is the Commissioning Support Operator installed in this cluster?"}
	case apierrors.IsForbidden(err):
		return &NotReadable{What: what, Err: err, Hint: ifForbidden}
	}
	return &NotReadable{What: what, Err: err}
}

// Consortium reads what the overview of one consortium is made of: its Consortium by name, what is in
// its namespace, and the catalogue.
func (c *Cluster) Consortium(ctx context.Context, name string) (overview.Facts, error) {
	var facts overview.Facts
	if err := c.client.Get(ctx, client.ObjectKey{Name: name}, &facts.Consortium); err != nil {
		return facts, notReadable("Consortium "+name, "You can read consortia that you have access to, by their name.", err)
	}
	namespace := overview.NamespaceOf(&facts.Consortium)
	var err error
	if facts.Members, err = c.members(ctx, namespace); err != nil {
		return facts, err
	}
	if facts.Agreements, err = c.Agreements(ctx, namespace); err != nil {
		return facts, err
	}
	facts.Catalogue, err = c.Catalogue(ctx)
	return facts, err
}

// Everything reads what the overview of all consortia is made of.
func (c *Cluster) Everything(ctx context.Context) (overview.Everything, error) {
	var all overview.Everything
	var err error
	if all.Consortia, err = c.Consortia(ctx); err != nil {
		return all, err
	}
	if all.Members, err = c.members(ctx, ""); err != nil {
		return all, err
	}
	if all.Agreements, err = c.Agreements(ctx, ""); err != nil {
		return all, err
	}
	all.Catalogue, err = c.Catalogue(ctx)
	return all, err
}

// nameYourOwn is what who may not read all consortia can do.
const nameYourOwn = "Name your own: kubectl commissioning status CONSORTIUM"

// Consortia reads all of them.
func (c *Cluster) Consortia(ctx context.Context) ([]v1alpha1.Consortium, error) {
	var list v1alpha1.ConsortiumList
	if err := c.client.List(ctx, &list); err != nil {
		return nil, notReadable("The list of consortia", nameYourOwn, err)
	}
	sortByName(list.Items)
	return list.Items, nil
}

func (c *Cluster) members(ctx context.Context, namespace string) ([]v1alpha1.MemberFunction, error) {
	var list v1alpha1.MemberFunctionList
	if err := c.client.List(ctx, &list, client.InNamespace(namespace)); err != nil {
		return nil, notReadable("MemberFunctions"+in(namespace), "", err)
	}
	sortByName(list.Items)
	return list.Items, nil
}

// Agreements reads those of a namespace, or all.
func (c *Cluster) Agreements(ctx context.Context, namespace string) ([]v1alpha1.SupportAgreement, error) {
	var list v1alpha1.SupportAgreementList
	if err := c.client.List(ctx, &list, client.InNamespace(namespace)); err != nil {
		return nil, notReadable("SupportAgreements"+in(namespace), "", err)
	}
	sortByName(list.Items)
	return list.Items, nil
}

func in(namespace string) string {
	if namespace == "" {
		return " of all namespaces"
	}
	return " in namespace " + namespace
}

// Agreement reads one agreement of the chosen namespace.
func (c *Cluster) Agreement(ctx context.Context, name string) (*v1alpha1.SupportAgreement, error) {
	var a v1alpha1.SupportAgreement
	if err := c.client.Get(ctx, client.ObjectKey{Namespace: c.Namespace, Name: name}, &a); err != nil {
		return nil, notReadable("SupportAgreement "+c.Namespace+"/"+name, "", err)
	}
	return &a, nil
}

// Catalogue reads who may supply and what functions require. An installation may keep them from a
// reader: then names and assurances are missing, and nothing else.
func (c *Cluster) Catalogue(ctx context.Context) (overview.Catalogue, error) {
	var catalogue overview.Catalogue
	var providers v1alpha1.SupportProviderList
	if err := c.client.List(ctx, &providers); apierrors.IsForbidden(err) {
		catalogue.Unread = append(catalogue.Unread, v1alpha1.SupportProviderKind)
	} else if err != nil {
		return catalogue, notReadable("SupportProviders", "", err)
	}
	var functions v1alpha1.SupportFunctionList
	if err := c.client.List(ctx, &functions); apierrors.IsForbidden(err) {
		catalogue.Unread = append(catalogue.Unread, v1alpha1.SupportFunctionKind)
	} else if err != nil {
		return catalogue, notReadable("SupportFunctions", "", err)
	}
	catalogue.Providers, catalogue.Functions = providers.Items, functions.Items
	return catalogue, nil
}

func sortByName[T any, P interface {
	*T
	GetName() string
}](objects []T) {
	slices.SortStableFunc(objects, func(a, b T) int { return strings.Compare(P(&a).GetName(), P(&b).GetName()) })
}
