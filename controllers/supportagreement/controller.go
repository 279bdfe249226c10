// Package supportagreement gives each SupportAgreement what is agreed while it is in force - a token, a
// name to call, openings in the network - and takes it back when it is not.
package supportagreement

import (
	"context"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/apply"
	"github.com/commissioning-support/operator/controllers/internal/observe"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/render"
	"github.com/commissioning-support/operator/controllers/internal/state"
	"github.com/commissioning-support/operator/controllers/internal/status"
	"github.com/commissioning-support/operator/controllers/internal/token"
	"github.com/commissioning-support/operator/controllers/internal/watch"
)

// Controller reconciles SupportAgreements.
type Controller struct {
	client   client.Client
	applier  *apply.Applier
	status   *status.Writer[*v1alpha1.SupportAgreement]
	settings state.Settings
}

// Reconcile decides who supplies one agreement, and gives and takes accordingly.
func (c *Controller) Reconcile(ctx context.Context, cached *v1alpha1.SupportAgreement) (reconcile.Result, error) {
	agreement := c.status.Freshest(cached)
	if !agreement.DeletionTimestamp.IsZero() {
		return c.finalize(ctx, agreement)
	}
	seen, err := c.observe(ctx, agreement)
	if err != nil {
		return reconcile.Result{}, err
	}
	if again, err := c.status.AddFinalizer(ctx, agreement); again > 0 || err != nil {
		return watch.Next(state.Result{}, again, err)
	}
	now := c.settings.Clock.Now()
	judged := plan.JudgeAgreement(seen, plan.NewCalendar(c.settings.Zone), now)
	choice := plan.Choose(seen, judged, now)
	done, renewal, err := c.write(ctx, seen, judged, choice, now)
	before := agreement.DeepCopy()
	warning := status.SupportAgreement(agreement, seen, judged, choice, done, err, now)
	again, statusErr := c.status.Write(ctx, before, agreement)
	if again == 0 && statusErr == nil {
		audit(ctx, before, agreement)
	}
	result, err := watch.Next(done, again, err, statusErr)
	result = watch.NotAfter(result, choice.Next, now)
	result = watch.NotAfter(result, warning, now)
	return watch.NotAfter(result, renewal, now), err
}

// observe makes every read of one reconcile.
func (c *Controller) observe(ctx context.Context, agreement *v1alpha1.SupportAgreement) (state.SupportAgreement, error) {
	book := observe.NewBook(c.client, c.settings)
	seen, err := book.Agreement(ctx, agreement)
	if err != nil {
		return seen, err
	}
	return seen, book.Listings(ctx, &seen)
}

// write gives what the goal entitles to, openings first and the name last: the new binding works before
// the old one is withdrawn. Where nobody supplies, everything is taken back. It returns when the token is
// to be renewed.
func (c *Controller) write(ctx context.Context, seen state.SupportAgreement, judged plan.Agreement, choice plan.Choice, now time.Time) (state.Result, time.Time, error) {
	owner := state.OwnerOf(v1alpha1.SupportAgreementKind, seen.Object)
	switch {
	case judged.Standing == plan.AgreementFunctionMissing:
		return state.Result{StepsDone: steps}, time.Time{}, nil // frozen
	case choice.Goal < 0:
		return state.Result{}, time.Time{}, c.applier.Prune(ctx, owner, childKinds())
	}
	given, err := c.token(ctx, seen, judged, choice.Goal, now)
	switch {
	case errors.Is(err, observe.ErrNoKeys):
		return state.Result{Lagging: true}, time.Time{}, nil // they are being made
	case errors.Is(err, token.ErrNeverValid):
		return neverValid(seen.Object), time.Time{}, nil
	case err != nil:
		return state.Result{}, time.Time{}, err
	}
	children := c.children(owner, seen, choice, given.Compact)
	done, err := c.applier.Apply(ctx, owner, children...)
	if err != nil || done.StepsDone < steps {
		return done, given.Renew, err
	}
	return done, given.Renew, c.applier.Prune(ctx, owner, childKinds(), children...)
}

// steps of an agreement's children: openings, Secret, alias.
const steps = 3

func (c *Controller) children(owner state.Owner, seen state.SupportAgreement, choice plan.Choice, compact string) [][]runtime.ApplyConfiguration {
	goal := seen.Suppliers[choice.Goal]
	openings := render.Opening(owner, goal.Service)
	if choice.Draining >= 0 {
		openings = append(openings, render.Opening(owner, seen.Suppliers[choice.Draining].Service)...)
	}
	return [][]runtime.ApplyConfiguration{
		openings,
		{render.Binding(owner, string(goal.Named.Provider), compact)},
		{render.Alias(owner, goal.Service, c.settings.ClusterDomain)},
	}
}

// token is the one that holds now.
func (c *Controller) token(ctx context.Context, seen state.SupportAgreement, judged plan.Agreement, goal int, now time.Time) (token.Token, error) {
	keys, err := observe.SigningKeys(ctx, c.client, c.settings.OperatorNamespace)
	if err != nil {
		return token.Token{}, err
	}
	terms := plan.TokenTermsFor(seen, judged, goal, token.Life, now)
	given, err := token.Issue(keys, token.Claims{
		Issuer: c.settings.Issuer, AgreementUID: string(seen.Object.UID), Code: string(seen.Home.Consortium.Spec.OrganisationCode),
		Audience: terms.Audience, NotBefore: terms.NotBefore, NotAfter: terms.NotAfter,
	}, now)
	if err != nil {
		return token.Token{}, fmt.Errorf("token: %w", err)
	}
	return given, nil
}

// neverValid: the token that is asked for would end before it begins.
func neverValid(agreement *v1alpha1.SupportAgreement) state.Result {
	return state.Result{Blocked: []state.Blocked{{
		Kind: "Secret", Namespace: agreement.Namespace, Name: agreement.Name, Obstacle: state.Refused,
		Message: "spec.tokensNotBefore lies after the end of the term, of the data sharing agreement or of an assurance: no token is valid then",
	}}}
}

// finalize takes back what was given, also in suppliers' namespaces, and lets the agreement go.
func (c *Controller) finalize(ctx context.Context, agreement *v1alpha1.SupportAgreement) (reconcile.Result, error) {
	if !controllerutil.ContainsFinalizer(agreement, v1alpha1.Finalizer) {
		return reconcile.Result{}, nil
	}
	if err := c.applier.Prune(ctx, state.OwnerOf(v1alpha1.SupportAgreementKind, agreement), childKinds()); err != nil {
		return reconcile.Result{}, err
	}
	again, err := c.status.RemoveFinalizer(ctx, agreement)
	return watch.Next(state.Result{}, again, err)
}

// childKinds are the kinds of an agreement's children: a closed list.
func childKinds() []client.ObjectList {
	return []client.ObjectList{&networkingv1.NetworkPolicyList{}, &corev1.SecretList{}, &corev1.ServiceList{}}
}
