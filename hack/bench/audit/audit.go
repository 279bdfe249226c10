// Package audit reads the requests that an API server wrote down.
package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"time"
)

// Request is one request, as the API server understood it.
type Request struct {
	// Began and At are when it came and when it was answered.
	Began, At                                           time.Time
	Verb, Group, Resource, Subresource, Namespace, Name string
	Code                                                int
}

// IsWrite says that the request asks for a change, but for leases and events.
func (r Request) IsWrite() bool {
	return !r.IsApart() && slices.Contains([]string{"create", "update", "patch", "delete", "deletecollection"}, r.Verb)
}

// IsApart says that the request is none of those that are counted: a watch, or of a lease or an event.
func (r Request) IsApart() bool {
	return r.Verb == "watch" || r.Resource == "leases" || r.Resource == "events"
}

// IsCause says that somebody asked for it: neither a lease nor a watch, which is renewed from time to time.
func (r Request) IsCause() bool { return r.Verb != "watch" && r.Resource != "leases" }

// IsDone says that the request was carried out.
func (r Request) IsDone() bool { return r.Code >= 200 && r.Code < 300 }

// String is what the request asks for, without its object and its answer.
func (r Request) String() string {
	if r.Subresource != "" {
		return r.Verb + " " + r.Resource + "/" + r.Subresource
	}
	return r.Verb + " " + r.Resource
}

// event is what is read of a line: audit.k8s.io/v1 Event.
type event struct {
	Verb      string `json:"verb"`
	ObjectRef struct {
		Group       string `json:"apiGroup"`
		Resource    string `json:"resource"`
		Subresource string `json:"subresource"`
		Namespace   string `json:"namespace"`
		Name        string `json:"name"`
	} `json:"objectRef"`
	RequestURI     string `json:"requestURI"`
	ResponseStatus struct {
		Code int `json:"code"`
	} `json:"responseStatus"`
	Began time.Time `json:"requestReceivedTimestamp"`
	At    time.Time `json:"stageTimestamp"`
}

// parse reads a line.
func parse(line []byte) (Request, error) {
	var e event
	if err := json.Unmarshal(line, &e); err != nil {
		return Request{}, fmt.Errorf("read a line of the audit log: %w", err)
	}
	r := Request{
		Began: e.Began, At: e.At, Verb: e.Verb, Group: e.ObjectRef.Group, Resource: e.ObjectRef.Resource, Subresource: e.ObjectRef.Subresource,
		Namespace: e.ObjectRef.Namespace, Name: e.ObjectRef.Name, Code: e.ResponseStatus.Code,
	}
	if r.Resource == "" {
		r.Resource, _, _ = strings.Cut(e.RequestURI, "?")
	}
	return r, nil
}

// Log is a file that grows.
type Log struct {
	path     string
	offset   int64
	requests []Request
}

// NewLog returns the log that is, or will be, in a file.
func NewLog(path string) *Log { return &Log{path: path} }

// Requests returns all requests so far.
func (l *Log) Requests() ([]Request, error) {
	file, err := os.Open(l.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open the audit log: %w", err)
	}
	defer func() { _ = file.Close() }()
	if _, err := file.Seek(l.offset, io.SeekStart); err != nil {
		return nil, fmt.Errorf("read the audit log: %w", err)
	}
	added, err := io.ReadAll(file)
	if err != nil {
		return nil, fmt.Errorf("read the audit log: %w", err)
	}
	added = added[:bytes.LastIndexByte(added, '\n')+1] // the last line may be half written
	l.offset += int64(len(added))
	for line := range bytes.Lines(added) {
		r, err := parse(line)
		if err != nil {
			return nil, err
		}
		l.requests = append(l.requests, r)
	}
	return l.requests, nil
}

// Between returns the requests that were answered after one moment, up to another one, and satisfy a
// condition.
func Between(requests []Request, after, upTo time.Time, wanted func(Request) bool) []Request {
	var found []Request
	for _, r := range requests {
		if r.At.After(after) && !r.At.After(upTo) && wanted(r) {
			found = append(found, r)
		}
	}
	return found
}

// LastWrite is when a write was last answered; zero: never.
func LastWrite(requests []Request) time.Time {
	last := time.Time{}
	for _, r := range requests {
		if r.IsWrite() && r.At.After(last) {
			last = r.At
		}
	}
	return last
}

// Summary counts requests by what they ask for, most first; those that were refused are told apart.
func Summary(requests []Request) string {
	counts := map[string]int{}
	for _, r := range requests {
		what := r.String()
		if !r.IsDone() {
			what += fmt.Sprintf(" (answered %d)", r.Code)
		}
		counts[what]++
	}
	order := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return strings.Compare(a, b)
	})
	parts := make([]string, len(order))
	for i, what := range order {
		parts[i] = fmt.Sprintf("%d %s", counts[what], what)
	}
	return strings.Join(parts, ", ")
}
