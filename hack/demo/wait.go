package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	toolscache "k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// kindObject is an object of our API: one with conditions.
type kindObject interface {
	client.Object
	GetConditions() []metav1.Condition
}

// tally knows which objects of an estate are not Ready yet, and why.
type tally struct {
	estate *estate
	own    bool

	mu sync.Mutex
	// waiting holds every object, with nothing for those that are Ready.
	waiting map[object]string
	ready   int
	// changed holds at most one piece of news.
	changed chan struct{}
}

const notThere = "it is not there"

func newTally(e *estate, own bool) *tally {
	t := &tally{estate: e, own: own, waiting: map[object]string{}, changed: make(chan struct{}, 1)}
	for _, o := range e.objects {
		if own && needsPods(o.kind) {
			continue
		}
		t.waiting[o] = notThere
	}
	for function := range e.instances {
		t.waiting[object{kind: v1alpha1.SupportFunctionKind, name: function}] = notThere
	}
	return t
}

// needsPods: on a cluster with real nodes, a function of the sample has no image to run, and so nobody
// supplies it either.
func needsPods(kind string) bool {
	return kind == v1alpha1.MemberFunctionKind || kind == v1alpha1.HostedServiceKind || kind == v1alpha1.SupportAgreementKind
}

// saw takes note of how an object is; gone says that it was deleted.
func (t *tally) saw(o kindObject, gone bool) {
	key := keyOf(o)
	why := notThere
	if !gone {
		why = t.missing(o)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	before, ours := t.waiting[key]
	if !ours {
		return
	}
	t.waiting[key] = why
	switch {
	case before != "" && why == "":
		t.ready++
	case before == "" && why != "":
		t.ready--
	}
	select {
	case t.changed <- struct{}{}:
	default:
	}
}

// count returns how many are Ready, of how many.
func (t *tally) count() (ready, total int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ready, len(t.waiting)
}

// progress is the count for a person.
func (t *tally) progress() string {
	ready, total := t.count()
	return thousands(int64(ready)) + " of " + thousands(int64(total)) + " Ready"
}

// late says of those that are not Ready why, causes first.
func (t *tally) late() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var late []object
	for o, why := range t.waiting {
		if why != "" {
			late = append(late, o)
		}
	}
	slices.SortFunc(late, t.causesFirst)
	reasons := make([]string, len(late))
	for i, o := range late {
		reasons[i] = fmt.Sprintf("%s: %s", o, t.waiting[o])
	}
	return reasons
}

// causesFirst puts what only sums up others last.
func (t *tally) causesFirst(a, b object) int {
	sumsUp := func(o object) int {
		if o.kind == v1alpha1.SupportFunctionKind || strings.HasPrefix(t.waiting[o], v1alpha1.FunctionsAvailableCondition) {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(sumsUp(a), sumsUp(b)), cmp.Compare(a.kind, b.kind), cmp.Compare(a.namespace, b.namespace), cmp.Compare(a.name, b.name))
}

// missing says what an object lacks; nothing when it is Ready and, where it sums up others, has
// seen all of them.
func (t *tally) missing(o kindObject) string {
	if why := lacks(o, v1alpha1.ReadyCondition); why != "" {
		return why
	}
	switch o := o.(type) {
	case *v1alpha1.Consortium:
		return t.consortiumMisses(o)
	case *v1alpha1.SupportFunction:
		return t.fewer(t.estate.instances[o.Name], value(o.Status.InstancesUpToDate), "instances are up to date")
	case *v1alpha1.SupportProvider:
		return cmp.Or(
			t.fewer(t.estate.services[o.Status.Namespace], value(o.Status.Services), "services are seen"),
			t.fewer(t.wantedServed(o.Name), value(o.Status.ConsortiaServed), "consortia are served"))
	case *v1alpha1.HostedService:
		return t.fewer(t.wantedServed(o.Namespace+"/"+o.Name), int32(value(o.Status.Consortia.Served)), "consortia are served") //nolint:gosec // bounded by the capacity
	}
	return ""
}

// fewer says what is missing while the sums lag behind. On a cluster with real nodes they may stay so.
func (t *tally) fewer(wanted, found int32, what string) string {
	if found >= wanted || t.own {
		return ""
	}
	return fmt.Sprintf("%d of %d %s", found, wanted, what)
}

// wantedServed counts those whose first choice it is; a supplier of the sample has the namespace of its
// name.
func (t *tally) wantedServed(name string) int32 {
	return int32(t.estate.served[name].Len()) //nolint:gosec // as many as the sample has consortia
}

func (t *tally) consortiumMisses(c *v1alpha1.Consortium) string {
	if why := lacks(c, v1alpha1.PopulationKnownCondition); why != "" || t.own {
		return why
	}
	return cmp.Or(
		t.fewer(t.estate.functions[c.Status.Namespace], value(c.Status.FunctionsTotal), "functions are seen"),
		lacks(c, v1alpha1.FunctionsAvailableCondition))
}

func lacks(o kindObject, condition string) string {
	c := meta.FindStatusCondition(o.GetConditions(), condition)
	switch {
	case c == nil:
		return "the operator has not seen it yet"
	case c.Status != metav1.ConditionTrue:
		return fmt.Sprintf("%s is %s (%s): %s", condition, c.Status, c.Reason, c.Message)
	case c.ObservedGeneration != o.GetGeneration():
		return "the operator has not seen its last change yet"
	default:
		return ""
	}
}

func value[T int32 | int64](p *T) T {
	if p == nil {
		return 0
	}
	return *p
}

func keyOf(o kindObject) object {
	kind := ""
	switch o.(type) {
	case *v1alpha1.Consortium:
		kind = v1alpha1.ConsortiumKind
	case *v1alpha1.Locality:
		kind = v1alpha1.LocalityKind
	case *v1alpha1.MemberFunction:
		kind = v1alpha1.MemberFunctionKind
	case *v1alpha1.SupportFunction:
		kind = v1alpha1.SupportFunctionKind
	case *v1alpha1.SupportProvider:
		kind = v1alpha1.SupportProviderKind
	case *v1alpha1.HostedService:
		kind = v1alpha1.HostedServiceKind
	case *v1alpha1.SupportAgreement:
		kind = v1alpha1.SupportAgreementKind
	}
	return object{kind, o.GetNamespace(), o.GetName()}
}

// watch tells the tally of every change, until ctx ends.
func (d *demo) watch(ctx context.Context, t *tally) error {
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		return fmt.Errorf("kinds of the operator: %w", err)
	}
	watched, err := cache.New(d.place.Config(), cache.Options{Scheme: scheme})
	if err != nil {
		return fmt.Errorf("watching the cluster: %w", err)
	}
	for _, kind := range []client.Object{
		&v1alpha1.Consortium{}, &v1alpha1.Locality{}, &v1alpha1.MemberFunction{}, &v1alpha1.SupportFunction{},
		&v1alpha1.SupportProvider{}, &v1alpha1.HostedService{}, &v1alpha1.SupportAgreement{},
	} {
		informer, err := watched.GetInformer(ctx, kind, cache.BlockUntilSynced(false))
		if err == nil {
			_, err = informer.AddEventHandler(toolscache.ResourceEventHandlerFuncs{
				AddFunc:    func(o any) { t.tell(o, false) },
				UpdateFunc: func(_, o any) { t.tell(o, false) },
				DeleteFunc: func(o any) { t.tell(o, true) },
			})
		}
		if err != nil {
			return fmt.Errorf("watching the cluster: %w", err)
		}
	}
	go func() { _ = watched.Start(ctx) }()
	return nil
}

