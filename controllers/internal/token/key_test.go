package token_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/commissioning-support/operator/controllers/internal/token"
)

var byID = cmpopts.SortSlices(func(a, b token.Key) bool { return a.ID < b.ID })

func TestKeysSurviveTheSecret(t *testing.T) {
	keys := keysOf(t, began.Add(90*day), began, began.Add(time.Nanosecond))
	data := keys.Data()
	name := regexp.MustCompile(`^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{16}\.pem$`)
	for entry := range data {
		if !name.MatchString(entry) {
			t.Errorf("the entry %q is not named as described", entry)
		}
	}
	read, err := token.ParseKeySet(data)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(keys, read, byID); diff != "" {
		t.Errorf("the keys came back changed (-written +read):\n%s", diff)
	}
}

func TestNoEntriesAreNoKeys(t *testing.T) {
	keys, err := token.ParseKeySet(nil)
	if err != nil || len(keys) != 0 {
		t.Errorf("ParseKeySet(nil) = %v, %v, want no keys and no error", keys, err)
	}
}

func TestNewKey(t *testing.T) {
	london := time.FixedZone("BST", 3600)
	key, err := token.NewKey(rand.Reader, time.Date(2026, time.October, 12, 10, 15, 0, 999, london))
	if err != nil {
		t.Fatal(err)
	}
	if !key.Created.Equal(began) || !strings.HasPrefix(key.ID, "20261012T091500Z-") {
		t.Errorf("made at %s as %s, want %s, to the second and in UTC", key.Created, key.ID, began)
	}
	other, err := token.NewKey(rand.Reader, began)
	if err != nil {
		t.Fatal(err)
	}
	if other.ID == key.ID || other.Private.Equal(key.Private) {
		t.Errorf("two keys of the same second are the same key %s", key.ID)
	}
	if _, err := token.NewKey(strings.NewReader("too short"), began); err == nil {
		t.Error("a key was made from too little randomness")
	}
}

func TestEntriesThatAreNoKeys(t *testing.T) {
	key := keyOf(t, 7, began)
	name := key.ID + ".pem"
	good := (token.KeySet{key}).Data()[name]
	foreign, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	rsaForm, err := x509.MarshalPKCS8PrivateKey(foreign)
	if err != nil {
		t.Fatal(err)
	}
	otherKey := keyOf(t, 8, began)
	other := (token.KeySet{otherKey}).Data()[otherKey.ID+".pem"]
	tests := map[string]struct {
		name    string
		content []byte
		want    string
	}{
		"a name without a suffix":      {key.ID, good, "the name is not"},
		"a name without a time":        {"signing-key.pem", good, "the name is not"},
		"a name without a fingerprint": {"20261012T091500Z.pem", good, "the name is not"},
		"a day that does not exist":    {"20261332T091500Z-" + key.ID[17:] + ".pem", good, "the name is not"},
		"nothing":                      {name, nil, "not one PEM block"},
		"no PEM":                       {name, []byte("SECRETSECRET"), "not one PEM block"},
		"half a block":                 {name, good[:len(good)-10], "not one PEM block"},
		"two blocks":                   {name, slices.Concat(good, other), "not one PEM block"},
		"a block of another type":      {name, bytes.ReplaceAll(good, []byte("PRIVATE"), []byte("PUBLIC")), "not one PEM block"},
		"a block with another content": {name, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("SECRETSECRET")}), "not an Ed25519 key"},
		"an RSA key":                   {name, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: rsaForm}), "not an Ed25519 key"},
		"another key":                  {name, other, "another key than the name says"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			data := keysOf(t, began.Add(hour)).Data()
			data[tc.name] = tc.content
			keys, err := token.ParseKeySet(data)
			if err == nil {
				t.Fatal("it was taken for a key")
			}
			if len(keys) != 0 {
				t.Errorf("%d keys are returned with the error", len(keys))
			}
			if !strings.Contains(err.Error(), fmt.Sprintf("%q", tc.name)) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%q does not name the entry %s and what is wrong: %s", err, tc.name, tc.want)
			}
			checkShowsNothing(t, err.Error(), tc.content)
		})
	}
}

func TestEveryBadEntryIsNamed(t *testing.T) {
	_, err := token.ParseKeySet(map[string][]byte{"b": nil, "a": nil})
	if err == nil || !regexp.MustCompile(`(?s)"a".*"b"`).MatchString(err.Error()) {
		t.Errorf("the error is %v, want both entries, in order", err)
	}
}

// checkShowsNothing looks for any eight characters of a secret content.
func checkShowsNothing(t *testing.T, text string, content []byte) {
	t.Helper()
	for line := range strings.SplitSeq(string(content), "\n") {
		if strings.HasPrefix(line, "-----") {
			continue
		}
		for i := 0; i+8 <= len(line); i++ {
			if strings.Contains(text, line[i:i+8]) {
				t.Errorf("%q shows a part of the content", text)
				return
			}
		}
	}
}

func TestPrintingAKeyShowsNothingOfIt(t *testing.T) {
	key := keyOf(t, 7, began)
	inJSON, err := json.Marshal(token.KeySet{key})
	if err != nil {
		t.Fatal(err)
	}
	keys := token.KeySet{key}
	for _, text := range []string{
		key.String(), fmt.Sprintf("%+v", key), fmt.Sprintf("%#v", key),
		fmt.Sprint(keys), fmt.Sprintf("%+v", keys), fmt.Sprintf("%#v", keys), string(inJSON),
	} {
		if !strings.Contains(text, key.ID) {
			t.Errorf("%q does not name the key", text)
		}
		checkHoldsNoPrivatePart(t, text, key.Private)
	}
}

// checkHoldsNoPrivatePart looks for the seed in every form that a careless encoding gives it.
func checkHoldsNoPrivatePart(t *testing.T, text string, private ed25519.PrivateKey) {
	t.Helper()
	seed := private.Seed()
	forms := map[string]string{
		"raw":       string(seed),
		"hex":       hex.EncodeToString(seed),
		"base64":    base64.StdEncoding.EncodeToString(seed)[:40],
		"base64url": base64.RawURLEncoding.EncodeToString(seed)[:40],
		"decimal":   strings.Trim(fmt.Sprintf("%d", seed), "[]"),
		"Go":        strings.TrimSuffix(strings.TrimPrefix(fmt.Sprintf("%#v", seed), "[]byte{"), "}"),
	}
	for _, form := range slices.Sorted(maps.Keys(forms)) {
		if strings.Contains(text, forms[form]) {
			t.Errorf("%q holds the private part as %s", text, form)
		}
	}
}
