package cluster_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/hack/localcluster/cluster"
)

func TestTwoClustersBesideEachOther(t *testing.T) {
	g, ctx, dir := NewWithT(t), t.Context(), t.TempDir()
	first, err := cluster.Up(ctx, cluster.Options{Name: "first", StateDir: dir, Nodes: 1})
	g.Expect(err).NotTo(HaveOccurred())
	t.Cleanup(func() { _ = first.Down(context.WithoutCancel(t.Context())) })
	var out bytes.Buffer
	second, err := cluster.Up(ctx, cluster.Options{Name: "second", StateDir: dir, Nodes: 2, Out: &out})
	g.Expect(err).NotTo(HaveOccurred())
	t.Cleanup(func() { _ = second.Down(context.WithoutCancel(t.Context())) })
	g.Expect(out.String()).To(ContainSubstring("2 simulated nodes are ready"))

	for c, nodes := range map[*cluster.Cluster]int{first: 1, second: 2} {
		s, err := c.Status(ctx)
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect(s.Running).To(BeTrue(), s.Problem)
		g.Expect([]int{s.Nodes, s.ReadyNodes}).To(Equal([]int{nodes, nodes}))
	}
	g.Expect(first.Config().Host).NotTo(Equal(second.Config().Host))
	info, err := os.Stat(first.Kubeconfig())
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(info.Mode().Perm()).To(Equal(os.FileMode(0o600)))
	g.Expect(cluster.List(cluster.Options{StateDir: dir})).To(ConsistOf("first", "second"))

	g.Expect(second.Down(ctx)).To(Succeed())
	nothingLeft(t, second.Folder())
	_, err = clientOf(t, first).CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	g.Expect(err).NotTo(HaveOccurred(), "stopping the second one hurt the first")

	// A second Up finds it, and changes nothing.
	before, err := first.Status(ctx)
	g.Expect(err).NotTo(HaveOccurred())
	out.Reset()
	again, err := cluster.Up(ctx, cluster.Options{Name: "first", StateDir: dir, Out: &out})
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(out.String()).To(Equal("The cluster \"first\" is already running.\n"))
	after, err := again.Status(ctx)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(after.Components).To(Equal(before.Components))

	// One that lost components is not running, but still goes away completely.
	kill(t, after, "etcd")
	kill(t, after, "kwok")
	_, err = cluster.Open(cluster.Options{Name: "first", StateDir: dir})
	g.Expect(err).To(MatchError(cluster.ErrNotRunning))
	broken, err := cluster.GetStatus(ctx, cluster.Options{Name: "first", StateDir: dir})
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(broken.Running).To(BeFalse())
	g.Expect(broken.Problem).To(HavePrefix("etcd does not run"))
	g.Expect(cluster.Down(ctx, cluster.Options{Name: "first", StateDir: dir})).To(BeTrue())
	nothingLeft(t, first.Folder())
	g.Expect(cluster.Down(ctx, cluster.Options{Name: "first", StateDir: dir})).To(BeFalse(), "there was nothing left to stop")
}

// kill ends a component with SIGKILL and waits until it is seen to be gone.
func kill(t *testing.T, s cluster.Status, component string) {
	t.Helper()
	for _, c := range s.Components {
		if c.Name == component {
			if err := syscall.Kill(c.Pid, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			NewWithT(t).Eventually(func() error { return syscall.Kill(c.Pid, 0) }).
				WithTimeout(limit).WithPolling(every).Should(MatchError(syscall.ESRCH))
			return
		}
	}
	t.Fatalf("no component %s", component)
}

func TestUpAfterTheToolWasKilled(t *testing.T) {
	g, ctx := NewWithT(t), t.Context()
	o := cluster.Options{Name: "crash", StateDir: t.TempDir(), Nodes: 1}
	t.Cleanup(func() { _, _ = cluster.Down(context.WithoutCancel(t.Context()), o) })
	tool, _ := startHelper(t, o)
	g.Eventually(func() int { return running(t, o) }).WithTimeout(limit).WithPolling(every).Should(BeNumerically(">=", 2),
		"the etcd and the API server of the first tool")
	g.Expect(tool.Process.Kill()).To(Succeed())
	_ = tool.Wait()

	half, err := cluster.GetStatus(ctx, o)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(half.Running).To(BeFalse())
	var out bytes.Buffer
	o.Out = &out
	c, err := cluster.Up(ctx, o)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(out.String()).To(ContainSubstring("Removing what is left of the cluster \"crash\""))
	s, err := c.Status(ctx)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(s.Running).To(BeTrue(), s.Problem)
	for i, component := range s.Components {
		g.Expect(component.Pid).NotTo(Equal(half.Components[i].Pid))
	}
	g.Expect(processesOf(t, c.Folder())).To(HaveLen(len(cluster.Components)), "those of the first tool are gone")
	g.Expect(c.Down(ctx)).To(Succeed())
	nothingLeft(t, c.Folder())
}

// running counts the components that run.
func running(t *testing.T, o cluster.Options) int {
	t.Helper()
	s, err := cluster.GetStatus(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, c := range s.Components {
		if c.Running {
			count++
		}
	}
	return count
}

func TestEphemeralClusterEndsWithItsProcess(t *testing.T) {
	g := NewWithT(t)
	o := cluster.Options{Name: "brief", StateDir: t.TempDir(), Nodes: 1, Ephemeral: true}
	tool, out := startHelper(t, o)
	line, err := out.ReadString('\n')
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(line).To(Equal("up\n"))
	g.Expect(running(t, o)).To(Equal(len(cluster.Components)))
	g.Expect(tool.Process.Kill()).To(Succeed())
	_ = tool.Wait()
	nothingLeft(t, filepath.Join(o.StateDir, o.Name))
}

func TestCancelledUpLeavesNothing(t *testing.T) {
	g := NewWithT(t)
	o := cluster.Options{Name: "cancelled", StateDir: t.TempDir(), Nodes: 1}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := cluster.Up(ctx, o)
		ended <- err
	}()
	g.Eventually(func() int { return running(t, o) }).WithTimeout(limit).WithPolling(every).Should(BeNumerically(">=", 2))
	cancel()
	var err error
	g.Eventually(ended).WithTimeout(limit).Should(Receive(&err))
	g.Expect(errors.Is(err, context.Canceled)).To(BeTrue(), "error %v", err)
	nothingLeft(t, filepath.Join(o.StateDir, o.Name))
}

func TestUpNamesTheComponentThatFails(t *testing.T) {
	g := NewWithT(t)
	folder := t.TempDir()
	script := "#!/bin/sh\ncase $1 in --version) echo 'etcd Version: 3.6.1';; *) echo 'the disk is on fire' >&2; exit 1;; esac\n"
	g.Expect(os.WriteFile(filepath.Join(folder, "etcd"), []byte(script), 0o755)).To(Succeed())
	o := cluster.Options{Name: "broken", StateDir: t.TempDir(), Nodes: 1, Binaries: folder}
	begun := time.Now()
	_, err := cluster.Up(t.Context(), o)
	g.Expect(err).To(MatchError(And(ContainSubstring("etcd ended"), ContainSubstring("the disk is on fire"))))
	g.Expect(strings.Count(err.Error(), "last lines")).To(Equal(1))
	g.Expect(time.Since(begun)).To(BeNumerically("<", limit), "it noticed at once")
	nothingLeft(t, filepath.Join(o.StateDir, o.Name))
}
