package controllers_test

import (
	"context"
	"encoding/json"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

func dump(t *testing.T, ns ...string) {
	hs := &v1alpha1.HostedServiceList{}
	_ = env.Client.List(context.Background(), hs)
	for i := range hs.Items {
		b, _ := json.MarshalIndent(hs.Items[i].Status, "", " ")
		t.Logf("HS %s/%s %s", hs.Items[i].Namespace, hs.Items[i].Name, b)
	}
	as := &v1alpha1.SupportAgreementList{}
	_ = env.Client.List(context.Background(), as)
	for i := range as.Items {
		b, _ := json.MarshalIndent(as.Items[i].Status, "", " ")
		t.Logf("SA %s/%s %s", as.Items[i].Namespace, as.Items[i].Name, b)
	}
	cms := &corev1.ConfigMapList{}
	_ = env.Client.List(context.Background(), cms, client.InNamespace("commissioning-system"))
	for i := range cms.Items {
		t.Logf("CM %s %v", cms.Items[i].Name, cms.Items[i].Data)
	}
	ps := &corev1.PodList{}
	_ = env.Client.List(context.Background(), ps)
	for i := range ps.Items {
		p := ps.Items[i]
		ready := ""
		for _, c := range p.Status.Conditions {
			if c.Type == "Ready" {
				ready = string(c.Status)
			}
		}
		_ = 0
		t.Logf("POD %s/%s %s ready=%s", p.Namespace, p.Name, p.Status.Phase, ready)
	}
}
