package audit

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	created  = `{"kind":"Event","stage":"ResponseComplete","verb":"create","requestURI":"/api/v1/namespaces/a/services?fieldManager=x","objectRef":{"resource":"services","namespace":"a","name":"s","apiVersion":"v1"},"responseStatus":{"code":201},"requestReceivedTimestamp":"2026-11-22T10:00:00.000001Z","stageTimestamp":"2026-11-22T10:00:00.002001Z"}`
	patched  = `{"verb":"patch","objectRef":{"resource":"consortia","name":"a","apiGroup":"commissioning.support","subresource":"status"},"responseStatus":{"code":200},"requestReceivedTimestamp":"2026-11-22T10:00:01Z","stageTimestamp":"2026-11-22T10:00:01Z"}`
	refused  = `{"verb":"update","objectRef":{"resource":"configmaps","namespace":"a","name":"l"},"responseStatus":{"code":409},"requestReceivedTimestamp":"2026-11-22T10:00:02Z","stageTimestamp":"2026-11-22T10:00:02Z"}`
	renewed  = `{"verb":"update","objectRef":{"resource":"leases","namespace":"a","name":"l"},"responseStatus":{"code":200},"requestReceivedTimestamp":"2026-11-22T10:00:03Z","stageTimestamp":"2026-11-22T10:00:03Z"}`
	watched  = `{"verb":"watch","objectRef":{"resource":"services"},"responseStatus":{"code":200},"requestReceivedTimestamp":"2026-11-22T10:00:04Z","stageTimestamp":"2026-11-22T10:00:04Z"}`
	explored = `{"verb":"get","requestURI":"/apis?timeout=32s","responseStatus":{"code":200},"requestReceivedTimestamp":"2026-11-22T10:00:05Z","stageTimestamp":"2026-11-22T10:00:05Z"}`
)

func at(second int) time.Time { return time.Date(2026, 11, 22, 10, 0, second, 0, time.UTC) }

// A log is read while it grows: a line that is half written is read when it is whole.
func TestLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.log")
	log := NewLog(path)
	if requests, err := log.Requests(); err != nil || requests != nil {
		t.Fatalf("a log that is not there yet: %v, %v", requests, err)
	}
	text := created + "\n" + patched + "\n" + refused[:20]
	for _, step := range []struct {
		added string
		want  int
	}{{text, 2}, {refused[20:] + "\n", 3}, {renewed + "\n" + watched + "\n" + explored + "\n", 6}} {
		file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := file.WriteString(step.added); err != nil {
			t.Fatal(err)
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
		requests, err := log.Requests()
		if err != nil || len(requests) != step.want {
			t.Fatalf("%d requests, want %d: %v", len(requests), step.want, err)
		}
	}
	all, err := log.Requests()
	if err != nil {
		t.Fatal(err)
	}
	first := Request{
		Began: at(0).Add(time.Microsecond), At: at(0).Add(2*time.Millisecond + time.Microsecond),
		Verb: "create", Resource: "services", Namespace: "a", Name: "s", Code: 201,
	}
	if diff := cmp.Diff(first, all[0]); diff != "" {
		t.Errorf("the first request (-want +got):\n%s", diff)
	}
	if last := LastWrite(all); !last.Equal(at(2)) {
		t.Errorf("the last write is of %s, want that of the ConfigMap: a lease is none", last)
	}
	counted := Between(all, at(0), at(5), func(r Request) bool { return !r.IsApart() })
	const want = "1 create services, 1 get /apis, 1 patch consortia/status, 1 update configmaps (answered 409)"
	if got := Summary(counted); got != want {
		t.Errorf("counted: %s\nwant: %s", got, want)
	}
	if since := Between(all, at(1), at(2), Request.IsWrite); len(since) != 1 || since[0].Resource != "configmaps" {
		t.Errorf("writes after the status, up to the ConfigMap: %s", Summary(since))
	}
}

func TestLogThatIsNone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.log")
	if err := os.WriteFile(path, []byte("no log\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := NewLog(path).Requests(); err == nil {
		t.Error("a file that holds no events is read as if it did")
	}
}
