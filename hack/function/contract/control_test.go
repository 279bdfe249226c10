package contract_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func (w *world) tell(method, path string) int {
	w.Helper()
	recorder := httptest.NewRecorder()
	w.function.Control().ServeHTTP(recorder, httptest.NewRequestWithContext(w.Context(), method, path, http.NoBody))
	return recorder.Code
}

func TestAFunctionFailsAndHealsWhenTold(t *testing.T) {
	w := newWorld(t)
	token := w.token(1, good())
	if got := w.tell(http.MethodPost, "/control/fail"); got != http.StatusNoContent {
		t.Fatalf("told to fail, it answers %d", got)
	}
	w.isRefused(w.call(token), http.StatusServiceUnavailable, "ToldToFail")
	w.isRefused(w.ready(), http.StatusServiceUnavailable, "ToldToFail")
	if got := w.tell(http.MethodPost, "/control/heal"); got != http.StatusNoContent {
		t.Fatalf("told to heal, it answers %d", got)
	}
	w.isServed(w.call(token))
	if got := w.ready(); got.Status != http.StatusOK {
		t.Errorf("healed, it is not ready: %s", got.moreToRead)
	}
}

func TestOnlyAPostToTheControlTells(t *testing.T) {
	w := newWorld(t)
	token := w.token(1, good())
	if got := w.tell(http.MethodGet, "/control/fail"); got != http.StatusMethodNotAllowed {
		t.Errorf("asked whether it fails, it answers %d", got)
	}
	// Callers have no control.
	got := w.call(token, func(r *http.Request) { r.Method, r.URL.Path = http.MethodPost, "/control/fail" })
	if got.Status != http.StatusMethodNotAllowed {
		t.Errorf("told to fail by a caller, it answers %d", got.Status)
	}
	w.isServed(w.call(token))
}

func TestALargeRequestIsRefused(t *testing.T) {
	w := newWorld(t)
	token := w.token(1, good())
	sized := func(bytes int) func(*http.Request) {
		return func(r *http.Request) { *r = *newForm(r, strings.Repeat("x", bytes)) }
	}
	w.isServed(w.call(token, sized(64<<10)))
	w.isRefused(w.call(token, sized(64<<10+1)), http.StatusRequestEntityTooLarge, "TooLarge")
}
