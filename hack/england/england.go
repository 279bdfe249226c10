// Package england loads the real publication of England's practices onto a cluster, as a support
// unit would: the importer's files, namespaces first.
package england

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/hack/testenv"
)

// Counts of the publication in the default folder: the map of September 2020 with the lists of
// January 2021 (NHS Digital, "Patients Registered at a GP Practice", Open Government Licence v3.0).
const (
	Consortia          = 135
	Localities         = 1323
	Unallocated        = 57
	RegisteredPatients = 60_601_784
)

// workers is how many requests a loader has under way.
const workers = 8

// Folder is where the publication lies: COMMISSIONING_ENGLAND_DATA, or beside the repository.
// False where it does not.
func Folder() (string, bool) {
	folder := os.Getenv("COMMISSIONING_ENGLAND_DATA")
	if folder == "" {
		folder = testenv.Path("../shared/data/england")
	}
	_, err := os.Stat(filepath.Join(folder, "gp-reg-pat-prac-map.csv"))
	return folder, err == nil
}

// Import runs the importer on the publication and returns its report; the files go to out.
func Import(ctx context.Context, data, out string) (string, error) {
	command := exec.CommandContext(ctx, "go", "run", "./cmd/kubectl-commissioning", "import", "gp-registrations",
		"--map", filepath.Join(data, "gp-reg-pat-prac-map.csv"), "--patients", filepath.Join(data, "gp-reg-pat-prac-all.csv"),
		"--member-functions", "referral-management", "--out", out)
	command.Dir = testenv.Path(".")
	report, err := command.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("import the publication: %w\n%s", err, report)
	}
	return string(report), nil
}

// Create creates objects, several at a time; those of a kind that comes earlier in order stand before
// the next kind is begun.
func Create(ctx context.Context, c client.Client, objects []*unstructured.Unstructured, order ...string) error {
	for _, kind := range order {
		jobs := make(chan *unstructured.Unstructured)
		failures := make(chan error, workers)
		var group sync.WaitGroup
		for range workers {
			group.Go(func() { failures <- createAll(ctx, c, jobs) })
		}
		for _, object := range objects {
			if object.GetKind() == kind {
				jobs <- object
			}
		}
		close(jobs)
		group.Wait()
		close(failures)
		for err := range failures {
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// createAll drains the jobs even after a failure, so that nobody waits to hand one over.
func createAll(ctx context.Context, c client.Client, jobs <-chan *unstructured.Unstructured) error {
	var failures []error
	for object := range jobs {
		if err := c.Create(ctx, object.DeepCopy()); err != nil {
			failures = append(failures, fmt.Errorf("create %s %s: %w", object.GetKind(), client.ObjectKeyFromObject(object), err))
		}
	}
	return errors.Join(failures...)
}
