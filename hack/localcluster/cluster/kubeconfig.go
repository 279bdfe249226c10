package cluster

import (
	"context"
	"crypto/x509/pkix"
	"fmt"
	"path/filepath"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

const kubeconfigFile = "kubeconfig"

// writeKubeconfig holds everything in one file, so that a copy of it works elsewhere too.
func writeKubeconfig(path, context, server string, ca []byte, user *api.AuthInfo) error {
	config := api.NewConfig()
	config.Clusters[context] = &api.Cluster{Server: server, CertificateAuthorityData: ca}
	config.AuthInfos[context] = user
	config.Contexts[context] = &api.Context{Cluster: context, AuthInfo: context}
	config.CurrentContext = context
	content, err := clientcmd.Write(*config)
	if err != nil {
		return fmt.Errorf("encoding the kubeconfig: %w", err)
	}
	return writePrivate(path, content)
}

// writeKubeconfigs makes the certificates and kubeconfigs of the admin and of the components.
func writeKubeconfigs(folder, name, server string, ca *authority) error {
	users := []struct {
		file    string
		subject pkix.Name
	}{
		{kubeconfigFile, pkix.Name{CommonName: "admin", Organization: []string{"system:masters"}}},
		{controllerManager + ".kubeconfig", pkix.Name{CommonName: "system:kube-controller-manager"}},
		{scheduler + ".kubeconfig", pkix.Name{CommonName: "system:kube-scheduler"}},
		// KWOK plays all kubelets and the volume provisioner.
		{kwok + ".kubeconfig", pkix.Name{CommonName: "kwok", Organization: []string{"system:masters"}}},
	}
	for _, u := range users {
		pair, err := ca.issue(u.subject.CommonName, u.subject)
		if err != nil {
			return err
		}
		user := &api.AuthInfo{ClientCertificateData: pair.cert, ClientKeyData: pair.key}
		if err := writeKubeconfig(filepath.Join(folder, u.file), "localcluster-"+name, server, ca.pem, user); err != nil {
			return err
		}
	}
	return nil
}

// ServiceAccountKubeconfig writes a kubeconfig that acts as a service account, with a token for a
// day. A program run with it has exactly the rights which that account's roles give.
func (c *Cluster) ServiceAccountKubeconfig(ctx context.Context, namespace, name, path string) error {
	clients, err := kubernetes.NewForConfig(c.Config())
	if err != nil {
		return fmt.Errorf("making a client: %w", err)
	}
	const day = int64(24 * time.Hour / time.Second)
	seconds := day
	token, err := clients.CoreV1().ServiceAccounts(namespace).CreateToken(ctx, name, &authenticationv1.TokenRequest{
		Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: &seconds},
	}, metav1.CreateOptions{})
	if err != nil {
		return fmt.Errorf("requesting a token of the service account %s/%s: %w", namespace, name, err)
	}
	config, err := clientcmd.LoadFromFile(c.kubeconfig)
	if err != nil {
		return fmt.Errorf("reading the kubeconfig of the cluster: %w", err)
	}
	if err := actAs(config, &api.AuthInfo{Token: token.Status.Token}, namespace); err != nil {
		return fmt.Errorf("making a kubeconfig for the service account %s/%s: %w", namespace, name, err)
	}
	content, err := clientcmd.Write(*config)
	if err != nil {
		return fmt.Errorf("encoding the kubeconfig of the service account %s/%s: %w", namespace, name, err)
	}
	return writePrivate(path, content)
}

// actAs reduces a kubeconfig to its current context and gives that another user.
func actAs(config *api.Config, user *api.AuthInfo, namespace string) error {
	if err := api.MinifyConfig(config); err != nil {
		return fmt.Errorf("choosing the current context: %w", err)
	}
	current := config.Contexts[config.CurrentContext]
	config.AuthInfos = map[string]*api.AuthInfo{current.AuthInfo: user}
	current.Namespace = namespace
	if err := api.FlattenConfig(config); err != nil {
		return fmt.Errorf("embedding the certificates: %w", err)
	}
	return nil
}
