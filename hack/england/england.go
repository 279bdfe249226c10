// Package england loads the real publication of England's practices onto a cluster, as a support
// unit would: the importer's files, namespaces first.
package england

import (
	"context"
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
		refused := each(objects, func(object *unstructured.Unstructured) error {
			if object.GetKind() != kind {
				return nil
			}
			return c.Create(ctx, object.DeepCopy())
		})
		for _, r := range refused {
			return fmt.Errorf("create %s %s: %w", r.object.GetKind(), client.ObjectKeyFromObject(r.object), r.err)
		}
	}
	return nil
}

// ApplyUntilAccepted applies objects in the order given, several at a time; those that the API refuses,
// such as what comes before its namespace, again and again until it accepts them. It returns how many
// rounds that took.
func ApplyUntilAccepted(ctx context.Context, c client.Client, objects []*unstructured.Unstructured) (rounds int, err error) {
	for waiting := objects; len(waiting) > 0; rounds++ {
		refused := each(waiting, func(object *unstructured.Unstructured) error {
			return c.Apply(ctx, client.ApplyConfigurationFromUnstructured(object.DeepCopy()), client.FieldOwner("england"))
		})
		waiting = nil
		for _, r := range refused {
			waiting = append(waiting, r.object)
		}
		if ctx.Err() != nil {
			return rounds, fmt.Errorf("%d objects were not accepted, among them %s: %w", len(refused), client.ObjectKeyFromObject(refused[0].object), refused[0].err)
		}
	}
	return rounds, nil
}

type refusal struct {
	object *unstructured.Unstructured
	err    error
}

// each does the work for every object, several at a time, and returns those for which it failed.
func each(objects []*unstructured.Unstructured, work func(*unstructured.Unstructured) error) []refusal {
	jobs := make(chan *unstructured.Unstructured)
	failed := make(chan refusal, len(objects))
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for object := range jobs {
				if err := work(object); err != nil {
					failed <- refusal{object, err}
				}
			}
		})
	}
	for _, object := range objects {
		jobs <- object
	}
	close(jobs)
	group.Wait()
	close(failed)
	var refused []refusal
	for r := range failed {
		refused = append(refused, r)
	}
	return refused
}
