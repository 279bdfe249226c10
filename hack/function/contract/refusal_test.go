package contract_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

func TestAConsortiumIsServed(t *testing.T) {
	w := newWorld(t)
	w.isServed(w.call(w.token(1, good())))
	w.isServed(w.call(w.token(1, with(map[string]any{"aud": audience}))))
	w.isServed(w.call("", authorise("bearer "+w.token(1, good()))))
}

func TestClaims(t *testing.T) {
	after := func(d time.Duration) int64 { return noon.Add(d).Unix() }
	tests := map[string]struct {
		change map[string]any
		status int
		reason string
	}{
		"another issuer":                   {map[string]any{"iss": "elsewhere"}, 401, "WrongIssuer"},
		"no issuer":                        {map[string]any{"iss": nil}, 401, "WrongIssuer"},
		"another audience":                 {map[string]any{"aud": []string{"midlands-csu/analytics"}}, 401, "WrongAudience"},
		"a longer audience":                {map[string]any{"aud": audience + "-2"}, 401, "WrongAudience"},
		"no audience":                      {map[string]any{"aud": nil}, 401, "WrongAudience"},
		"expired by less than the leeway":  {map[string]any{"exp": after(-29 * time.Second)}, 200, ""},
		"expired by the leeway":            {map[string]any{"exp": after(-30 * time.Second)}, 401, "Expired"},
		"without an end":                   {map[string]any{"exp": nil}, 401, "Malformed"},
		"an end that is no number":         {map[string]any{"exp": "tomorrow"}, 401, "Malformed"},
		"an end beyond all clocks":         {map[string]any{"exp": 1e300}, 401, "Malformed"},
		"valid within the leeway":          {map[string]any{"nbf": after(30 * time.Second)}, 200, ""},
		"valid after the leeway":           {map[string]any{"nbf": after(31 * time.Second)}, 401, "NotYetValid"},
		"without a time of issue":          {map[string]any{"iat": nil}, 401, "Malformed"},
		"another agreement":                {map[string]any{"jti": "00000000-0000-4000-8000-000000000000"}, 403, "OtherAgreement"},
		"no agreement":                     {map[string]any{"jti": nil}, 403, "OtherAgreement"},
		"a consortium that is not listed":  {map[string]any{"sub": "99X"}, 403, "NotServed"},
		"no consortium":                    {map[string]any{"sub": nil}, 403, "NotServed"},
		"a consortium in small letters":    {map[string]any{"sub": "08v"}, 403, "NotServed"},
		"a path that leads to a good file": {map[string]any{"sub": "../consortia/08V"}, 403, "NotServed"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			got := w.call(w.token(1, with(tc.change)))
			if tc.status == http.StatusOK {
				w.isServed(got)
				return
			}
			w.isRefused(got, tc.status, tc.reason)
		})
	}
}

func TestSignatures(t *testing.T) {
	w := newWorld(t)
	genuine := w.token(1, good())
	parts := strings.Split(genuine, ".")
	encode := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	other := strings.Split(w.token(1, with(map[string]any{"sub": "99X"})), ".")
	public := keyOf(1).Public()
	jwk, err := json.Marshal(jose.JSONWebKey{Key: public, KeyID: kidOf(1)})
	w.must(err)
	ownKey, err := json.Marshal(jose.JSONWebKey{Key: keyOf(2).Public(), KeyID: kidOf(2)})
	w.must(err)
	confused := []byte(strings.Repeat("x", 32))
	copy(confused, keyOf(1)[32:])
	tests := map[string]struct{ token, reason string }{
		"words":                               {"let me in", "Malformed"},
		"a header alone":                      {parts[0], "Malformed"},
		"four parts":                          {genuine + "." + parts[2], "Malformed"},
		"no signature":                        {parts[0] + "." + parts[1] + ".", "WrongSignature"},
		"another content":                     {parts[0] + "." + other[1] + "." + parts[2], "WrongSignature"},
		"another signature":                   {parts[0] + "." + parts[1] + "." + other[2], "WrongSignature"},
		"signed by another, as by ours":       {w.sign(jose.EdDSA, keyOf(2), kidOf(1), good()), "WrongSignature"},
		"signed with an unpublished key":      {w.token(2, good()), "UnknownKey"},
		"a header without a key":              {encode(`{"alg":"EdDSA"}`) + "." + parts[1] + "." + parts[2], "UnknownKey"},
		"a key that the token brings along":   {encode(`{"alg":"EdDSA","jwk":`+string(ownKey)+`}`) + "." + parts[1] + "." + parts[2], "UnknownKey"},
		"no algorithm":                        {encode(`{"alg":"none","kid":"key-1"}`) + "." + parts[1] + ".", "WrongAlgorithm"},
		"no algorithm, and a signature":       {encode(`{"alg":"none","kid":"key-1"}`) + "." + parts[1] + "." + parts[2], "WrongAlgorithm"},
		"HS256 with the public key":           {w.sign(jose.HS256, confused, kidOf(1), good()), "WrongAlgorithm"},
		"HS256 with the published key's JSON": {w.sign(jose.HS256, jwk, kidOf(1), good()), "WrongAlgorithm"},
		"a demand that nobody understands":    {w.demanding(), "WrongSignature"},
		"a JWS in JSON form":                  {`{"payload":"` + parts[1] + `","protected":"` + parts[0] + `","signature":"` + parts[2] + `"}`, "Malformed"},
		"a content that is no JSON":           {w.signed("words"), "Malformed"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			w := *w
			w.T = t
			got := w.call(tc.token)
			w.isRefused(got, http.StatusUnauthorized, tc.reason)
			if !strings.HasPrefix(got.challenge, `Bearer realm="commissioning", error="invalid_token", error_description="`) {
				t.Errorf("the challenge is %q", got.challenge)
			}
		})
	}
}

