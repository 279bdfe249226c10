package testenv

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apiserver/pkg/endpoints/request"
)

// Request is one request of the operator, as the API server's own parser reads it.
type Request struct {
	At                                           time.Time
	Verb, Resource, Subresource, Namespace, Name string
	Code                                         int
}

// String is the request without its time.
func (r Request) String() string {
	resource := r.Resource
	if r.Subresource != "" {
		resource += "/" + r.Subresource
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s %s/%s %d", r.Verb, resource, r.Namespace, r.Name, r.Code))
}

// IsWrite says that the request changes something, but for leases and events.
func (r Request) IsWrite() bool {
	return r.Resource != "leases" && r.Resource != "events" &&
		slices.Contains([]string{"create", "update", "patch", "delete", "deletecollection"}, r.Verb)
}

// IsWatch says that the request opens or renews a watch.
func (r Request) IsWatch() bool { return r.Verb == "watch" }

// Recorder remembers requests. It can also let the operator die: see DieAfter.
type Recorder struct {
	mutex    sync.Mutex
	requests []Request
	parser   *request.RequestInfoFactory
	death    death
}

// NewRecorder returns an empty Recorder.
func NewRecorder() *Recorder {
	return &Recorder{parser: &request.RequestInfoFactory{APIPrefixes: sets.NewString("api", "apis"), GrouplessAPIPrefixes: sets.NewString("api")}}
}

// Wrap makes a transport that is recorded.
func (r *Recorder) Wrap(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(q *http.Request) (*http.Response, error) {
		made := r.parse(q)
		done, err := r.death.begin(made)
		if err != nil {
			return nil, err
		}
		response, err := next.RoundTrip(q)
		if response != nil {
			made.Code = response.StatusCode
		}
		done(made)
		r.mutex.Lock()
		defer r.mutex.Unlock()
		made.At = time.Now()
		r.requests = append(r.requests, made)
		return response, err
	})
}

func (r *Recorder) parse(q *http.Request) Request {
	info, err := r.parser.NewRequestInfo(q)
	if err != nil {
		return Request{Verb: q.Method, Resource: q.URL.Path}
	}
	return Request{Verb: info.Verb, Resource: info.Resource, Subresource: info.Subresource, Namespace: info.Namespace, Name: info.Name}
}

// Since returns the requests made since a moment that satisfy a condition.
func (r *Recorder) Since(moment time.Time, wanted func(Request) bool) []Request {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	var found []Request
	for _, made := range r.requests {
		if made.At.After(moment) && wanted(made) {
			found = append(found, made)
		}
	}
	return found
}

// LastWrite is when the operator last wrote.
func (r *Recorder) LastWrite() time.Time {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for _, made := range slices.Backward(r.requests) {
		if made.IsWrite() {
			return made.At
		}
	}
	return time.Time{}
}

// Summary counts requests by verb and resource, most first.
func Summary(requests []Request) string {
	counts := map[string]int{}
	for _, made := range requests {
		key := made.Verb + " " + made.Resource
		if made.Subresource != "" {
			key += "/" + made.Subresource
		}
		counts[key]++
	}
	keys := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return strings.Compare(a, b)
	})
	lines := make([]string, len(keys))
	for i, key := range keys {
		lines[i] = fmt.Sprintf("%d %s", counts[key], key)
	}
	return strings.Join(lines, ", ")
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(q *http.Request) (*http.Response, error) { return f(q) }
