package cluster

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// Status is how a cluster is at one moment.
type Status struct {
	Name    string
	Running bool
	// Problem says in a sentence why it is not running.
	Problem    string
	Version    string
	Age        time.Duration
	Components []ComponentStatus
	// ReadyNodes of Nodes are ready.
	Nodes, ReadyNodes int
	Failures          []Failure
	Kubeconfig        string
}

// ComponentStatus is one process of a cluster.
type ComponentStatus struct {
	Name    string
	Running bool
	Pid     int
	// Port on 127.0.0.1, 0 when it listens on none.
	Port int
	Log  string
}

// GetStatus looks at the cluster of that name, whether it runs or not.
func GetStatus(ctx context.Context, o Options) (Status, error) {
	o, err := o.withDefaults()
	if err != nil {
		return Status{}, err
	}
	r, err := readRecord(o.folder())
	if err != nil {
		return Status{}, err
	}
	if r == nil {
		return Status{Name: o.Name, Problem: "there is no such cluster"}, nil
	}
	return newCluster(o, r).Status(ctx)
}

// Status asks the processes and the API server how they are.
func (c *Cluster) Status(ctx context.Context) (Status, error) {
	s := Status{Name: c.Name(), Version: c.record.KubernetesVersion, Kubeconfig: c.kubeconfig, Nodes: c.record.Nodes}
	if !c.external() {
		s.Age = time.Since(c.record.Created)
		s.Components = c.componentStatuses()
		if s.Problem = problem(c.record.Ready, s.Components); s.Problem != "" {
			return s, nil
		}
	}
	if err := c.loadConfig(); err != nil {
		return s, err
	}
	clients, err := kubernetes.NewForConfig(c.Config())
	if err != nil {
		return s, fmt.Errorf("making a client: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	nodes, err := clients.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		s.Problem = "the API server does not answer: " + err.Error()
		return s, nil
	}
	s.Running, s.Nodes, s.ReadyNodes = true, len(nodes.Items), readyNodes(nodes.Items)
	if !c.external() && c.record.component(kwok) == nil {
		return s, nil // a bare one, where nothing can be made to fail
	}
	s.Failures, err = c.Failures(ctx)
	return s, err
}

func (c *Cluster) componentStatuses() []ComponentStatus {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []ComponentStatus
	for _, r := range c.record.Components {
		all = append(all, ComponentStatus{Name: r.Name, Running: r.running(), Pid: r.Pid, Port: r.Port, Log: c.logPath(r.Name)})
	}
	return all
}

func problem(ready bool, components []ComponentStatus) string {
	if !ready {
		return "it was not started completely"
	}
	for _, component := range components {
		if !component.Running {
			return component.Name + " does not run, see " + component.Log
		}
	}
	return ""
}

// Write prints the status for a person.
func (s Status) Write(out io.Writer) {
	state := "running"
	if !s.Running {
		state = "not running: " + s.Problem
	}
	_, _ = fmt.Fprintf(out, "cluster %s: %s\n", s.Name, state)
	if s.Kubeconfig == "" {
		return
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintf(table, "  Kubernetes\t%s\n", s.Version)
	if s.Age > 0 {
		_, _ = fmt.Fprintf(table, "  started\t%s ago\n", s.Age.Round(time.Second))
	}
	if s.Running {
		_, _ = fmt.Fprintf(table, "  nodes\t%d of %d ready\n", s.ReadyNodes, s.Nodes)
	}
	_, _ = fmt.Fprintf(table, "  kubeconfig\t%s\n", s.Kubeconfig)
	for _, component := range s.Components {
		_, _ = fmt.Fprintf(table, "  %s\t%s\n", component.Name, component)
	}
	for _, failure := range s.Failures {
		_, _ = fmt.Fprintf(table, "  failing\tpods %s\n", failure)
	}
	_ = table.Flush()
}

func (s ComponentStatus) String() string {
	switch {
	case s.Pid == 0:
		return "stopped"
	case !s.Running:
		return fmt.Sprintf("process %d has ended, its log: %s", s.Pid, s.Log)
	case s.Port == 0:
		return "process " + strconv.Itoa(s.Pid)
	}
	return fmt.Sprintf("process %d on 127.0.0.1:%d", s.Pid, s.Port)
}
