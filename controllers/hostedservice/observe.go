package hostedservice

import (
	"context"
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/index"
	"github.com/commissioning-support/operator/controllers/internal/observe"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/render"
	"github.com/commissioning-support/operator/controllers/internal/state"
	"github.com/commissioning-support/operator/controllers/internal/token"
)

// observe makes every read of one reconcile.
func (c *Controller) observe(ctx context.Context, hosted *v1alpha1.HostedService) (state.HostedService, error) {
	seen := state.HostedService{Object: hosted}
	var err error
	if seen.Home, err = observe.ProviderHome(ctx, c.client, hosted.Namespace); err != nil {
		return seen, err
	}
	seen.Function, seen.Revision, err = observe.Catalogue(ctx, c.client, hosted.Spec.Function, hosted, hosted.Spec.Revision)
	if err != nil {
		return seen, err
	}
	if seen.Workload, err = observe.Workload(ctx, c.client, hosted); err != nil {
		return seen, err
	}
	if err := c.observeLedger(ctx, &seen); err != nil {
		return seen, err
	}
	if err := c.observeOpenings(ctx, &seen); err != nil {
		return seen, err
	}
	return seen, c.observeAgreements(ctx, &seen)
}

// observeLedger reads the service's ledger. That of a former service of the name is read too: those who
// had a place there, and still use it, keep it.
func (c *Controller) observeLedger(ctx context.Context, seen *state.HostedService) error {
	object := &corev1.ConfigMap{}
	key := types.NamespacedName{Namespace: c.settings.OperatorNamespace, Name: plan.LedgerName(client.ObjectKeyFromObject(seen.Object))}
	found, err := observe.Optional(ctx, c.client, key, object)
	if err != nil || !found {
		return err
	}
	ledger, err := plan.ReadLedger(object.Data)
	if err != nil {
		return fmt.Errorf("ConfigMap %s: %w; correct the entry, or delete the ConfigMap: it is then written anew from what stands", key, err)
	}
	seen.Ledger, seen.LedgerVersion = ledger, object.ResourceVersion
	return nil
}

// observeOpenings reads which agreements' network openings stand in the service's namespace.
func (c *Controller) observeOpenings(ctx context.Context, seen *state.HostedService) error {
	policies := &networkingv1.NetworkPolicyList{}
	if err := c.client.List(ctx, policies, client.InNamespace(seen.Object.Namespace), client.UnsafeDisableDeepCopy); err != nil {
		return fmt.Errorf("list network policies: %w", err)
	}
	seen.Openings = map[string]bool{}
	for i := range policies.Items {
		if owner, ok := state.MarkedOwner(&policies.Items[i]); ok && owner.Kind == v1alpha1.SupportAgreementKind {
			seen.Openings[policies.Items[i].Name] = true
		}
	}
	return nil
}

// observeAgreements reads the agreements that name the service, with all that they are judged by.
func (c *Controller) observeAgreements(ctx context.Context, seen *state.HostedService) error {
	if seen.Home.Provider == nil {
		return nil
	}
	agreements, book := &v1alpha1.SupportAgreementList{}, observe.NewBook(c.client, c.settings)
	name := plan.SupplierName(seen.Home.Provider.Name, seen.Object.Name)
	if err := c.client.List(ctx, agreements, client.MatchingFields{index.Supplier: name}); err != nil {
		return fmt.Errorf("list agreements: %w", err)
	}
	for i := range agreements.Items {
		agreement, err := book.Agreement(ctx, &agreements.Items[i])
		if err != nil {
			return err
		}
		for position, supplier := range agreement.Suppliers {
			if supplier.Name() == name {
				seen.Agreements = append(seen.Agreements, agreement)
				seen.Positions = append(seen.Positions, position)
			}
		}
	}
	return nil
}

// identity is what the service's pods are told of themselves.
type identity struct {
	Issuer   string `json:"issuer"`
	Audience string `json:"audience"`
}

// hosting is what the service has beside what every instance has.
func (c *Controller) hosting(ctx context.Context, seen state.HostedService, planned plan.HostedService) (*render.Hosting, error) {
	keys, err := observe.SigningKeys(ctx, c.client, c.settings.OperatorNamespace)
	if err != nil {
		return nil, err
	}
	who, err := json.Marshal(identity{Issuer: c.settings.Issuer, Audience: plan.SupplierName(seen.Home.Provider.Name, seen.Object.Name)})
	if err != nil {
		return nil, fmt.Errorf("encode the identity: %w", err)
	}
	hosting := &render.Hosting{KeySet: token.JWKS(keys.Schedule(c.settings.Clock.Now()).Published), Identity: who}
	if scaling := seen.Object.Spec.Scaling; scaling.Mode == v1alpha1.ScaleAutoscale {
		hosting.Autoscaling = &render.Autoscaling{MaxReplicas: planned.MaxReplicas, TargetCPUPercent: defaultTargetCPU}
		if scaling.TargetCPUPercent != 0 {
			hosting.Autoscaling.TargetCPUPercent = scaling.TargetCPUPercent
		}
		if seen.Workload != nil {
			hosting.Autoscaling.Current = seen.Workload.Desired
		}
	}
	return hosting, nil
}

// defaultTargetCPU is the default of HostedService.spec.scaling.targetCPUPercent.
const defaultTargetCPU = 70
