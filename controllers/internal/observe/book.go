package observe

import (
	"context"
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// Book reads agreements and what they name, each object once: it serves one reconcile.
type Book struct {
	reader     client.Reader
	settings   state.Settings
	homes      map[string]state.Home
	siblings   map[string][]v1alpha1.SupportAgreement
	functions  map[string]*v1alpha1.SupportFunction
	providers  map[string]*v1alpha1.SupportProvider
	services   map[types.NamespacedName]*v1alpha1.HostedService
	configMaps map[types.NamespacedName]*corev1.ConfigMap
}

// NewBook returns an empty Book.
func NewBook(reader client.Reader, settings state.Settings) *Book {
	return &Book{
		reader: reader, settings: settings,
		homes: map[string]state.Home{}, siblings: map[string][]v1alpha1.SupportAgreement{},
		functions: map[string]*v1alpha1.SupportFunction{}, providers: map[string]*v1alpha1.SupportProvider{},
		services: map[types.NamespacedName]*v1alpha1.HostedService{}, configMaps: map[types.NamespacedName]*corev1.ConfigMap{},
	}
}

// Agreement reads everything that an agreement is judged by.
func (b *Book) Agreement(ctx context.Context, object *v1alpha1.SupportAgreement) (state.SupportAgreement, error) {
	seen := state.SupportAgreement{Object: object}
	var err error
	if seen.Home, err = b.home(ctx, object.Namespace); err != nil {
		return seen, err
	}
	if seen.Function, err = once(ctx, b.reader, b.functions, string(object.Spec.Function), types.NamespacedName{Name: string(object.Spec.Function)}); err != nil {
		return seen, err
	}
	if seen.OlderAgreement, err = b.olderAgreement(ctx, object); err != nil {
		return seen, err
	}
	for _, named := range object.Spec.Suppliers {
		supplier, err := b.supplier(ctx, seen, named)
		if err != nil {
			return seen, err
		}
		seen.Suppliers = append(seen.Suppliers, supplier)
	}
	return seen, nil
}

func (b *Book) home(ctx context.Context, namespace string) (state.Home, error) {
	if home, known := b.homes[namespace]; known {
		return home, nil
	}
	home, err := Home(ctx, b.reader, namespace)
	b.homes[namespace] = home
	return home, err
}

// olderAgreement names an agreement of the same namespace that has the function in a common term.
func (b *Book) olderAgreement(ctx context.Context, object *v1alpha1.SupportAgreement) (string, error) {
	siblings, known := b.siblings[object.Namespace]
	if !known {
		list := &v1alpha1.SupportAgreementList{}
		if err := b.reader.List(ctx, list, client.InNamespace(object.Namespace)); err != nil {
			return "", fmt.Errorf("list agreements: %w", err)
		}
		siblings = list.Items
		b.siblings[object.Namespace] = siblings
	}
	oldest := object
	for i := range siblings {
		other := &siblings[i]
		if other.Spec.Function == object.Spec.Function && other.DeletionTimestamp.IsZero() &&
			plan.Overlap(other.Spec.Term, object.Spec.Term) && plan.IsOlder(other, oldest) {
			oldest = other
		}
	}
	if oldest.Name == object.Name {
		return "", nil
	}
	return oldest.Name, nil
}

// supplier reads one supplier of an agreement, and what of the agreement stands there.
func (b *Book) supplier(ctx context.Context, agreement state.SupportAgreement, named v1alpha1.Supplier) (state.Supplier, error) {
	supplier := state.Supplier{
		Named:   named,
		Service: types.NamespacedName{Namespace: string(named.Provider), Name: plan.ServiceOf(agreement.Object, named)},
	}
	var err error
	supplier.Provider, err = once(ctx, b.reader, b.providers, string(named.Provider), types.NamespacedName{Name: string(named.Provider)})
	if err != nil || supplier.Provider == nil {
		return supplier, err
	}
	supplier.Service.Namespace = plan.ProviderNamespaceOf(supplier.Provider)
	if supplier.Hosted, err = once(ctx, b.reader, b.services, supplier.Service, supplier.Service); err != nil {
		return supplier, err
	}
	ledger, err := b.configMap(ctx, types.NamespacedName{Namespace: b.settings.OperatorNamespace, Name: plan.LedgerName(supplier.Service)})
	if err != nil {
		return supplier, err
	}
	if ledger != nil {
		supplier.Place, supplier.HasLedger = placeOf(ledger, agreement.Object)
	}
	supplier.Opening, err = b.hasOpening(ctx, agreement, supplier.Service)
	return supplier, err
}

// placeOf reads the agreement's place: that of a former agreement of the name is not its. False: the
// ledger cannot be read, and says nothing.
func placeOf(ledger *corev1.ConfigMap, agreement *v1alpha1.SupportAgreement) (state.Place, bool) {
	place, readable := plan.PlaceIn(ledger.Data, client.ObjectKeyFromObject(agreement))
	if place.UID != agreement.UID {
		return state.Place{}, readable
	}
	return place, readable
}

func (b *Book) configMap(ctx context.Context, key types.NamespacedName) (*corev1.ConfigMap, error) {
	return once(ctx, b.reader, b.configMaps, key, key)
}

// hasOpening says whether the agreement's opening stands in the supplier's namespace.
func (b *Book) hasOpening(ctx context.Context, agreement state.SupportAgreement, service types.NamespacedName) (bool, error) {
	policy := &networkingv1.NetworkPolicy{}
	key := types.NamespacedName{Namespace: service.Namespace, Name: plan.OpeningName(agreement.Key(), service)}
	found, err := Optional(ctx, b.reader, key, policy)
	if err != nil || !found {
		return false, err
	}
	owner, ok := state.MarkedOwner(policy)
	return ok && owner.Kind == v1alpha1.SupportAgreementKind && owner.Key() == agreement.Key(), nil
}

// Listings reads whether the directories of an agreement's suppliers list it: what their pods will
// read.
func (b *Book) Listings(ctx context.Context, seen *state.SupportAgreement) error {
	if seen.Home.Consortium == nil {
		return nil
	}
	code := seen.Home.Consortium.Spec.OrganisationCode
	for i := range seen.Suppliers {
		supplier := &seen.Suppliers[i]
		shard, err := b.configMap(ctx, types.NamespacedName{
			Namespace: supplier.Service.Namespace, Name: plan.DirectoryName(supplier.Service.Name, plan.Shard(code)),
		})
		if err != nil {
			return err
		}
		if shard == nil {
			continue
		}
		entry := plan.DirectoryEntry{}
		content, listed := shard.Data[plan.DirectoryFile(code)]
		supplier.Listed = listed && json.Unmarshal([]byte(content), &entry) == nil && entry.Agreement == seen.Object.UID
	}
	return nil
}

// object is a pointer to one of the kinds that a Book reads.
type object[T any] interface {
	*T
	client.Object
}

// once reads an object the first time that it is asked for; nil where there is none.
func once[K comparable, T any, P object[T]](ctx context.Context, reader client.Reader, known map[K]*T, name K, key types.NamespacedName) (*T, error) {
	if read, ok := known[name]; ok {
		return read, nil
	}
	read := new(T)
	found, err := Optional(ctx, reader, key, P(read))
	if err != nil {
		return nil, err
	}
	if !found {
		read = nil
	}
	known[name] = read
	return read, nil
}
