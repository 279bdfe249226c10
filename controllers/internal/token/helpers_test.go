package token_test

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"pgregory.net/rapid"

	"github.com/commissioning-support/operator/controllers/internal/token"
)

const (
	minute = time.Minute
	hour   = time.Hour
	day    = 24 * time.Hour
)

// began is when installations of these tests begin.
var began = time.Date(2026, time.October, 12, 9, 15, 0, 0, time.UTC)

// fataler is *testing.T and *rapid.T.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// keyOf makes the same key for the same number and time.
func keyOf(t fataler, number uint64, created time.Time) token.Key {
	t.Helper()
	seed := strings.Repeat(string(binary.BigEndian.AppendUint64(nil, number)), 4)
	key, err := token.NewKey(strings.NewReader(seed), created)
	if err != nil {
		t.Fatalf("%s", err)
	}
	return key
}

// keysOf makes a key at each of the times.
func keysOf(t fataler, created ...time.Time) token.KeySet {
	t.Helper()
	var keys token.KeySet
	for i, at := range created {
		keys = append(keys, keyOf(t, uint64(i), at))
	}
	return keys
}

func uidOf(number uint64) string {
	return fmt.Sprintf("%08x-5a1c-4f0e-9d7b-%012x", number%(1<<32), number)
}

func claimsOf(uid string) token.Claims {
	return token.Claims{
		Issuer: "commissioning.support", AgreementUID: uid, Code: "08V",
		Audience: []string{"nel-csu/data-analytics", "midlands-csu/analytics"},
	}
}

func issue(t fataler, keys token.KeySet, claims token.Claims, now time.Time) token.Token {
	t.Helper()
	issued, err := token.Issue(keys, claims, now)
	if err != nil {
		t.Fatalf("%s", err)
	}
	return issued
}

// read verifies a token with a published key set, as a service does, and returns its claims and its kid.
func read(t fataler, compact string, jwks []byte) (jwt.Claims, string) {
	t.Helper()
	var published jose.JSONWebKeySet
	if err := json.Unmarshal(jwks, &published); err != nil {
		t.Fatalf("the key set cannot be read: %s", err)
	}
	parsed, err := jwt.ParseSigned(compact, []jose.SignatureAlgorithm{jose.EdDSA})
	if err != nil {
		t.Fatalf("the token cannot be read: %s", err)
	}
	kid := parsed.Headers[0].KeyID
	found := published.Key(kid)
	if len(found) != 1 {
		t.Fatalf("the key %s is published %d times, not once, in %s", kid, len(found), jwks)
	}
	var claims jwt.Claims
	if err := parsed.Claims(found[0].Key, &claims); err != nil {
		t.Fatalf("the token does not verify: %s", err)
	}
	return claims, kid
}

// anInstant within a span of the beginning, to the nanosecond.
func anInstant(t *rapid.T, name string, from, to time.Duration) time.Time {
	return began.Add(time.Duration(rapid.Int64Range(int64(from), int64(to)).Draw(t, name)))
}

// someKeys are one to five, made in any order at any time around the beginning, and possibly at once.
func someKeys(t *rapid.T) token.KeySet {
	var keys token.KeySet
	for i, at := range rapid.SliceOfN(rapid.Int64Range(int64(-200*day), int64(5*day)), 1, 5).Draw(t, "keys") {
		keys = append(keys, keyOf(t, uint64(i), began.Add(time.Duration(at))))
	}
	return keys
}

func someClaims(t *rapid.T) token.Claims {
	claims := claimsOf(uidOf(rapid.Uint64().Draw(t, "uid")))
	if rapid.Bool().Draw(t, "revoked") {
		claims.NotBefore = anInstant(t, "notBefore", -3*day, 3*day)
	}
	if rapid.Bool().Draw(t, "bounded") {
		claims.NotAfter = anInstant(t, "notAfter", time.Second, 4*day)
	}
	return claims
}
