package token_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/commissioning-support/operator/controllers/internal/token"
)

func TestJWKS(t *testing.T) {
	keys := keysOf(t, began, began.Add(90*day))
	got := token.JWKS(keys)
	want := `{"keys":[` +
		`{"alg":"EdDSA","crv":"Ed25519","kid":"20261012T091500Z-139e3940e64b5491","kty":"OKP","use":"sig","x":"O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik"},` +
		`{"alg":"EdDSA","crv":"Ed25519","kid":"20270110T091500Z-67a9d4f8f7fd95b4","kty":"OKP","use":"sig","x":"BoaSQjNgS-1FWhgV6n4vLjyd4jG9NvyH7iX7WqDnFsE"}]}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	reversed := slices.Clone(keys)
	slices.Reverse(reversed)
	if diff := cmp.Diff(string(got), string(token.JWKS(reversed))); diff != "" {
		t.Errorf("the same keys in another order give other bytes:\n%s", diff)
	}
}

func TestJWKSWithoutKeys(t *testing.T) {
	if got := string(token.JWKS(nil)); got != `{"keys":[]}` {
		t.Errorf("JWKS(nil) = %s", got)
	}
}

func TestJWKSHoldsNoPrivatePart(t *testing.T) {
	keys := keysOf(t, began, began.Add(90*day))
	published := token.JWKS(keys)
	for _, key := range keys {
		checkHoldsNoPrivatePart(t, string(published), key.Private)
	}
	var read jose.JSONWebKeySet
	if err := json.Unmarshal(published, &read); err != nil {
		t.Fatal(err)
	}
	for i, key := range read.Keys {
		if !key.IsPublic() || !key.Valid() {
			t.Errorf("the key %s is not a valid public key", key.KeyID)
		}
		if diff := cmp.Diff(keys[i].Private.Public(), key.Key); diff != "" {
			t.Errorf("the key %s is another than the one that signs", key.KeyID)
		}
	}
	var fields struct{ Keys []map[string]string }
	if err := json.Unmarshal(published, &fields); err != nil {
		t.Fatal(err)
	}
	for _, key := range fields.Keys {
		if _, has := key["d"]; has || len(key) != 6 {
			t.Errorf("a published key has the fields %v", key)
		}
	}
}
