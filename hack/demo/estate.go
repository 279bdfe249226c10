package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	yamlreader "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// object names one object of an estate.
type object struct{ kind, namespace, name string }

func (o object) String() string {
	if o.namespace == "" {
		return o.kind + " " + o.name
	}
	return o.kind + " " + o.namespace + "/" + o.name
}

// estate is what the demo applies: the sample, or the country.
type estate struct {
	name, folder string
	manifests    []byte
	objects      []object // those of our kinds
	total        int      // the namespaces too
	// documents of the manifests, by kind.
	documents map[string][]byte
	// instances of each function of the catalogue, functions that each namespace asks for, and services
	// in each namespace.
	instances, functions, services map[string]int32
	// served are the namespaces of those whose first choice is a supplier, or a service of it
	// (supplier/service).
	served map[string]sets.Set[string]
}

const (
	sampleFolder = "config/samples"
	// livelyFolder is the sample with a failover that does not take minutes.
	livelyFolder = "hack/demo/sample"
)

// chooseEstate returns the sample, or imports the country.
func (d *demo) chooseEstate(ctx context.Context) (*estate, error) {
	if !d.options.country() {
		if d.place.own {
			return d.render(ctx, "sample", sampleFolder)
		}
		return d.render(ctx, "sample", livelyFolder)
	}
	step := d.screen.begin("import", "reading the publication")
	folder := filepath.Join(d.place.folder, "country")
	report, err := d.importCountry(ctx, folder)
	if err != nil {
		step.cut()
		return nil, err
	}
	e, err := d.render(ctx, "country", folder)
	if err != nil {
		step.cut()
		return nil, err
	}
	step.done(e.counts(), "report "+d.relative(report))
	return e, nil
}

// importCountry runs the plug-in's import and returns where its report is.
func (d *demo) importCountry(ctx context.Context, folder string) (string, error) {
	cmd := exec.CommandContext(ctx, filepath.Join(d.options.binDir, "kubectl-commissioning"), "import", "gp-registrations",
		"--map", d.options.mapFile, "--patients", d.options.patientsFile, "--out", folder,
		"--member-functions", "referral-management")
	var report, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &report, &problems
	err := cmd.Run()
	// 3 says that an earlier import holds more: nothing that stops the demo.
	const removalsWait = 3
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != removalsWait) {
		return "", fmt.Errorf("importing the publication: %w: %s", err, strings.TrimSpace(problems.String()))
	}
	path := folder + "-report.txt"
	if err := os.WriteFile(path, report.Bytes(), 0o600); err != nil {
		return "", fmt.Errorf("writing the report of the import: %w", err)
	}
	return path, nil
}

// render reads what a folder of manifests holds.
func (d *demo) render(ctx context.Context, name, folder string) (*estate, error) {
	manifests, err := d.place.Kubectl(ctx, "kustomize", folder)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", folder, err)
	}
	e := newEstate(name, folder)
	e.manifests = manifests
	reader := yamlreader.NewYAMLReader(bufio.NewReader(bytes.NewReader(manifests)))
	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return e, nil
		}
		if err == nil {
			err = e.take(document)
		}
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", folder, err)
		}
	}
}

func newEstate(name, folder string) *estate {
	return &estate{
		name: name, folder: folder, documents: map[string][]byte{},
		instances: map[string]int32{}, functions: map[string]int32{}, services: map[string]int32{},
		served: map[string]sets.Set[string]{},
	}
}

// manifest is what the demo needs to know of an object that it applies.
type manifest struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              struct {
		Function  string              `json:"function"`
		Suppliers []v1alpha1.Supplier `json:"suppliers"`
	} `json:"spec"`
}

// take notes what one object asks for.
func (e *estate) take(document []byte) error {
	var read manifest
	if err := yaml.Unmarshal(document, &read); err != nil {
		return fmt.Errorf("a manifest: %w", err)
	}
	e.total++
	e.documents[read.Kind] = append(append(e.documents[read.Kind], "---\n"...), document...)
	if read.APIVersion != v1alpha1.GroupVersion.String() {
		return nil
	}
	e.objects = append(e.objects, object{read.Kind, read.Namespace, read.Name})
	switch read.Kind {
	case v1alpha1.MemberFunctionKind:
		e.instances[read.Spec.Function]++
		e.functions[read.Namespace]++
	case v1alpha1.HostedServiceKind:
		e.instances[read.Spec.Function]++
		e.services[read.Namespace]++
	case v1alpha1.SupportAgreementKind:
		e.functions[read.Namespace]++
		e.takeFirstChoice(read)
	}
	return nil
}

