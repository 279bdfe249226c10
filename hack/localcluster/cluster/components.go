package cluster

import (
	"fmt"
	"net"
	"path/filepath"
	"strconv"

	"github.com/commissioning-support/operator/hack/localcluster/binaries"
)

// Components of a cluster, in the order in which they start.
const (
	etcd              = binaries.Etcd
	apiServer         = binaries.KubeAPIServer
	controllerManager = binaries.KubeControllerManager
	scheduler         = binaries.KubeScheduler
	kwok              = binaries.Kwok
)

// Components are the names that Stop and Start accept, in the order in which they start.
var Components = []string{etcd, apiServer, controllerManager, scheduler, kwok}

// podCIDR has room for the addresses of all pods on 1000 nodes.
const podCIDR = "10.128.0.0/9"

type ports struct{ etcdClient, etcdPeer, apiServer int }

// choosePorts finds free ports on loopback.
func choosePorts() (ports, error) {
	var chosen [3]int
	var held []net.Listener
	// All are held until the last one is chosen, so that they differ.
	defer func() {
		for _, listener := range held {
			_ = listener.Close()
		}
	}()
	for i := range chosen {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return ports{}, fmt.Errorf("looking for a free port on 127.0.0.1: %w", err)
		}
		held = append(held, listener)
		chosen[i] = listener.Addr().(*net.TCPAddr).Port
	}
	return ports{etcdClient: chosen[0], etcdPeer: chosen[1], apiServer: chosen[2]}, nil
}

func loopback(port int) string { return "https://" + net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// componentRecords says how each component of a cluster is started.
func componentRecords(o Options, p ports, set *binaries.Set) []componentRecord {
	folder := o.folder()
	records := []componentRecord{
		{Name: etcd, Port: p.etcdClient, Args: etcdArgs(folder, p)},
		{Name: apiServer, Port: p.apiServer, Args: append(apiServerArgs(folder, p), auditArgs(o)...)},
		{Name: controllerManager, Args: append(controllerManagerArgs(folder), bareArgs(o)...)},
	}
	if !o.Bare {
		records = append(records,
			componentRecord{Name: scheduler, Args: schedulerArgs(folder)}, componentRecord{Name: kwok, Args: kwokArgs(folder)})
	}
	for i := range records {
		records[i].Path = set.Path(records[i].Name)
	}
	return records
}

func etcdArgs(folder string, p ports) []string {
	pki := func(file string) string { return filepath.Join(folder, "pki", file) }
	client, peer := loopback(p.etcdClient), loopback(p.etcdPeer)
	return []string{
		"--name=etcd", "--data-dir=" + filepath.Join(folder, "etcd"), "--log-level=warn",
		// The data does not have to survive a crash of the machine.
		"--unsafe-no-fsync",
		"--listen-client-urls=" + client, "--advertise-client-urls=" + client,
		"--listen-peer-urls=" + peer, "--initial-advertise-peer-urls=" + peer, "--initial-cluster=etcd=" + peer,
		"--cert-file=" + pki("etcd.crt"), "--key-file=" + pki("etcd.key"),
		"--client-cert-auth", "--trusted-ca-file=" + pki("etcd-ca.crt"),
		"--peer-cert-file=" + pki("etcd.crt"), "--peer-key-file=" + pki("etcd.key"),
		"--peer-client-cert-auth", "--peer-trusted-ca-file=" + pki("etcd-ca.crt"),
	}
}

func apiServerArgs(folder string, p ports) []string {
	pki := func(file string) string { return filepath.Join(folder, "pki", file) }
	return []string{
		"--bind-address=127.0.0.1", "--secure-port=" + strconv.Itoa(p.apiServer),
		// Without these it looks for a network interface, and a machine may have none.
		"--advertise-address=127.0.0.1", "--endpoint-reconciler-type=none",
		"--etcd-servers=" + loopback(p.etcdClient), "--etcd-cafile=" + pki("etcd-ca.crt"),
		"--etcd-certfile=" + pki("etcd-client.crt"), "--etcd-keyfile=" + pki("etcd-client.key"),
		"--tls-cert-file=" + pki("apiserver.crt"), "--tls-private-key-file=" + pki("apiserver.key"),
		"--client-ca-file=" + pki("ca.crt"), "--anonymous-auth=false",
		"--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction",
		"--allow-privileged=true", "--service-cluster-ip-range=10.96.0.0/16",
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file=" + pki("sa.pub"), "--service-account-signing-key-file=" + pki("sa.key"),
		// Hundreds of pods change at once and nothing on loopback should have to queue.
		"--max-requests-inflight=2000", "--max-mutating-requests-inflight=1000",
		"--profiling=false",
	}
}

func controllerManagerArgs(folder string) []string {
	pki := func(file string) string { return filepath.Join(folder, "pki", file) }
	return append(clientArgs(folder, controllerManager),
		"--use-service-account-credentials",
		"--service-account-private-key-file="+pki("sa.key"), "--root-ca-file="+pki("ca.crt"),
		"--cluster-signing-cert-file="+pki("ca.crt"), "--cluster-signing-key-file="+pki("ca.key"),
		// Its default is a folder of the system, which it complains about when it cannot write there.
		"--flex-volume-plugin-dir="+filepath.Join(folder, "volume-plugins"),
		// A laptop that sleeps or compiles must not lose its nodes.
		"--node-monitor-grace-period=3m",
	)
}

func schedulerArgs(folder string) []string { return clientArgs(folder, scheduler) }

// clientArgs are those of the controller manager and the scheduler: no server, no election, and
// faster than the 20 to 50 requests a second which are meant for large clusters.
func clientArgs(folder, name string) []string {
	return []string{
		"--kubeconfig=" + filepath.Join(folder, name+".kubeconfig"), "--secure-port=0",
		"--leader-elect=false", "--kube-api-qps=500", "--kube-api-burst=1000", "--profiling=false",
	}
}

func kwokArgs(folder string) []string {
	return []string{
		"--kubeconfig=" + filepath.Join(folder, kwok+".kubeconfig"),
		// An empty file keeps it from reading the user's own configuration.
		"--config=" + filepath.Join(folder, kwokConfigFile),
		"--manage-all-nodes=true", "--node-ip=127.0.0.1", "--cidr=" + podCIDR,
		// Stages as objects of the API can change while it runs, which is how pods are made to fail.
		"--enable-crds=Stage",
		// With leases, a restarted KWOK would do nothing until those of the former one have expired;
		// a stage reports the nodes as alive instead.
		"--node-lease-duration-seconds=0",
	}
}
