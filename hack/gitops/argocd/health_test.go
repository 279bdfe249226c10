package argocd_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/health"
	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	lua "github.com/yuin/gopher-lua"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/hack/testenv"
)

// scripts are the health checks of argocd-cm, by group_Kind.
type scripts map[string]string

const scriptKey = "resource.customizations.health."

// shippedHealth builds argocd-cm as somebody does who names the component of config/gitops/argocd/health: in an
// installation that has another health check already.
func shippedHealth(t *testing.T) scripts {
	t.Helper()
	folder := t.TempDir()
	component, err := filepath.Rel(folder, testenv.Path("config/gitops/argocd/health"))
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"argocd-cm.yaml":     "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cm, namespace: argocd}\ndata:\n  " + scriptKey + "example_Other: return {}\n",
		"kustomization.yaml": "resources: [argocd-cm.yaml]\ncomponents: [" + component + "]\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	objects, err := env.Kustomize(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	data, _, err := unstructured.NestedStringMap(objects[0].Object, "data")
	if err != nil || len(objects) != 1 {
		t.Fatalf("%d objects instead of argocd-cm alone: %v", len(objects), err)
	}
	all := scripts{}
	for key, script := range data {
		all[strings.TrimPrefix(key, scriptKey)] = script
	}
	if len(all) != 8 || all["example_Other"] == "" {
		t.Fatalf("argocd-cm has %d health checks, not that of others and one for each kind that people write", len(all))
	}
	return all
}

// GetResourceHealth runs the script for an object as Argo CD runs it: without the libraries of Lua but package, base and
// table, and for a second at most. Argo CD adds the clock of the library os, which the script must not need.
func (s scripts) GetResourceHealth(object *unstructured.Unstructured) (*health.HealthStatus, error) {
	kind := object.GroupVersionKind()
	script, found := s[kind.Group+"_"+kind.Kind]
	if !found {
		return nil, nil // the engine has a check of its own, or none
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	state := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer state.Close()
	for name, open := range map[string]lua.LGFunction{lua.LoadLibName: lua.OpenPackage, lua.BaseLibName: lua.OpenBase, lua.TabLibName: lua.OpenTable} {
		if err := state.CallByParam(lua.P{Fn: state.NewFunction(open), Protect: true}, lua.LString(name)); err != nil {
			return nil, fmt.Errorf("open the library %s: %w", name, err)
		}
	}
	state.SetContext(ctx)
	state.SetGlobal("obj", luaValue(state, object.Object))
	if err := state.DoString(script); err != nil {
		return nil, fmt.Errorf("run the health check of %s: %w", kind.Kind, err)
	}
	table, isTable := state.Get(-1).(*lua.LTable)
	if !isTable {
		return nil, fmt.Errorf("the health check of %s returns no table", kind.Kind)
	}
	return &health.HealthStatus{
		Status:  health.HealthStatusCode(table.RawGetString("status").String()),
		Message: table.RawGetString("message").String(),
	}, nil
}

// luaValue turns what JSON can say into Lua.
func luaValue(state *lua.LState, value any) lua.LValue {
	switch value := value.(type) {
	case map[string]any:
		table := state.NewTable()
		for key, item := range value {
			table.RawSetString(key, luaValue(state, item))
		}
		return table
	case []any:
		table := state.NewTable()
		for _, item := range value {
			table.Append(luaValue(state, item))
		}
		return table
	case string:
		return lua.LString(value)
	case bool:
		return lua.LBool(value)
	case int64:
		return lua.LNumber(value)
	case float64:
		return lua.LNumber(value)
	}
	return lua.LNil
}

// sameAs is what Argo CD calls a status of kstatus.
var sameAs = map[status.Status]health.HealthStatusCode{
	status.CurrentStatus:    health.HealthStatusHealthy,
	status.InProgressStatus: health.HealthStatusProgressing,
	status.FailedStatus:     health.HealthStatusDegraded,
}

// TestHealthIsThatOfFlux: whatever the conditions of an object are, both engines say the same of it.
func TestHealthIsThatOfFlux(t *testing.T) {
	checks := shippedHealth(t)
	for _, seen := range []int64{-1, 1, 2} {
		for _, ready := range []string{"True", "False", "Unknown"} {
			for _, present := range []string{"", v1alpha1.ReconcilingCondition, v1alpha1.StalledCondition} {
				object := consortium(seen, ready, present)
				t.Run(fmt.Sprintf("seen %d, Ready %s, %s", seen, ready, present), func(t *testing.T) { agree(t, checks, object) })
			}
		}
	}
}

// agree checks that both engines say the same, and that Argo CD repeats what the operator says.
func agree(t *testing.T, checks scripts, object *unstructured.Unstructured) {
	t.Helper()
	byFlux, err := status.Compute(object)
	if err != nil {
		t.Fatal(err)
	}
	byArgo, err := health.GetResourceHealth(object, checks)
	if err != nil {
		t.Fatal(err)
	}
	if byArgo.Status != sameAs[byFlux.Status] || byArgo.Message == "" || byArgo.Message == "nil" {
		t.Errorf("Flux says %s (%s), Argo CD %s (%s)", byFlux.Status, byFlux.Message, byArgo.Status, byArgo.Message)
	}
}

// consortium is one at generation 2 of whom the operator has seen some generation.
func consortium(seen int64, ready, present string) *unstructured.Unstructured {
	var conditions []any
	for kind, value := range map[string]string{v1alpha1.ReadyCondition: ready, present: "True"} {
		if kind != "" && value != "" {
			conditions = append(conditions, map[string]any{"type": kind, "status": value, "reason": "Some", "message": "Why it is so."})
		}
	}
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": v1alpha1.GroupVersion.String(), "kind": v1alpha1.ConsortiumKind,
		"metadata": map[string]any{"name": "tower-hamlets", "generation": int64(2)},
		"status":   map[string]any{"observedGeneration": seen, "conditions": conditions},
	}}
}
