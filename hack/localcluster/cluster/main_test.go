package cluster_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/gomega"
	"k8s.io/client-go/kubernetes"

	"github.com/commissioning-support/operator/hack/localcluster/cluster"
)

// Far longer than anything takes, so that only a real hang fails.
const (
	limit = 30 * time.Second
	every = 50 * time.Millisecond
)

// helperVariable makes the test binary start a cluster and wait, as a program that can be killed.
const helperVariable = "LOCALCLUSTER_TEST_HELPER"

func TestMain(m *testing.M) {
	if given := os.Getenv(helperVariable); given != "" {
		helper(given)
	}
	os.Exit(m.Run())
}

func helper(given string) {
	var o cluster.Options
	if err := json.Unmarshal([]byte(given), &o); err != nil {
		panic(err)
	}
	if _, err := cluster.Up(context.Background(), o); err != nil {
		panic(err)
	}
	fmt.Println("up")
	select {}
}

// startHelper runs Up in a process of its own.
func startHelper(t *testing.T, o cluster.Options) (*exec.Cmd, *bufio.Reader) {
	t.Helper()
	given, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), helperVariable+"="+string(given))
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewReader(stdout)
}

// up starts a cluster that ends with the test.
func up(t *testing.T) *cluster.Cluster {
	t.Helper()
	c, err := cluster.Up(t.Context(), cluster.Options{Ephemeral: true, StateDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Down(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
		nothingLeft(t, c.Folder())
	})
	return c
}

func clientOf(t *testing.T, c *cluster.Cluster) kubernetes.Interface {
	t.Helper()
	clients, err := kubernetes.NewForConfig(c.Config())
	if err != nil {
		t.Fatal(err)
	}
	return clients
}

// nothingLeft waits until no process of the cluster runs and its folder is gone.
func nothingLeft(t *testing.T, folder string) {
	t.Helper()
	g := NewWithT(t)
	g.Eventually(func() []string { return processesOf(t, folder) }).
		WithTimeout(limit).WithPolling(every).Should(BeEmpty(), "processes of %s", folder)
	g.Eventually(folder).WithTimeout(limit).WithPolling(every).ShouldNot(BeAnExistingFile())
}

// processesOf are the command lines that name the folder.
func processesOf(t *testing.T, folder string) []string {
	t.Helper()
	var lines []string
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		// A process may end between the two looks.
		content, _ := os.ReadFile(file)
		lines = append(lines, strings.ReplaceAll(string(content), "\x00", " "))
	}
	if len(files) == 0 {
		out, err := exec.CommandContext(t.Context(), "ps", "-axww", "-o", "command=").Output()
		if err != nil {
			t.Fatal(err)
		}
		lines = strings.Split(string(out), "\n")
	}
	var found []string
	for _, line := range lines {
		if strings.Contains(line, folder) {
			found = append(found, line)
		}
	}
	return found
}
