package screen_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/diagnosis"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/screen"
)

// TestDiagnosis shows what people read where nothing is installed, as an administrator and as somebody with no
// rights, and where all is well.
func TestDiagnosis(t *testing.T) {
	var said bytes.Buffer
	page := &screen.Page{Out: &said, Clock: clock(t)}
	empty := diagnosis.Facts{Namespace: diagnosis.OperatorNamespace}
	empty.Server.Is, empty.Denied.Is = "v1.36.3", diagnosis.Rights()
	nobody := empty
	forbidden := apierrors.NewForbidden(schema.GroupResource{}, "", errors.New("no rule"))
	nobody.Kinds.Err, nobody.Policies.Err, nobody.Denied.Err, nobody.Deployment.Err, nobody.Lease.Err = forbidden, forbidden, forbidden, forbidden, forbidden
	nobody.FlowSchemas.Err, nobody.Functions.Err, nobody.Namespaces.Err = forbidden, forbidden, forbidden
	well := diagnosis.Diagnosis{Verdict: diagnosis.Sound, Checks: []diagnosis.Check{{Part: "Kinds", Verdict: diagnosis.Sound, Message: "All 8 are established."}}}
	noticed := diagnosis.Diagnosis{Verdict: diagnosis.Noticed, Checks: []diagnosis.Check{{Part: "Leader", Verdict: diagnosis.Noticed, Message: "It has not renewed the lease since 10:49 UTC on 2026-11-22.", Do: "see its log"}}}
	for _, d := range []diagnosis.Diagnosis{diagnosis.Of(empty), diagnosis.Of(nobody), well, noticed} {
		if err := page.Diagnosis(d); err != nil {
			t.Fatal(err)
		}
		said.WriteString("\n")
	}
	narrow := &screen.Page{Out: &said, Clock: clock(t), Width: 72, Colour: true}
	if err := narrow.Diagnosis(diagnosis.Of(empty)); err != nil {
		t.Fatal(err)
	}
	compareGolden(t, "doctor", strings.ReplaceAll(said.String(), "\x1b", "ESC"))
}
