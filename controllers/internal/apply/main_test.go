package apply

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/state"
	"github.com/commissioning-support/operator/hack/localcluster/cluster"
)

// control is the one control plane of this package, with our kinds installed, started by the first
// test that needs it.
var control = sync.OnceValues(func() (*cluster.Cluster, error) {
	ctx := context.Background()
	c, err := cluster.Up(ctx, cluster.Options{Ephemeral: true, Nodes: 1})
	if err != nil {
		return nil, err
	}
	for _, step := range [][]string{
		{"apply", "--server-side", "-k", "../../../config/crd"},
		{"wait", "--for=condition=Established", "crd", "--all", "--timeout=30s"},
	} {
		if _, err := c.Kubectl(ctx, step...); err != nil {
			return c, err
		}
	}
	return c, nil
})

// scheme knows every kind of child.
var scheme = func() *runtime.Scheme {
	s := runtime.NewScheme()
	utilruntime.Must(clientgoscheme.AddToScheme(s))
	utilruntime.Must(v1alpha1.AddToScheme(s))
	return s
}()

// isStarted says that a test has asked for the control plane.
var isStarted bool

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	if isStarted {
		if c, _ := control(); c != nil {
			if err := c.Down(context.Background()); err != nil {
				fmt.Fprintln(os.Stderr, "stop the control plane:", err)
				code = 1
			}
		}
	}
	os.Exit(code)
}

// bench is an Applier on a real API server, and the requests that it makes there. What the operator
// reads from its cache is read live, and not counted.
type bench struct {
	*Applier
	wire   *wire
	cache  *cache
	admin  client.Client
	counts client.Client
}

func newBench(t *testing.T) *bench {
	t.Helper()
	isStarted = true
	c, err := control()
	if err != nil {
		t.Fatalf("start a control plane: %v", err)
	}
	b := &bench{wire: &wire{}}
	config := c.Config()
	config.QPS = -1
	b.admin = clientOf(t, config)
	counted := rest.CopyConfig(config)
	counted.Wrap(func(next http.RoundTripper) http.RoundTripper {
		b.wire.next = next
		return b.wire
	})
	b.counts = clientOf(t, counted)
	b.cache = &cache{Client: b.counts, reader: b.admin}
	b.restart()
	return b
}

// restart makes an Applier that remembers nothing.
func (b *bench) restart() { b.Applier = New(b.cache, b.counts) }

func clientOf(t *testing.T, config *rest.Config) client.Client {
	t.Helper()
	c, err := client.New(config, client.Options{Scheme: scheme, FieldOwner: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// namespace makes a namespace of the test's own.
func (b *bench) namespace(t *testing.T, name string) {
	t.Helper()
	err := b.admin.Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		t.Fatal(err)
	}
}

// apply applies one step, again after a conflict, as the queue would; it fails the test where the step
// does not stand.
func (b *bench) apply(t *testing.T, owner state.Owner, documents ...string) state.Result {
	t.Helper()
	result, err := b.Apply(t.Context(), owner, step(t, documents...))
	for tries := 0; tries < 10 && apierrors.IsConflict(err); tries++ {
		result, err = b.Apply(t.Context(), owner, step(t, documents...))
	}
	if err != nil || len(result.Blocked) > 0 {
		t.Fatalf("apply: %v, blocked: %v", err, result.Blocked)
	}
	return result
}

// cache reads as an informer's cache would: also what is no longer so.
type cache struct {
	client.Client
	reader client.Reader
	stale  client.Object // shown instead of what is there, where it has its name; see hide
	hide   bool          // show nothing at all
}

func (c *cache) Get(ctx context.Context, key client.ObjectKey, object client.Object, options ...client.GetOption) error {
	if c.hide {
		return apierrors.NewNotFound(corev1.Resource("objects"), key.Name)
	}
	if c.stale != nil && client.ObjectKeyFromObject(c.stale) == key {
		return scheme.Convert(c.stale, object, nil)
	}
	return c.reader.Get(ctx, key, object, options...)
}

// List finds by label what the operator's cache finds by index.
func (c *cache) List(ctx context.Context, list client.ObjectList, options ...client.ListOption) error {
	for i, option := range options {
		if fields, isIndex := option.(client.MatchingFields); isIndex {
			options = slices.Clone(options)
			options[i] = client.MatchingLabels{ownerLabel: fields["owner"]}
		}
	}
	return c.reader.List(ctx, list, options...)
}

// request is one request to the API server.
type request struct{ method, path, body string }

func (r request) String() string { return r.method + " " + r.path }

// wire counts requests, and loses answers on demand.
type wire struct {
	next http.RoundTripper

	mutex    sync.Mutex
	requests []request
	lose     string // the method of the next request whose answer is lost
}

var errLost = errors.New("the answer was lost")

func (w *wire) RoundTrip(q *http.Request) (*http.Response, error) {
	var body []byte
	if q.Body != nil {
		var err error
		if body, err = io.ReadAll(q.Body); err != nil {
			return nil, err
		}
		q.Body = io.NopCloser(bytes.NewReader(body))
	}
	w.mutex.Lock()
	w.requests = append(w.requests, request{q.Method, q.URL.Path, string(body)})
	isLost := w.lose == q.Method
	if isLost {
		w.lose = ""
	}
	w.mutex.Unlock()
	response, err := w.next.RoundTrip(q)
	if err == nil && isLost {
		_ = response.Body.Close()
		return nil, errLost
	}
	return response, err
}

// made are the requests since the last call, those that find out about the API apart.
func (w *wire) made() []request {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	made := slices.DeleteFunc(w.requests, func(r request) bool {
		return r.method == http.MethodGet && strings.Count(r.path, "/") < 5 && !strings.Contains(r.path, "namespaces/")
	})
	w.requests = nil
	return made
}
