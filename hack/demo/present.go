package main

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// present shows what a support unit would look at, and what to try next.
func (d *demo) present(ctx context.Context, e *estate) error {
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		return fmt.Errorf("kinds of the operator: %w", err)
	}
	reader, err := client.New(d.place.Config(), client.Options{Scheme: scheme})
	if err != nil {
		return fmt.Errorf("making a client: %w", err)
	}
	var all v1alpha1.ConsortiumList
	if err := reader.List(ctx, &all); err != nil {
		return fmt.Errorf("reading the consortia: %w", err)
	}
	// Every row of everything is looked at only while there are few.
	const few = 12
	if len(all.Items) > few {
		err = d.presentSums(ctx, all.Items)
	} else {
		err = d.presentAll(ctx)
	}
	if err != nil {
		return err
	}
	if err := d.presentOne(ctx, reader, e.firstConsortium()); err != nil {
		return err
	}
	d.screen.printf("\n%s", d.next(e))
	return nil
}

func (d *demo) presentAll(ctx context.Context) error {
	table, err := d.place.Kubectl(ctx, "get", "commissioning", "-A")
	if err != nil {
		return err
	}
	d.screen.printf("\n$ kubectl get commissioning -A\n%s", table)
	return nil
}

// presentSums shows the head of the list and its sums.
func (d *demo) presentSums(ctx context.Context, all []v1alpha1.Consortium) error {
	const head = 6
	table, err := d.place.Kubectl(ctx, "get", "consortia")
	if err != nil {
		return err
	}
	lines := bytes.SplitAfter(table, []byte("\n"))
	if len(lines) > head {
		lines = append(lines[:head], []byte("…\n"))
	}
	d.screen.printf("\n$ kubectl get consortia\n%s\n%s\n", bytes.Join(lines, nil), sums(all))
	return nil
}

// sums is the country on one line.
func sums(consortia []v1alpha1.Consortium) string {
	var localities, practices, functions, working, ready int
	var patients int64
	for i := range consortia {
		s := &consortia[i].Status
		localities += int(value(s.Localities))
		practices += int(value(s.Practices))
		functions += int(value(s.FunctionsTotal))
		working += int(value(s.FunctionsWorking))
		if s.RegisteredPatients != nil {
			patients += *s.RegisteredPatients
		}
		if lacks(&consortia[i], v1alpha1.ReadyCondition) == "" {
			ready++
		}
	}
	return fmt.Sprintf("%s (%d Ready) · %s · %s · %s registered patients · %d of %d functions work",
		plural(len(consortia), "consortium", "consortia"), ready, plural(localities, "locality", "localities"),
		plural(practices, "practice", "practices"), thousands(patients), working, functions)
}

// presentOne shows the conditions of one consortium as a person reads them.
func (d *demo) presentOne(ctx context.Context, reader client.Reader, name string) error {
	var c v1alpha1.Consortium
	if err := reader.Get(ctx, client.ObjectKey{Name: name}, &c); err != nil {
		return fmt.Errorf("reading the consortium %s: %w", name, err)
	}
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	for _, condition := range c.Status.Conditions {
		_, _ = fmt.Fprintf(table, "  %s\t%s\t%s\t%s\n", condition.Type, condition.Status, condition.Reason, condition.Message)
	}
	_ = table.Flush()
	d.screen.printf("\n%s (%s), its conditions:\n%s", c.Spec.DisplayName, c.Spec.OrganisationCode, text.String())
	return nil
}

// next are commands that work as they are printed, from this folder.
func (d *demo) next(e *estate) string {
	one := e.firstConsortium()
	kubeconfig, bin := d.shellPath(d.place.Kubeconfig()), d.shellPath(d.options.binDir)
	path := fmt.Sprintf("export KUBECONFIG=%s PATH=%s:$PATH", kubeconfig, bin)
	rows := [][2]string{
		{path, ""},
		{"kubectl commissioning status " + one, "who does each of its functions, and does it work"},
	}
	if e.count(v1alpha1.SupportAgreementKind) > 0 {
		rows = append(rows, d.nextOfAgreements(one)...)
	}
	rows = append(rows, [][2]string{
		{"kubectl describe consortium " + one, "conditions, figures, events"},
		{"kubectl get networkpolicies,resourcequotas,rolebindings -n " + one, "its guard rails"},
		{"kubectl apply -f config/samples/not-allowed.yaml", "is refused, twice: see what it says"},
	}...)
	if d.options.country() {
		rows = slices.Insert(rows, 1, [2]string{"kubectl commissioning status", "the country on one screen"})
	} else {
		rows = append(rows, [2]string{"make demo" + d.ownFlag() + " MAP=gp-reg-pat-prac-map.csv PATIENTS=gp-reg-pat-prac-all.csv", "the whole country"})
	}
	rows = append(rows, [2]string{"make demo-down" + d.ownFlag(), "until then it keeps running; its log: " + d.relative(d.log())})
	return layOut(rows)
}

// nextOfAgreements are for what a consortium takes from suppliers.
func (d *demo) nextOfAgreements(one string) [][2]string {
	rows := [][2]string{{"kubectl commissioning explain " + failing.Name + " -n " + one, "who supplies it, why, and what you can do"}}
	if d.place.own {
		return rows
	}
	local := "go run ./hack/localcluster %s --name " + clusterName
	if folder := d.relative(d.options.stateDir); folder != ".localcluster" {
		local += " --state-dir " + folder
	}
	return append(rows, [2]string{fmt.Sprintf(local, "fail") + " --namespace " + failing.Namespace, "a failure of your own; the same with heal ends it"})
}

// layOut puts the remarks under each other. The last row is how it ends.
func layOut(rows [][2]string) string {
	width := 0
	for _, row := range rows {
		if row[1] != "" {
			width = max(width, len(row[0]))
		}
	}
	var text strings.Builder
	for i, row := range rows {
		label := ""
		switch i {
		case 0:
			label = "Try next:"
		case len(rows) - 1:
			label = "Clean up:"
		}
		line := fmt.Sprintf("%-10s %s", label, row[0])
		if row[1] != "" {
			line = fmt.Sprintf("%-10s %-*s  # %s", label, width, row[0], row[1])
		}
		_, _ = fmt.Fprintln(&text, line)
	}
	return text.String()
}

// shellPath is a path for a command line in this folder.
func (d *demo) shellPath(path string) string {
	if short := d.relative(path); short != path {
		return "$PWD/" + short
	}
	return path
}