func (e *estate) takeFirstChoice(read manifest) {
	if len(read.Spec.Suppliers) == 0 {
		return // the API server refuses it
	}
	first := read.Spec.Suppliers[0]
	service := cmp.Or(string(first.Service), read.Spec.Function)
	for _, name := range []string{string(first.Provider), string(first.Provider) + "/" + service} {
		if e.served[name] == nil {
			e.served[name] = sets.New[string]()
		}
		e.served[name].Insert(read.Namespace)
	}
}

// names of the objects of a kind.
func (e *estate) names(kind string) []string {
	var names []string
	for _, o := range e.objects {
		if o.kind == kind {
			names = append(names, o.name)
		}
	}
	return names
}

// count of objects of a kind.
func (e *estate) count(kind string) int { return len(e.names(kind)) }

// counts says what the estate holds, in as many words as a line has room for.
func (e *estate) counts() string {
	kinds := []struct{ kind, one, many string }{
		{v1alpha1.ConsortiumKind, "consortium", "consortia"},
		{v1alpha1.LocalityKind, "locality", "localities"},
		{v1alpha1.MemberFunctionKind, "member function", "member functions"},
	}
	if e.count(v1alpha1.SupportProviderKind) > 0 {
		kinds = append(kinds[:2], []struct{ kind, one, many string }{
			{v1alpha1.SupportProviderKind, "provider", "providers"},
			{v1alpha1.HostedServiceKind, "service", "services"},
			{v1alpha1.SupportAgreementKind, "agreement", "agreements"},
		}...)
	}
	parts := make([]string, len(kinds))
	for i, k := range kinds {
		parts[i] = plural(e.count(k.kind), k.one, k.many)
	}
	return strings.Join(parts, ", ")
}

// firstConsortium is the one whose conditions are shown: a well-known one, if it is there.
func (e *estate) firstConsortium() string {
	first := ""
	for _, o := range e.objects {
		if o.kind != v1alpha1.ConsortiumKind {
			continue
		}
		if o.name == "tower-hamlets" {
			return o.name
		}
		if first == "" {
			first = o.name
		}
	}
	return first
}

// policyLimit is how long the API server may take to know a kind that a policy asks for.
const policyLimit = 45 * time.Second

// apply sends the estate through kubectl, as the user would. What the API server refuses only
// because a policy is still being set up is sent again.
func (d *demo) apply(ctx context.Context, e *estate, applied func(done int)) error {
	deadline := time.Now().Add(policyLimit)
	for {
		said, err := d.applyOnce(ctx, e, applied)
		if err == nil || ctx.Err() != nil {
			return ctx.Err()
		}
		if !settlingDown(said) || time.Now().After(deadline) {
			return fmt.Errorf("kubectl apply --server-side -k %s: %w\n%s", d.relative(e.folder), err, indent(said))
		}
		poll(ctx, time.Second, func() bool { return false })
	}
}

// settlingDown recognises a policy whose parameters the API server does not watch yet.
func settlingDown(said string) bool {
	return strings.Contains(said, "paramKind") || strings.Contains(said, "not yet synced")
}

func (d *demo) applyOnce(ctx context.Context, e *estate, applied func(done int)) (said string, err error) {
	cmd := d.place.KubectlCommand(ctx, d.applyFlags("-f", "-")...)
	var problems bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(e.manifests), &problems
	lines, err := cmd.StdoutPipe()
	if err != nil {
		return "", fmt.Errorf("reading what kubectl says: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return "", fmt.Errorf("starting kubectl: %w", err)
	}
	scanner := bufio.NewScanner(lines)
	for done := 1; scanner.Scan(); done++ {
		applied(done)
	}
	if err := cmd.Wait(); err != nil {
		return strings.TrimSpace(problems.String()), fmt.Errorf("it was not applied: %w", err)
	}
	return "", nil
}

// indent the first lines of what a program said.
func indent(text string) string {
	const keep = 8
	lines := strings.Split(text, "\n")
	if len(lines) > keep {
		lines = append(lines[:keep], fmt.Sprintf("… and %d more lines", len(lines)-keep))
	}
	return "  " + strings.Join(lines, "\n  ")
}
