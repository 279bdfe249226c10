package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// As config/rbac and cmd/manager have them.
const (
	operatorNamespace = "commissioning-system"
	operatorAccount   = "commissioning-operator"
	leaseName         = "commissioning-support-operator"
)

const (
	managerBinary = "manager"
	operatorLog   = "operator.log"
	// tokenUse is how long an operator is used again: its token is good for a day.
	tokenUse = 12 * time.Hour
	// electionLimit is more than the 15 seconds for which a lease outlives a crashed holder.
	electionLimit = time.Minute
)

// operator builds, installs and starts the operator, or finds that it runs already.
func (d *demo) operator(ctx context.Context) error {
	step := d.screen.begin("operator", "compiling it; the first time this takes a minute or two")
	err := func() error {
		if err := d.build(ctx); err != nil {
			return err
		}
		step.doing("installing kinds, rights, policies and the catalogue")
		if err := d.install(ctx); err != nil {
			return err
		}
		step.doing("starting it")
		return d.start(ctx)
	}()
	if err != nil {
		step.cut()
		return err
	}
	step.done("commissioning-support-operator "+version+", leader elected", "")
	return nil
}

// build leaves the work, and the flags that go with it, to make.
func (d *demo) build(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, "make", "--no-print-directory", "build", "BIN="+d.options.binDir, "VERSION="+version)
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("building the operator: %w", ctx.Err())
		}
		return fmt.Errorf("building the operator (make build): %w\n%s", err, strings.TrimSpace(output.String()))
	}
	if d.place.own {
		return nil
	}
	// A kubectl that fits, beside the plug-in: one folder for the user's PATH.
	link := filepath.Join(d.options.binDir, "kubectl")
	if present, err := os.Readlink(link); err == nil && present == d.place.KubectlPath() {
		return nil
	}
	_ = os.Remove(link)
	if err := os.Symlink(d.place.KubectlPath(), link); err != nil {
		return fmt.Errorf("putting kubectl into %s: %w", d.options.binDir, err)
	}
	return nil
}

// install applies everything but the operator's own pods, in the order that config/without-manager
// asks for.
func (d *demo) install(ctx context.Context) error {
	names, err := d.place.Kubectl(ctx, d.applyFlags("-k", "config/crd", "-o", "name")...)
	if err != nil {
		return fmt.Errorf("installing the kinds: %w", err)
	}
	established := append([]string{"wait", "--for=condition=Established", "--timeout=60s"}, strings.Fields(string(names))...)
	if _, err := d.place.Kubectl(ctx, established...); err != nil {
		return fmt.Errorf("waiting for the kinds: %w", err)
	}
	for _, part := range []string{"config/without-manager", "config/catalogue"} {
		if _, err := d.place.Kubectl(ctx, d.applyFlags("-k", part)...); err != nil {
			return fmt.Errorf("installing %s: %w", part, err)
		}
	}
	return nil
}

// applyFlags are those of every apply. On a control plane of its own the demo takes back what the
// user changed; on the user's cluster it does not.
func (d *demo) applyFlags(more ...string) []string {
	flags := []string{"apply", "--server-side"}
	if !d.place.own {
		flags = append(flags, "--force-conflicts")
	}
	return append(flags, more...)
}

// start runs the operator outside the cluster, under its own service account. One that a former run
// started is used again, if it is well and of the same build.
func (d *demo) start(ctx context.Context) error {
	build, err := buildOf(d.manager())
	if err != nil {
		return err
	}
	former, err := readOperator(d.place.folder)
	if err != nil {
		return err
	}
	if former.running() && former.Binary == build && time.Since(former.Started) < tokenUse && former.healthy(ctx) {
		return nil
	}
	if err := former.stop(ctx, 25*time.Second); err != nil {
		return err
	}
	probe, err := freeAddress()
	if err != nil {
		return err
	}
	return d.startNew(ctx, operatorRecord{Binary: build, Started: time.Now(), Probe: probe})
}

func (d *demo) manager() string { return filepath.Join(d.options.binDir, managerBinary) }

// startNew starts the operator and waits until it works.
func (d *demo) startNew(ctx context.Context, r operatorRecord) error {
	kubeconfig := filepath.Join(d.place.folder, "operator.kubeconfig")
	if err := d.place.ServiceAccountKubeconfig(ctx, operatorNamespace, operatorAccount, kubeconfig); err != nil {
		return err
	}
	args := []string{"--health-probe-bind-address=" + r.Probe, "--metrics-bind-address=0"}
	pid, ended, err := background(d.manager(), args, []string{"KUBECONFIG=" + kubeconfig}, d.log())
	if err != nil {
		return err
	}
	r.Pid, r.Identity = pid, identity(pid)
	d.startedOperator = true
	if err := r.write(d.place.folder); err != nil {
		return errors.Join(err, r.stop(ctx, 0))
	}
	return d.elected(ctx, r, ended)
}

// elected waits until the operator holds the lease: from then on it works.
func (d *demo) elected(ctx context.Context, r operatorRecord, ended <-chan struct{}) error {
	clients, err := kubernetes.NewForConfig(d.place.Config())
	if err != nil {
		return fmt.Errorf("making a client: %w", err)
	}
	var problem error
	gone := false
	leads := poll(ctx, electionLimit, func() bool {
		select {
		case <-ended:
			gone = true
			return true
		default:
		}
		lease, err := clients.CoordinationV1().Leases(operatorNamespace).Get(ctx, leaseName, metav1.GetOptions{})
		if err != nil && !apierrors.IsNotFound(err) {
			problem = err
		}
		return err == nil && heldSince(lease, r.Started) && r.healthy(ctx)
	})
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case gone:
		return errors.New("the operator ended; " + d.endOfLog())
	case !leads:
		return errors.Join(fmt.Errorf("the operator was not elected within %s; %s", electionLimit, d.endOfLog()), problem)
	}
	return nil
}

func (d *demo) endOfLog() string {
	return fmt.Sprintf("the end of its log %s:\n%s", d.relative(d.log()), lastLines(d.log(), 10))
}

func heldSince(lease *coordinationv1.Lease, since time.Time) bool {
	holder, renewed := lease.Spec.HolderIdentity, lease.Spec.RenewTime
	return holder != nil && *holder != "" && renewed != nil && renewed.After(since)
}

// healthy asks the operator whether its cache is filled.
func (r operatorRecord) healthy(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+r.Probe+"/readyz", nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	_ = response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// buildOf tells one build of a binary from another: a build that finds nothing to do leaves the
// file alone.
func buildOf(binary string) (string, error) {
	info, err := os.Stat(binary)
	if err != nil {
		return "", fmt.Errorf("finding the operator that was built: %w", err)
	}
	return fmt.Sprintf("%s %d %s", binary, info.Size(), info.ModTime().Format(time.RFC3339Nano)), nil
}

// freeAddress is one that nobody listens on, on this machine only.
func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("finding a free port: %w", err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		return "", fmt.Errorf("finding a free port: %w", err)
	}
	return address, nil
}
