package crdtest_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	flowcontrolv1 "k8s.io/api/flowcontrol/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/rest"
)

// The API server says by which FlowSchema it has classified a request.
func TestTheOperatorsRequestsAreServedBeforeOthers(t *testing.T) {
	tests := map[string]struct {
		account, path, want string
	}{
		"what it reads":   {"commissioning-operator", "/api/v1/namespaces", "commissioning-operator"},
		"its lease":       {"commissioning-operator", "/apis/coordination.k8s.io/v1/namespaces/commissioning-system/leases/commissioning-support-operator", "commissioning-operator-lease"},
		"somebody else's": {"default", "/api/v1/namespaces", "service-accounts"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			schema, err := clients.FlowcontrolV1().FlowSchemas().Get(t.Context(), tc.want, metav1.GetOptions{})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			err = wait.PollUntilContextTimeout(t.Context(), 100*time.Millisecond, 20*time.Second, true, func(context.Context) (bool, error) {
				got = classified(t, tc.account, tc.path) // the API server takes up a new schema a little later
				return got == string(schema.UID), nil
			})
			if err != nil {
				t.Errorf("the request is classified by %s, want %s (%s)", got, tc.want, schema.UID)
			}
		})
	}
}

// classified is the UID of the FlowSchema by which a service account's GET is classified.
func classified(t *testing.T, account, path string) string {
	t.Helper()
	config := control.Config()
	config.Impersonate = rest.ImpersonationConfig{
		UserName: "system:serviceaccount:commissioning-system:" + account,
		Groups:   []string{"system:serviceaccounts", "system:serviceaccounts:commissioning-system", "system:authenticated"},
	}
	asking, err := rest.HTTPClientFor(config)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, config.Host+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := asking.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil {
		t.Error(err)
	}
	return answer.Header.Get(flowcontrolv1.ResponseHeaderMatchedFlowSchemaUID)
}
