package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/hack/testenv"
)

// supply is what agreements are given, as it stands.
type supply struct {
	services  map[string]*v1alpha1.HostedService // by provider/service; providers' namespaces bear their names here
	secrets   map[types.NamespacedName]*corev1.Secret
	aliases   map[types.NamespacedName]string
	openings  map[opening]bool
	directory map[string]map[types.UID]int // by provider/service: how often an agreement is listed
}

func readSupply(ctx context.Context, c client.Client) (*supply, error) {
	services, secrets, aliases := &v1alpha1.HostedServiceList{}, &corev1.SecretList{}, &corev1.ServiceList{}
	policies, configMaps := &networkingv1.NetworkPolicyList{}, &corev1.ConfigMapList{}
	for _, list := range []client.ObjectList{services, secrets, aliases, policies, configMaps} {
		if err := c.List(ctx, list); err != nil {
			return nil, fmt.Errorf("list %T: %w", list, err)
		}
	}
	s := &supply{
		services: map[string]*v1alpha1.HostedService{}, secrets: map[types.NamespacedName]*corev1.Secret{},
		aliases: map[types.NamespacedName]string{}, openings: map[opening]bool{}, directory: map[string]map[types.UID]int{},
	}
	for i := range services.Items {
		s.services[services.Items[i].Namespace+"/"+services.Items[i].Name] = &services.Items[i]
	}
	for i := range secrets.Items {
		s.secrets[client.ObjectKeyFromObject(&secrets.Items[i])] = &secrets.Items[i]
	}
	for i := range aliases.Items {
		s.aliases[client.ObjectKeyFromObject(&aliases.Items[i])] = aliases.Items[i].Spec.ExternalName
	}
	for i := range policies.Items {
		if owner := ownerOf(&policies.Items[i]); owner[0] == v1alpha1.SupportAgreementKind {
			s.openings[opening{owner[1] + "/" + owner[2], policies.Items[i].Namespace}] = true
		}
	}
	for i := range configMaps.Items {
		s.list(&configMaps.Items[i])
	}
	return s, nil
}

// ownerOf reads the owner's mark: kind, namespace, name and UID, empty where there is none.
func ownerOf(object client.Object) [4]string {
	owner := [4]string{}
	copy(owner[:], strings.Split(object.GetAnnotations()[v1alpha1.OwnerAnnotation], "/"))
	return owner
}

func (s *supply) list(configMap *corev1.ConfigMap) {
	owner := ownerOf(configMap)
	if owner[0] != v1alpha1.HostedServiceKind || !strings.HasPrefix(configMap.Name, owner[2]+"-directory-") {
		return
	}
	service := owner[1] + "/" + owner[2]
	if s.directory[service] == nil {
		s.directory[service] = map[types.UID]int{}
	}
	for _, content := range configMap.Data {
		entry := struct{ Agreement types.UID }{}
		if json.Unmarshal([]byte(content), &entry) == nil {
			s.directory[service][entry.Agreement]++
		}
	}
}

// missing says what an agreement lacks of a working binding to the supplier that its status names;
// empty: nothing.
func (s *supply) missing(a *v1alpha1.SupportAgreement) string {
	key, by := client.ObjectKeyFromObject(a), a.Status.Supplier
	service, secret := s.services[by.Provider+"/"+by.Service], s.secrets[key]
	switch {
	case !meta.IsStatusConditionTrue(a.Status.Conditions, v1alpha1.ReadyCondition):
		return "is not Ready"
	case service == nil || service.Status.Available != v1alpha1.ServiceAvailable:
		return "is supplied by " + by.Provider + ", which does not serve"
	case secret == nil || string(secret.Data["provider"]) != by.Provider || len(secret.Data["token"]) == 0:
		return "has no Secret for " + by.Provider
	case s.aliases[key] != by.Service+"."+by.Provider+".svc.cluster.local":
		return "calls " + s.aliases[key] + " instead of " + by.Provider
	case !s.openings[opening{key.String(), by.Provider}] || !s.openings[opening{key.String(), key.Namespace}]:
		return "has no opening to " + by.Provider
	case s.directory[by.Provider+"/"+by.Service][a.UID] != 1:
		return "is not in the directory of " + by.Provider
	}
	return ""
}

// wrongly says of agreements what is not as it should be, at most ten of them: a working binding to a
// supplier that is wanted.
func wrongly(ctx context.Context, c client.Client, keys []client.ObjectKey, wanted func(*v1alpha1.SupportAgreement) bool) ([]string, error) {
	agreements := &v1alpha1.SupportAgreementList{}
	if err := c.List(ctx, agreements); err != nil {
		return nil, fmt.Errorf("list agreements: %w", err)
	}
	s, err := readSupply(ctx, c)
	if err != nil {
		return nil, err
	}
	var wrong []string
	for i := range agreements.Items {
		a := &agreements.Items[i]
		lacks := s.missing(a)
		switch {
		case !slices.Contains(keys, client.ObjectKeyFromObject(a)) || len(wrong) == 10:
		case !wanted(a):
			wrong = append(wrong, a.Namespace+"/"+a.Name+" is supplied by "+a.Status.Supplier.Provider)
		case lacks != "":
			wrong = append(wrong, a.Namespace+"/"+a.Name+" "+lacks)
		}
	}
	return wrong, nil
}

// suppliedBy are the agreements that a provider supplies now.
func suppliedBy(t *testing.T, env *testenv.Env, provider string) []client.ObjectKey {
	t.Helper()
	agreements := &v1alpha1.SupportAgreementList{}
	if err := env.Client.List(t.Context(), agreements); err != nil {
		t.Fatal(err)
	}
	var keys []client.ObjectKey
	for i := range agreements.Items {
		if agreements.Items[i].Status.Supplier.Provider == provider {
			keys = append(keys, client.ObjectKeyFromObject(&agreements.Items[i]))
		}
	}
	return keys
}
