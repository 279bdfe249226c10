package contract

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

// largestBody is what a request may carry, though nothing of it is used.
const largestBody = 64 << 10

// Function answers callers. Control tells it to fail.
type Function struct {
	folder folder
	now    func() time.Time
	failed atomic.Bool
	routes http.Handler
}

// New returns a function that reads a folder like /etc/commissioning of a pod.
func New(config string, now func() time.Time) *Function {
	f := &Function{folder: folder(config), now: now}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /readyz", f.readyz)
	mux.HandleFunc("GET /", f.whoami)
	f.routes = http.MaxBytesHandler(mux, largestBody)
	return f
}

// ServeHTTP answers callers and the kubelet.
func (f *Function) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if f.failed.Load() {
		answer(w, http.StatusServiceUnavailable, refusal{Reason: "ToldToFail", Message: "the function was told to fail"})
		return
	}
	f.routes.ServeHTTP(w, r)
}

// Control answers whoever tells the function to fail and to heal. It is for nobody but the pod itself.
func (f *Function) Control() http.Handler {
	mux := http.NewServeMux()
	tell := func(failed bool) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			f.failed.Store(failed)
			w.WriteHeader(http.StatusNoContent)
		}
	}
	mux.HandleFunc("POST /control/fail", tell(true))
	mux.HandleFunc("POST /control/heal", tell(false))
	return mux
}

// readyz tells the kubelet, whose words stand in the events of the pod, what is missing.
func (f *Function) readyz(w http.ResponseWriter, _ *http.Request) {
	if err := f.folder.ready(); err != nil {
		answer(w, http.StatusServiceUnavailable, refusal{Reason: "NotReady", Message: err.Error()})
		return
	}
	answer(w, http.StatusOK, struct{}{})
}

// whoami answers every path alike: no path makes a caller somebody else.
func (f *Function) whoami(w http.ResponseWriter, r *http.Request) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		answer(w, http.StatusRequestEntityTooLarge, refusal{Reason: "TooLarge", Message: "the request is too large"})
		return
	}
	consortium, refused := f.judge(r.Header)
	if refused != nil {
		refuse(w, refused)
		return
	}
	answer(w, http.StatusOK, consortium)
}

// refuse says why, in the body and, where another token would help, as RFC 6750 has it.
func refuse(w http.ResponseWriter, why *refusal) {
	if why.Status == http.StatusUnauthorized {
		challenge := `Bearer realm="commissioning"`
		if why.Reason != "NoToken" {
			challenge += fmt.Sprintf(`, error="invalid_token", error_description=%q`, why.Message)
		}
		w.Header().Set("WWW-Authenticate", challenge)
	}
	answer(w, why.Status, why)
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// Whoever does not wait for the answer does not need it.
	_ = json.NewEncoder(w).Encode(body)
}
