package token

import (
	"cmp"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

const (
	// entrySuffix ends the name of a key's entry in the Secret.
	entrySuffix = ".pem"
	// createdLayout begins a key's ID. People see the age of a key in its name; so does the next
	// operator, as the Secret holds nothing else.
	createdLayout = "20060102T150405Z"
	// pemType of a private key in PKCS #8 form, which openssl pkey reads.
	pemType = "PRIVATE KEY"
)

// Key signs tokens.
type Key struct {
	// ID is the kid of tokens and of the published key: when it was made, and its fingerprint.
	ID string
	// Created, to the second.
	Created time.Time
	// Private never appears in JSON.
	Private ed25519.PrivateKey `json:"-"`
}

// NewKey makes a key out of 32 bytes of random.
func NewKey(random io.Reader, now time.Time) (Key, error) {
	seed := make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(random, seed); err != nil {
		return Key{}, fmt.Errorf("making a signing key: %w", err)
	}
	private := ed25519.NewKeyFromSeed(seed)
	created := now.UTC().Truncate(time.Second)
	return Key{ID: keyID(created, private), Created: created, Private: private}, nil
}

func keyID(created time.Time, private ed25519.PrivateKey) string {
	fingerprint := sha256.Sum256(publicOf(private))
	return created.Format(createdLayout) + "-" + hex.EncodeToString(fingerprint[:8])
}

// publicOf is the public half, which stands at the end of the private key.
func publicOf(private ed25519.PrivateKey) ed25519.PublicKey {
	return ed25519.PublicKey(private[ed25519.SeedSize:])
}

// String names the key, so that printing it shows nothing of it.
func (k Key) String() string { return k.ID }

// GoString is String, for %#v.
func (k Key) GoString() string { return k.ID }

// KeySet is what the Secret with the signing keys holds, in any order.
type KeySet []Key

// ParseKeySet reads the data of the Secret. An entry that is no key makes all of it an error: with a key
// left out, another would sign in its place. The error names the entry and shows nothing of it.
func ParseKeySet(data map[string][]byte) (KeySet, error) {
	var keys KeySet
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(data)) {
		key, err := parseKey(name, data[name])
		if err != nil {
			problems = append(problems, fmt.Errorf("signing key %q: %w", name, err))
			continue
		}
		keys = append(keys, key)
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return keys, nil
}

// parseKey returns errors of its own, never those of the parsers: they may quote what they read.
func parseKey(name string, content []byte) (Key, error) {
	id, isKey := strings.CutSuffix(name, entrySuffix)
	at, _, hasFingerprint := strings.Cut(id, "-")
	created, err := time.Parse(createdLayout, at)
	if !isKey || !hasFingerprint || err != nil {
		return Key{}, errors.New("the name is not <time of creation>-<fingerprint>.pem")
	}
	block, rest := pem.Decode(content)
	if block == nil || block.Type != pemType || strings.TrimSpace(string(rest)) != "" {
		return Key{}, errors.New("the content is not one PEM block of type " + pemType)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	private, isEd25519 := parsed.(ed25519.PrivateKey)
	if err != nil || !isEd25519 {
		return Key{}, errors.New("the content is not an Ed25519 key in PKCS #8 form")
	}
	if keyID(created, private) != id {
		return Key{}, errors.New("the content is another key than the name says")
	}
	return Key{ID: id, Created: created, Private: private}, nil
}

// Data is what the Secret holds: ParseKeySet reads it back.
func (s KeySet) Data() map[string][]byte {
	data := make(map[string][]byte, len(s))
	for _, key := range s {
		// The error is for types that have no such form. Ed25519 has one.
		der, _ := x509.MarshalPKCS8PrivateKey(key.Private)
		data[key.ID+entrySuffix] = pem.EncodeToMemory(&pem.Block{Type: pemType, Bytes: der})
	}
	return data
}

// sorted is the set from the oldest key to the newest.
func (s KeySet) sorted() KeySet {
	return slices.SortedFunc(slices.Values(s), func(a, b Key) int {
		return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
	})
}
