package token

import (
	"encoding/base64"
	"encoding/json"
)

// publicKey is a key as services read it (RFC 8037). It has no field that a private part could stand in.
type publicKey struct {
	Algorithm string `json:"alg"`
	Curve     string `json:"crv"`
	ID        string `json:"kid"`
	Type      string `json:"kty"`
	Use       string `json:"use"`
	X         string `json:"x"`
}

// JWKS is the public half of keys, from the oldest to the newest, always in the same bytes.
func JWKS(published KeySet) []byte {
	set := struct {
		Keys []publicKey `json:"keys"`
	}{Keys: []publicKey{}}
	for _, key := range published.sorted() {
		set.Keys = append(set.Keys, publicKey{
			Algorithm: "EdDSA", Curve: "Ed25519", ID: key.ID, Type: "OKP", Use: "sig",
			X: base64.RawURLEncoding.EncodeToString(publicOf(key.Private)),
		})
	}
	// Strings alone cannot fail.
	content, _ := json.Marshal(set)
	return content
}
