package contract_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// staleness is how long a mounted file may lag behind.
const staleness = 90 * time.Second

// A consortium that is withdrawn is served until the directory is refreshed, and not a call longer.
func TestAStaleDirectoryStillServesWhoIsWithdrawn(t *testing.T) {
	w := newWorld(t)
	token := w.token(1, good())
	w.isServed(w.call(token))
	w.now = noon.Add(staleness)
	w.isServed(w.call(token))
	w.directory(nil)
	w.isRefused(w.call(token), http.StatusForbidden, "NotServed")
}

// A consortium that is new is refused until the directory is refreshed, and served from then on.
func TestAStaleDirectoryDoesNotKnowWhoIsNew(t *testing.T) {
	w := newWorld(t)
	w.directory(map[string]any{"99X.json": map[string]any{"code": "99X", "name": "NHS Newham", "patients": 1, "agreement": "another"}})
	token := w.token(1, good())
	w.isRefused(w.call(token), http.StatusForbidden, "NotServed")
	w.now = noon.Add(staleness)
	w.directory(map[string]any{"08V.json": towerHamlets(nil)})
	w.isServed(w.call(token))
}

// A token is renewed after 24 hours and lives for 48: who still reads the old one is served.
func TestAStaleTokenFileIsGoodEnough(t *testing.T) {
	w := newWorld(t)
	issued := func(at time.Time) map[string]any {
		return with(map[string]any{"iat": at.Unix(), "nbf": at.Unix(), "exp": at.Add(48 * time.Hour).Unix()})
	}
	old := w.token(1, issued(noon))
	renewed := noon.Add(24 * time.Hour)
	w.now = renewed.Add(staleness)
	w.isServed(w.call(old))
	w.isServed(w.call(w.token(1, issued(renewed))))

	// The same where the new token is signed with a new key, which is published before it signs.
	w.isRefused(w.call(w.token(2, issued(renewed))), http.StatusUnauthorized, "UnknownKey")
	w.publish(1, 2)
	w.isServed(w.call(old))
	w.isServed(w.call(w.token(2, issued(renewed))))

	w.now = noon.Add(48*time.Hour + 30*time.Second)
	w.isRefused(w.call(old), http.StatusUnauthorized, "Expired")
}

// A revocation counts from the refresh of the directory on, to the second, without leeway.
func TestARevocationComesWithTheDirectory(t *testing.T) {
	w := newWorld(t)
	issued := noon.Add(-time.Hour)
	token := w.token(1, good())
	w.isServed(w.call(token))
	w.directory(map[string]any{"08V.json": towerHamlets(&issued)})
	w.isServed(w.call(token))
	revoked := issued.Add(time.Second)
	w.directory(map[string]any{"08V.json": towerHamlets(&revoked)})
	w.isRefused(w.call(token), http.StatusForbidden, "Revoked")
	w.isServed(w.call(w.token(1, with(map[string]any{"iat": revoked.Unix()}))))
}

// An agreement that takes the place of another ends the tokens of the former.
func TestAnotherAgreementOfTheSameConsortium(t *testing.T) {
	w := newWorld(t)
	token := w.token(1, good())
	entry := towerHamlets(nil)
	entry["agreement"] = "the-next"
	w.directory(map[string]any{"08V.json": entry})
	w.isRefused(w.call(token), http.StatusForbidden, "OtherAgreement")
	w.isServed(w.call(w.token(1, with(map[string]any{"jti": "the-next"}))))
}

// What cannot be read lets nobody in.
func TestFilesThatCannotBeRead(t *testing.T) {
	tests := map[string]struct {
		file, content string
		ready         bool
	}{
		"parameters that are missing":       {file: "parameters.json"},
		"parameters that are no object":     {file: "parameters.json", content: "[]"},
		"keys that are missing":             {file: "keys/jwks.json"},
		"half a key set":                    {file: "keys/jwks.json", content: `{"keys":[`},
		"an identity that is missing":       {file: "keys/service.json"},
		"an identity without an issuer":     {file: "keys/service.json", content: `{"audience":"nel-csu/data-analytics"}`},
		"an identity without an audience":   {file: "keys/service.json", content: `{"issuer":"commissioning.support"}`},
		"a consortium that is half written": {file: "consortia/08V.json", content: `{"code":"08V"`, ready: true},
		"the entry of another consortium":   {file: "consortia/08V.json", content: `{"code":"99X","agreement":"` + agreement + `"}`, ready: true},
		"an entry without an agreement":     {file: "consortia/08V.json", content: `{"code":"08V"}`, ready: true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			token := w.token(1, good())
			if got := w.ready(); got.Status != http.StatusOK {
				t.Fatalf("not ready at the start: %s", got.moreToRead)
			}
			w.put(tc.file, tc.content)
			if tc.content == "" {
				w.must(os.Remove(filepath.Join(w.config, tc.file)))
			}
			got := w.ready()
			if tc.ready != (got.Status == http.StatusOK) {
				t.Errorf("readiness is %d %s", got.Status, got.moreToRead)
			}
			if !tc.ready && !strings.Contains(got.Message, filepath.Base(tc.file)) {
				t.Errorf("%q does not name the file %s", got.Message, tc.file)
			}
			if tc.file != "parameters.json" {
				w.isRefused(w.call(token), http.StatusServiceUnavailable, "Unavailable")
			}
		})
	}
}

func (w *world) ready() answer {
	w.Helper()
	return w.call("", func(r *http.Request) { r.URL.Path = "/readyz" })
}

// newForm is a request with a body.
func newForm(r *http.Request, body string) *http.Request {
	form := httptest.NewRequestWithContext(r.Context(), r.Method, r.URL.Path, strings.NewReader(body))
	form.Header = r.Header
	form.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return form
}
