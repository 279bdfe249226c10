package status

import (
	"fmt"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// clock writes an instant as people read it. A message never says "today": it would be wrong tomorrow.
func clock(t time.Time) string { return t.UTC().Format("15:04 UTC on 2006-01-02") }

// span writes a duration without the parts that are nought: 30m, 1h30m, 72h.
func span(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// sentence makes a clause, which begins with a name, one.
func sentence(clause string) string {
	if rest, isPlain := strings.CutPrefix(clause, "supplier "); isPlain {
		clause = "Supplier " + rest
	}
	return clause + "."
}

// stamp is an instant as the API keeps it: by the second, so that reading it back changes nothing.
func stamp(t time.Time) *metav1.Time {
	return &metav1.Time{Time: t.UTC().Truncate(time.Second)}
}

// readyReplicas says how many replicas serve. While they come back it does not change with each: every
// agreement with the service repeats it.
func readyReplicas(desired, available int32) string {
	if available <= 0 {
		return fmt.Sprintf("0 of %s ready", counted(desired, "replica"))
	}
	return fmt.Sprintf("fewer than half of %s ready", counted(desired, "replica"))
}
