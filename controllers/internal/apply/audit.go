package apply

import (
	"context"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// audited are the kinds that give somebody access to something.
var audited = map[string]bool{"ClusterRoleBinding": true, "RoleBinding": true, "NetworkPolicy": true, "Secret": true}

// audit writes one line for each grant and withdrawal of access. It carries names, never contents.
func audit(ctx context.Context, action string, child *unstructured.Unstructured) {
	if !audited[child.GetKind()] {
		return
	}
	logr.FromContextOrDiscard(ctx).Info("audit", "action", action, "kind", child.GetKind(), "child", client.ObjectKeyFromObject(child).String())
}

// eachItem calls visit with each item of a list.
func eachItem(list client.ObjectList, visit func(client.Object)) error {
	items, err := meta.ExtractList(list)
	if err != nil {
		return err
	}
	for _, item := range items {
		visit(item.(client.Object))
	}
	return nil
}
