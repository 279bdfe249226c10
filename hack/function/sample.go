package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

const (
	sampleIssuer    = "commissioning.support"
	sampleAudience  = "nel-csu/data-analytics"
	sampleCode      = "08V"
	sampleAgreement = "0d6a2c1f-7a53-4a0e-b4be-3c5d7f1e9a42"
	sampleKey       = "sample"
)

// writeSample writes what the pod of a hosted function finds, below commissioning, and the token of the
// one consortium that it serves. They are good for 48 hours, and for nothing but trying.
func writeSample(folder string, now time.Time) error {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return fmt.Errorf("making a key: %w", err)
	}
	token, err := sampleToken(private, now)
	if err != nil {
		return fmt.Errorf("making a token: %w", err)
	}
	files := map[string]any{
		"parameters.json": map[string]any{},
		"keys/jwks.json": jose.JSONWebKeySet{Keys: []jose.JSONWebKey{
			{Key: public, KeyID: sampleKey, Algorithm: string(jose.EdDSA), Use: "sig"},
		}},
		"keys/service.json": map[string]any{"issuer": sampleIssuer, "audience": sampleAudience},
		"consortia/" + sampleCode + ".json": map[string]any{
			"code": sampleCode, "name": "NHS Tower Hamlets", "patients": 347870, "agreement": sampleAgreement,
		},
	}
	for name, value := range files {
		content, err := json.Marshal(value)
		if err != nil {
			return fmt.Errorf("writing %s: %w", name, err)
		}
		if err := writeFile(filepath.Join(folder, "commissioning", name), content); err != nil {
			return err
		}
	}
	return writeFile(filepath.Join(folder, "token"), []byte(token))
}

func writeFile(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	// A container that the folder is mounted into runs as another user.
	return os.WriteFile(path, content, 0o644)
}

func sampleToken(private ed25519.PrivateKey, now time.Time) (string, error) {
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: jose.EdDSA, Key: jose.JSONWebKey{Key: private, KeyID: sampleKey}},
		(&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", err
	}
	return jwt.Signed(signer).Claims(jwt.Claims{
		Issuer: sampleIssuer, Subject: sampleCode, Audience: jwt.Audience{sampleAudience}, ID: sampleAgreement,
		IssuedAt: jwt.NewNumericDate(now), NotBefore: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(now.Add(48 * time.Hour)),
	}).Serialize()
}
