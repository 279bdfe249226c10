package apply

import (
	"fmt"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/util/retry"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/controllers/internal/index"
	"github.com/commissioning-support/operator/controllers/internal/state"
)

// Children as they might be rendered.

func ownerIn(namespace string) state.Owner {
	return state.Owner{Kind: "MemberFunction", Namespace: namespace, Name: "peer-review", UID: "11111111-0000-4000-8000-000000000000"}
}

// document is a child of an owner: body is everything below its metadata.
func document(owner state.Owner, apiVersion, kind, name, body string) string {
	return fmt.Sprintf(`
apiVersion: %s
kind: %s
metadata:
  name: %s
  namespace: %s
  labels: {%s: %s}
  annotations: {commissioning.support/owned-by: %s}
%s`, apiVersion, kind, name, owner.Namespace, ownerLabel, index.OwnerKey(owner), owner.Mark(), body)
}

func configMap(owner state.Owner, name, value string) string {
	return document(owner, "v1", "ConfigMap", name, `data: {value: "`+value+`"}`)
}

func service(owner state.Owner, name string) string {
	return document(owner, "v1", "Service", name, `
spec:
  type: ClusterIP
  selector: {a: b}
  ports: [{name: http, port: 80, protocol: TCP, targetPort: http}]`)
}

const pod = `
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec:
      containers:
      - {name: function, image: "example/image:1", imagePullPolicy: IfNotPresent, terminationMessagePath: /dev/termination-log, terminationMessagePolicy: File}
      dnsPolicy: ClusterFirst
      restartPolicy: Always
      schedulerName: default-scheduler
      securityContext: {}
      terminationGracePeriodSeconds: 30`

func deployment(owner state.Owner, name string) string {
	return document(owner, "apps/v1", "Deployment", name, `
spec:
  replicas: 1
  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}`+pod)
}

func statefulSet(owner state.Owner, name string) string {
	return document(owner, "apps/v1", "StatefulSet", name, `
spec:
  replicas: 1
  serviceName: peer-review
  persistentVolumeClaimRetentionPolicy: {whenDeleted: Retain, whenScaled: Retain}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], volumeMode: Filesystem, resources: {requests: {storage: 1Gi}}}`+pod)
}

func in(namespace, name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: namespace, Name: name}
}

// read reads an object as it stands.
func read[T client.Object](t *testing.T, b *bench, object T) T {
	t.Helper()
	if err := b.admin.Get(t.Context(), client.ObjectKeyFromObject(object), object); err != nil {
		t.Fatal(err)
	}
	return object
}

// change is what somebody else does to an object.
func change[T client.Object](t *testing.T, b *bench, object T, mutate func(T)) {
	t.Helper()
	err := retry.RetryOnConflict(retry.DefaultBackoff, func() error {
		mutate(read(t, b, object))
		return b.admin.Update(t.Context(), object)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// writes are requests that change something, in short.
func writes(requests []request) []string {
	var made []string
	for _, r := range requests {
		if r.method != "GET" {
			made = append(made, r.String())
		}
	}
	return made
}
