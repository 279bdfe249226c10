// Package cluster runs a Kubernetes control plane on the loopback interface of this machine: etcd,
// the API server, the controller manager and the scheduler are the real ones, and KWOK simulates
// nodes on which pods become ready. It needs no root, no containers and no network.
package cluster
