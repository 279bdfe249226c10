package cluster

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// KubectlPath is the kubectl that fits the cluster.
func (c *Cluster) KubectlPath() string { return c.kubectl }

// KubectlCommand prepares kubectl for the cluster; the caller may give it an input and outputs.
func (c *Cluster) KubectlCommand(ctx context.Context, args ...string) *exec.Cmd {
	if !c.external() {
		// What kubectl remembers about an API server must not outlive the cluster: another one may
		// get the same port.
		args = append([]string{"--cache-dir", filepath.Join(c.folder, "kubectl-cache")}, args...)
	}
	cmd := exec.CommandContext(ctx, c.kubectl, args...)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+c.kubeconfig)
	return cmd
}

// Kubectl runs kubectl as the administrator and returns what it prints. What it says about an error
// is part of the error.
func (c *Cluster) Kubectl(ctx context.Context, args ...string) ([]byte, error) {
	var stdout, stderr bytes.Buffer
	cmd := c.KubectlCommand(ctx, args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return stdout.Bytes(), fmt.Errorf("kubectl %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(stderr.String()))
	}
	return stdout.Bytes(), nil
}
