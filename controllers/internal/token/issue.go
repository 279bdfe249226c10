package token

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// ErrNeverValid is returned where the bound of a token comes before its beginning.
var ErrNeverValid = errors.New("the token would end before it begins")

// Claims are what a token says, and the bounds of its validity.
type Claims struct {
	// Issuer is the installation.
	Issuer string
	// AgreementUID tells agreements apart, also one from a former one of the same name.
	AgreementUID string
	// Code is the consortium's organisation code.
	Code string
	// Audience are the suppliers that may be called with it, as provider/service.
	Audience []string
	// NotBefore revokes what was issued earlier. Zero: nothing is revoked.
	NotBefore time.Time
	// NotAfter is the first instant at which the token must not be valid. Zero: none.
	NotAfter time.Time
}

// Token is what a consortium shows to a service.
type Token struct {
	// Compact is the JWS in its compact form.
	Compact string
	// Expires is its first instant of not being valid.
	Expires time.Time
	// Renew is when Issue gives another. Zero: never, the bound comes first.
	Renew time.Time
}

// Issue returns the token that holds now. It is the same, byte by byte, until Renew, whatever else
// happens to the key set meanwhile: only taking away the key that signed it changes it.
//
// A NotBefore in the future gives the token that is valid from then on, as the keys of now would sign it.
func Issue(keys KeySet, claims Claims, now time.Time) (Token, error) {
	if err := claims.check(); err != nil {
		return Token{}, err
	}
	if len(keys) == 0 {
		return Token{}, errors.New("there is no key to sign the token with")
	}
	notBefore := wholeSecondFrom(claims.NotBefore)
	start := periodStart(claims.AgreementUID, later(now, notBefore))
	issued, expires := later(start, notBefore), start.Add(Life)
	token := Token{Renew: start.Add(Period)}
	if bound := claims.NotAfter; !bound.IsZero() {
		expires = earlier(expires, bound.Truncate(time.Second))
		if !expires.After(later(now, issued)) {
			return Token{}, ErrNeverValid
		}
		if !token.Renew.Before(expires) {
			token.Renew = time.Time{}
		}
	}
	token.Expires = expires
	compact, err := sign(keys.sorted().signer(start), claims, issued, expires)
	if err != nil {
		return Token{}, fmt.Errorf("signing a token: %w", err)
	}
	token.Compact = compact
	return token, nil
}

// check refuses what would be a token for anybody, or for nobody.
func (c Claims) check() error {
	switch {
	case c.Issuer == "":
		return errors.New("a token needs an issuer")
	case c.AgreementUID == "":
		return errors.New("a token needs the UID of its agreement")
	case c.Code == "":
		return errors.New("a token needs an organisation code")
	case len(c.Audience) == 0:
		return errors.New("a token needs an audience")
	}
	return nil
}

// periodStart is the start of the agreement's period that an instant lies in. Where in the 24 hours it
// lies follows from the UID: renewals are spread over the day.
func periodStart(agreementUID string, at time.Time) time.Time {
	const period = int64(Period / time.Second)
	hash := sha256.Sum256([]byte(agreementUID))
	phase := int64(binary.BigEndian.Uint64(hash[:8]) % uint64(period))
	since := ((at.Unix()-phase)%period + period) % period
	return time.Unix(at.Unix()-since, 0).UTC()
}

// payload of a token. The order of the fields is that of the bytes.
type payload struct {
	Issuer    string   `json:"iss"`
	Subject   string   `json:"sub"`
	Audience  []string `json:"aud"`
	ID        string   `json:"jti"`
	IssuedAt  int64    `json:"iat"`
	NotBefore int64    `json:"nbf"`
	Expires   int64    `json:"exp"`
}

func sign(key Key, c Claims, issued, expires time.Time) (string, error) {
	content, err := json.Marshal(payload{
		Issuer: c.Issuer, Subject: c.Code, Audience: c.Audience, ID: c.AgreementUID,
		IssuedAt: issued.Unix(), NotBefore: issued.Unix(), Expires: expires.Unix(),
	})
	if err != nil {
		return "", err
	}
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: jose.EdDSA, Key: jose.JSONWebKey{Key: key.Private, KeyID: key.ID}},
		(&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", err
	}
	signed, err := signer.Sign(content)
	if err != nil {
		return "", err
	}
	return signed.CompactSerialize()
}

// wholeSecondFrom rounds up: a token knows whole seconds, and must not be issued before.
func wholeSecondFrom(t time.Time) time.Time {
	whole := t.Truncate(time.Second)
	if whole.Before(t) {
		whole = whole.Add(time.Second)
	}
	return whole
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
