package contract

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// leeway is how far the clocks of two machines may differ.
const leeway = 30 * time.Second

// refusal is why a call is not answered.
type refusal struct {
	Status  int    `json:"-"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

func unauthorised(reason, message string) *refusal {
	return &refusal{http.StatusUnauthorized, reason, message}
}

func forbidden(reason, message string) *refusal {
	return &refusal{http.StatusForbidden, reason, message}
}

// unavailable does not tell the caller what stands in which file: that is for the log.
func unavailable() *refusal {
	return &refusal{http.StatusServiceUnavailable, "Unavailable", "the service cannot read its files"}
}

// caller is whom the function takes a caller for, and as whom it answers.
type caller struct {
	Code    string `json:"code"`
	Name    string `json:"name"`
	Service string `json:"service"`
}

// judge says which consortium calls, or why nobody is answered. It is given the headers alone, and looks
// at one of them: nothing else of a request can say who calls.
func (f *Function) judge(header http.Header) (caller, *refusal) {
	service, err := f.folder.service()
	if err != nil {
		return caller{}, unavailable()
	}
	keys, err := f.folder.keys()
	if err != nil {
		return caller{}, unavailable()
	}
	compact, refused := bearer(header)
	if refused != nil {
		return caller{}, refused
	}
	claims, refused := verify(compact, keys)
	if refused != nil {
		return caller{}, refused
	}
	if refused := service.accepts(claims, f.now()); refused != nil {
		return caller{}, refused
	}
	consortium, listed, err := f.folder.consortium(claims.Subject)
	if err != nil {
		return caller{}, unavailable()
	}
	if !listed {
		return caller{}, forbidden("NotServed", "this service does not serve the consortium")
	}
	return caller{Code: consortium.Code, Name: consortium.Name, Service: service.Audience}, consortium.serves(claims)
}

// bearer takes the token out of the Authorization header.
func bearer(header http.Header) (string, *refusal) {
	given := header.Values("Authorization")
	if len(given) == 0 {
		return "", unauthorised("NoToken", "send the token as Authorization: Bearer TOKEN")
	}
	scheme, compact, _ := strings.Cut(given[0], " ")
	if len(given) > 1 || !strings.EqualFold(scheme, "Bearer") {
		return "", unauthorised("Malformed", "send one Authorization header: Bearer TOKEN")
	}
	return compact, nil
}

// verify checks the signature, with no algorithm but EdDSA and no key but a published one. Nothing that
// the token says is believed before.
func verify(compact string, keys map[string]ed25519.PublicKey) (jwt.Claims, *refusal) {
	var claims jwt.Claims
	signed, err := jose.ParseSignedCompact(compact, []jose.SignatureAlgorithm{jose.EdDSA})
	if _, other := errors.AsType[*jose.ErrUnexpectedSignatureAlgorithm](err); other {
		return claims, unauthorised("WrongAlgorithm", "the token is not signed with EdDSA")
	}
	if err != nil {
		return claims, unauthorised("Malformed", "the token is no signed JWT in compact form")
	}
	key, known := keys[signed.Signatures[0].Protected.KeyID]
	if !known {
		return claims, unauthorised("UnknownKey", "the token is signed with a key that is not published")
	}
	content, err := signed.Verify(key)
	if err != nil {
		return claims, unauthorised("WrongSignature", "the signature of the token is wrong")
	}
	if json.Unmarshal(content, &claims) != nil || claims.IssuedAt == nil || claims.Expiry == nil {
		return claims, unauthorised("Malformed", "the token does not say what it must")
	}
	return claims, nil
}

// accepts says whether a token is meant for this service, and now.
func (s service) accepts(claims jwt.Claims, now time.Time) *refusal {
	switch {
	case claims.Issuer != s.Issuer:
		return unauthorised("WrongIssuer", "the token is from another installation")
	case !slices.Contains(claims.Audience, s.Audience):
		return unauthorised("WrongAudience", "the token is not for this service")
	case !now.Before(claims.Expiry.Time().Add(leeway)):
		return unauthorised("Expired", "the token has expired: read its file again")
	case claims.NotBefore != nil && now.Add(leeway).Before(claims.NotBefore.Time()):
		return unauthorised("NotYetValid", "the token is not valid yet")
	}
	return nil
}

// serves says whether a listed consortium is served with this token.
func (e entry) serves(claims jwt.Claims) *refusal {
	switch {
	case claims.ID != e.Agreement:
		return forbidden("OtherAgreement", "the token belongs to another agreement than the one in force")
	case claims.IssuedAt.Time().Before(e.TokensNotBefore):
		return forbidden("Revoked", "the token was revoked: read its file again")
	}
	return nil
}
