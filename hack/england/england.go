// Package england loads the real publication of England's practices and the list of its support units
// onto a cluster, as a support unit would: the importers' files, namespaces first. Who supplies whom is
// not published: that is invented.
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
// January 2021 (NHS Digital, "Patients Registered at a GP Practice", Open Government Licence v3.0), and
// the support units of the Organisation Data Service. Services and agreements are invented.
const (
	Consortia          = 135
	Localities         = 1323
	Unallocated        = 57
	RegisteredPatients = 60_601_784
	Providers          = 19
	Services           = 15
	Agreements         = 3 * Consortia
)

// workers is how many requests a loader has under way.
const workers = 8

// Files of the folder that holds what was published.
const (
	mapFile      = "gp-reg-pat-prac-map.csv"
	patientsFile = "gp-reg-pat-prac-all.csv"
	unitsFile    = "commissioning-support-units.csv"
)

// Folder is where the publication lies: COMMISSIONING_ENGLAND_DATA, or beside the repository.
// False where it does not.
func Folder() (string, bool) {
	folder := os.Getenv("COMMISSIONING_ENGLAND_DATA")
	if folder == "" {
		folder = testenv.Path("../shared/data/england")
	}
	for _, name := range []string{mapFile, patientsFile, unitsFile} {
		if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
			return folder, false
		}
	}
	return folder, true
}

// Published returns the objects of the country, and what the importers report: consortia and suppliers
// as they were published, and the invented services and agreements.
func Published(ctx context.Context, env *testenv.Env, data string) (objects []*unstructured.Unstructured, report string, err error) {
	folder, err := os.MkdirTemp("", "england-")
	if err != nil {
		return nil, "", fmt.Errorf("make a folder for the imported files: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	out, sheet := filepath.Join(folder, "estate"), filepath.Join(folder, "agreements.csv")
	registrations, err := importer(ctx, "gp-registrations", "--map", filepath.Join(data, mapFile), "--patients", filepath.Join(data, patientsFile),
		"--providers", filepath.Join(data, unitsFile), "--member-functions", "referral-management", "--out", out)
	if err != nil {
		return nil, "", err
	}
	if objects, err = env.Kustomize(ctx, out); err != nil {
		return nil, "", err
	}
	if err := writeSheet(sheet, objects); err != nil {
		return nil, "", err
	}
	agreements, err := importer(ctx, "agreements", "--file", sheet, "--out", out)
	if err != nil {
		return nil, "", err
	}
	if objects, err = env.Kustomize(ctx, out); err != nil {
		return nil, "", err
	}
	services, err := hosted()
	if err != nil {
		return nil, "", err
	}
	return append(objects, services...), registrations + agreements, dress(objects)
}

// importer runs an import and returns its report.
func importer(ctx context.Context, what string, flags ...string) (string, error) {
	command := exec.CommandContext(ctx, "go", append([]string{"run", "./cmd/kubectl-commissioning", "import", what}, flags...)...)
	command.Dir = testenv.Path(".")
	report, err := command.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("import %s: %w\n%s", what, err, report)
	}
	return string(report), nil
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