func (t *tally) tell(o any, gone bool) {
	if last, ok := o.(toolscache.DeletedFinalStateUnknown); ok {
		o = last.Obj
	}
	if known, ok := o.(kindObject); ok {
		t.saw(known, gone)
	}
}

// errLate is a deadline that passed before everything was Ready.
var errLate = errors.New("not everything became Ready in time")

// wait returns when everything is Ready, or says what is not when the time is up.
func (d *demo) wait(ctx context.Context, t *tally, step *step) (string, error) {
	limit := time.NewTimer(d.options.limit())
	defer limit.Stop()
	alive := time.NewTicker(2 * time.Second)
	defer alive.Stop()
	for {
		if ready, total := t.count(); ready == total {
			return t.progress(), nil
		}
		step.say("%s", t.progress())
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-limit.C:
			late := t.late()
			return "", fmt.Errorf("%w: %s after %s. The first that are not:\n  %s\nMore time: make demo DEADLINE=30m. The operator's log: %s",
				errLate, t.progress(), d.options.limit(), strings.Join(late[:min(3, len(late))], "\n  "), d.relative(d.log()))
		case <-alive.C:
			if err := d.stillRuns(t.progress()); err != nil {
				return "", err
			}
		case <-t.changed:
		}
	}
}

// until looks often whether something that is watched has come about, and says how far it is.
func (d *demo) until(ctx context.Context, step *step, look func() (progress string, done bool, err error)) error {
	var progress string
	var problem error
	alive := time.Now()
	came := poll(ctx, d.options.limit(), func() bool {
		var done bool
		progress, done, problem = look()
		if !done && problem == nil && time.Since(alive) > 2*time.Second {
			alive, problem = time.Now(), d.stillRuns(progress)
		}
		step.say("%s", progress)
		return done || problem != nil
	})
	switch {
	case problem == nil && came:
		return nil
	case problem == nil && ctx.Err() != nil:
		problem = ctx.Err()
	case problem == nil:
		problem = fmt.Errorf("%w: %s after %s. More time: make demo DEADLINE=30m. The operator's log: %s",
			errLate, progress, d.options.limit(), d.relative(d.log()))
	}
	step.cut()
	return problem
}

// stillRuns returns an error once the operator has ended.
func (d *demo) stillRuns(progress string) error {
	if r, err := readOperator(d.place.folder); err == nil && !r.running() {
		return fmt.Errorf("the operator ended at %s; %s", progress, d.endOfLog())
	}
	return nil
}