// demanding is a token with a critical header of its own invention.
func (w *world) demanding() string {
	w.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.EdDSA, Key: keyOf(1)}, (&jose.SignerOptions{}).
		WithHeader("kid", kidOf(1)).WithHeader("crit", []string{"moon"}).WithHeader("moon", "full"))
	w.must(err)
	content, err := json.Marshal(good())
	w.must(err)
	signed, err := signer.Sign(content)
	w.must(err)
	compact, err := signed.CompactSerialize()
	w.must(err)
	return compact
}

// signed is a well signed anything.
func (w *world) signed(content string) string {
	w.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.EdDSA, Key: keyOf(1)},
		(&jose.SignerOptions{}).WithHeader("kid", kidOf(1)))
	w.must(err)
	signed, err := signer.Sign([]byte(content))
	w.must(err)
	compact, err := signed.CompactSerialize()
	w.must(err)
	return compact
}

func TestCallsWithoutOneToken(t *testing.T) {
	w := newWorld(t)
	token := w.token(1, good())
	got := w.call("")
	w.isRefused(got, http.StatusUnauthorized, "NoToken")
	if got.challenge != `Bearer realm="commissioning"` {
		t.Errorf("the challenge is %q: without a token there is nothing wrong with it", got.challenge)
	}
	w.isRefused(w.call("", authorise("")), http.StatusUnauthorized, "Malformed")
	w.isRefused(w.call("", authorise("Bearer")), http.StatusUnauthorized, "Malformed")
	w.isRefused(w.call("", authorise("Basic "+token)), http.StatusUnauthorized, "Malformed")
	w.isRefused(w.call("", authorise(token)), http.StatusUnauthorized, "Malformed")
	w.isRefused(w.call("", authorise("Bearer "+token, "Bearer "+token)), http.StatusUnauthorized, "Malformed")
}

func authorise(values ...string) func(*http.Request) {
	return func(r *http.Request) { r.Header["Authorization"] = values }
}

// Whoever says to be somebody else stays who the token says.
func TestNothingButTheTokenSaysWhoCalls(t *testing.T) {
	claim := map[string]func(*http.Request){
		"X-Consortium":        header("X-Consortium", "99X"),
		"X-Forwarded-User":    header("X-Forwarded-User", "99X"),
		"X-Forwarded-For":     header("X-Forwarded-For", "127.0.0.1"),
		"X-Forwarded-Host":    header("X-Forwarded-Host", "analytics.newham.svc"),
		"X-Remote-User":       header("X-Remote-User", "99X"),
		"X-Original-URL":      header("X-Original-URL", "/consortia/99X"),
		"Proxy-Authorization": header("Proxy-Authorization", "Bearer 99X"),
		"a cookie":            header("Cookie", "consortium=99X; sub=99X"),
		"a query":             func(r *http.Request) { r.URL.RawQuery = "consortium=99X&code=99X&sub=99X" },
		"a path":              func(r *http.Request) { r.URL.Path = "/consortia/99X" },
		"the root":            func(r *http.Request) { r.URL.Path = "/" },
		"a host":              func(r *http.Request) { r.Host = "analytics.newham.svc" },
	}
	w := newWorld(t)
	newham := map[string]any{"code": "99X", "name": "NHS Newham", "patients": 1, "agreement": "another"}
	w.directory(map[string]any{"08V.json": towerHamlets(nil), "99X.json": newham})
	token := w.token(1, good())
	ofNewham := w.token(1, with(map[string]any{"sub": "99X", "jti": "another"}))
	if got := w.call(ofNewham); got.Code != "99X" {
		t.Fatalf("Newham is answered with %s", got.moreToRead)
	}
	for name, change := range claim {
		t.Run(name, func(t *testing.T) {
			w := *w
			w.T = t
			w.isServed(w.call(token, change))
			w.isRefused(w.call("", change), http.StatusUnauthorized, "NoToken")
		})
	}
	// Not even a genuine token, in any place but its own.
	elsewhere := map[string]func(*http.Request){
		"query":        func(r *http.Request) { r.URL.RawQuery = "access_token=" + ofNewham + "&token=" + ofNewham },
		"cookie":       header("Cookie", "token="+ofNewham),
		"other header": header("X-Forwarded-Authorization", "Bearer "+ofNewham),
		"form": func(r *http.Request) {
			*r = *newForm(r, "access_token="+ofNewham)
		},
	}
	for name, change := range elsewhere {
		t.Run("a token in the "+name, func(t *testing.T) {
			w := *w
			w.T = t
			w.isServed(w.call(token, change))
			w.isRefused(w.call("", change), http.StatusUnauthorized, "NoToken")
		})
	}
}

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}
