package contract_test

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/commissioning-support/operator/hack/function/contract"
)

const (
	issuer    = "commissioning.support"
	audience  = "nel-csu/data-analytics"
	agreement = "0d6a2c1f-7a53-4a0e-b4be-3c5d7f1e9a42"
)

// noon is the time of these tests, unless they let it pass.
var noon = time.Date(2026, time.October, 12, 12, 0, 0, 0, time.UTC)

// world is a pod and what surrounds it.
type world struct {
	*testing.T
	now      time.Time
	config   string
	function *contract.Function
	volumes  int
}

// newWorld is a pod that knows the key 1 and serves Tower Hamlets (08V).
func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, now: noon, config: t.TempDir()}
	w.function = contract.New(w.config, func() time.Time { return w.now })
	w.put("parameters.json", "{}")
	w.publish(1)
	w.directory(map[string]any{"08V.json": towerHamlets(nil)})
	return w
}

// publish refreshes the volume with the keys.
func (w *world) publish(numbers ...int) {
	w.Helper()
	var set jose.JSONWebKeySet
	for _, number := range numbers {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: keyOf(number).Public(), KeyID: kidOf(number), Algorithm: "EdDSA", Use: "sig"})
	}
	w.mount("keys", map[string]any{
		"jwks.json": set, "service.json": map[string]any{"issuer": issuer, "audience": audience},
	})
}

// directory refreshes the volume with the consortia.
func (w *world) directory(files map[string]any) {
	w.Helper()
	w.mount("consortia", files)
}

func towerHamlets(tokensNotBefore *time.Time) map[string]any {
	entry := map[string]any{"code": "08V", "name": "NHS Tower Hamlets", "patients": 347870, "agreement": agreement}
	if tokensNotBefore != nil {
		entry["tokensNotBefore"] = tokensNotBefore
	}
	return entry
}

// mount replaces the content of a volume as the kubelet does: files are links into a folder that
// another link names, and that link is changed in one step.
func (w *world) mount(volume string, files map[string]any) {
	w.Helper()
	w.volumes++
	generation := fmt.Sprintf("..generation-%d", w.volumes)
	at := func(parts ...string) string { return filepath.Join(append([]string{w.config, volume}, parts...)...) }
	w.must(os.MkdirAll(at(generation), 0o755))
	for name, value := range files {
		content, err := json.Marshal(value)
		w.must(err)
		w.must(os.WriteFile(at(generation, name), content, 0o600))
	}
	w.must(os.Symlink(generation, at("..data_tmp")))
	w.must(os.Rename(at("..data_tmp"), at("..data")))
	present, err := filepath.Glob(at("*.json"))
	w.must(err)
	for _, path := range present {
		if _, wanted := files[filepath.Base(path)]; !wanted {
			w.must(os.Remove(path))
		}
	}
	for name := range files {
		if _, err := os.Lstat(at(name)); err != nil {
			w.must(os.Symlink(filepath.Join("..data", name), at(name)))
		}
	}
}

// put writes one file.
func (w *world) put(name, content string) {
	w.Helper()
	path := filepath.Join(w.config, name)
	w.must(os.MkdirAll(filepath.Dir(path), 0o755))
	w.must(os.RemoveAll(path))
	w.must(os.WriteFile(path, []byte(content), 0o600))
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// answer is what a caller is told.
type answer struct {
	Status                int
	Code, Name, Service   string
	Reason, Message       string
	challenge, moreToRead string
}

// call sends a request, which the functions may change.
func (w *world) call(token string, change ...func(*http.Request)) answer {
	w.Helper()
	request := httptest.NewRequestWithContext(w.Context(), http.MethodGet, "/whoami", http.NoBody)
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	for _, each := range change {
		each(request)
	}
	recorder := httptest.NewRecorder()
	w.function.ServeHTTP(recorder, request)
	got := answer{Status: recorder.Code, challenge: recorder.Header().Get("WWW-Authenticate"), moreToRead: recorder.Body.String()}
	if kind := recorder.Header().Get("Content-Type"); kind == "application/json" {
		w.must(json.Unmarshal(recorder.Body.Bytes(), &got))
	}
	return got
}

// isServed checks that a caller is taken for Tower Hamlets.
func (w *world) isServed(got answer) {
	w.Helper()
	if got.Status != http.StatusOK || got.Code != "08V" || got.Name != "NHS Tower Hamlets" || got.Service != audience {
		w.Errorf("answered with %d %s, want NHS Tower Hamlets to be served", got.Status, got.moreToRead)
	}
}

// isRefused checks that a caller is told why, and nothing about any consortium.
func (w *world) isRefused(got answer, status int, reason string) {
	w.Helper()
	if got.Status != status || got.Reason != reason || got.Message == "" || got.Code != "" || got.Name != "" {
		w.Errorf("answered with %d %s, want %d %s", got.Status, got.moreToRead, status, reason)
	}
	if (status == http.StatusUnauthorized) != (got.challenge != "") {
		w.Errorf("%d has the challenge %q", got.Status, got.challenge)
	}
}

func keyOf(number int) ed25519.PrivateKey {
	seed := make([]byte, ed25519.SeedSize)
	seed[0] = byte(number)
	return ed25519.NewKeyFromSeed(seed)
}

func kidOf(number int) string { return fmt.Sprintf("key-%d", number) }

// good are the claims of a token of Tower Hamlets, issued an hour ago.
func good() map[string]any {
	return map[string]any{
		"iss": issuer, "sub": "08V", "aud": []string{"midlands-csu/analytics", audience}, "jti": agreement,
		"iat": noon.Add(-time.Hour).Unix(), "nbf": noon.Add(-time.Hour).Unix(), "exp": noon.Add(47 * time.Hour).Unix(),
	}
}

// with are claims that differ from good ones.
func with(changes map[string]any) map[string]any {
	claims := good()
	for name, value := range changes {
		if value == nil {
			delete(claims, name)
			continue
		}
		claims[name] = value
	}
	return claims
}

func (w *world) token(number int, claims map[string]any) string {
	w.Helper()
	return w.sign(jose.EdDSA, keyOf(number), kidOf(number), claims)
}

func (w *world) sign(algorithm jose.SignatureAlgorithm, key any, kid string, claims map[string]any) string {
	w.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key},
		(&jose.SignerOptions{}).WithType("JWT").WithHeader("kid", kid))
	w.must(err)
	token, err := jwt.Signed(signer).Claims(claims).Serialize()
	w.must(err)
	return token
}
