package token_test

import (
	"encoding/base64"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/commissioning-support/operator/controllers/internal/token"
)

// The bytes of one token: services and people read them, so a change is a change of the contract.
func TestWhatATokenSays(t *testing.T) {
	keys := keysOf(t, began)
	claims := claimsOf("0d6a2c1f-7a53-4a0e-b4be-3c5d7f1e9a42")
	issued := issue(t, keys, claims, began)
	parts := strings.Split(issued.Compact, ".")
	if len(parts) != 3 {
		t.Fatalf("%s is no compact JWS", issued.Compact)
	}
	want := []string{
		`{"alg":"EdDSA","kid":"20261012T091500Z-139e3940e64b5491","typ":"JWT"}`,
		`{"iss":"commissioning.support","sub":"08V","aud":["nel-csu/data-analytics","midlands-csu/analytics"],` +
			`"jti":"0d6a2c1f-7a53-4a0e-b4be-3c5d7f1e9a42","iat":1791723428,"nbf":1791723428,"exp":1791896228}`,
	}
	for i := range want {
		got, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want[i], string(got)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestBoundsOfAToken(t *testing.T) {
	keys := keysOf(t, began)
	claims := claimsOf(uidOf(1))
	// The middle of a period of the agreement, which starts 12 hours earlier.
	start := issue(t, keys, claims, began).Renew
	now := start.Add(12 * hour)
	at := start.Add
	tests := map[string]struct {
		notBefore, notAfter   time.Time
		iat, expires, renewal time.Time
	}{
		"without bounds": {iat: start, expires: at(48 * hour), renewal: at(24 * hour)},
		"a revocation of yesterday changes nothing":         {notBefore: at(-time.Second), iat: start, expires: at(48 * hour), renewal: at(24 * hour)},
		"a revocation of today moves the beginning":         {notBefore: at(hour), iat: at(hour), expires: at(48 * hour), renewal: at(24 * hour)},
		"to the next whole second":                          {notBefore: at(hour + 1), iat: at(hour + time.Second), expires: at(48 * hour), renewal: at(24 * hour)},
		"one of tomorrow gives the token of tomorrow":       {notBefore: at(25 * hour), iat: at(25 * hour), expires: at(72 * hour), renewal: at(48 * hour)},
		"a late bound changes nothing":                      {notAfter: at(49 * hour), iat: start, expires: at(48 * hour), renewal: at(24 * hour)},
		"a bound within its life ends it there":             {notAfter: at(30 * hour), iat: start, expires: at(30 * hour), renewal: at(24 * hour)},
		"on a whole second":                                 {notAfter: at(30*hour + 5), iat: start, expires: at(30 * hour), renewal: at(24 * hour)},
		"a bound within the period leaves no other to come": {notAfter: at(20 * hour), iat: start, expires: at(20 * hour)},
		"nor does one at its end":                           {notAfter: at(24 * hour), iat: start, expires: at(24 * hour)},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			claims := claims
			claims.NotBefore, claims.NotAfter = tc.notBefore, tc.notAfter
			issued := issue(t, keys, claims, now)
			read, _ := read(t, issued.Compact, token.JWKS(keys))
			want := []time.Time{tc.iat, tc.iat, tc.expires, tc.expires, tc.renewal}
			got := []time.Time{read.IssuedAt.Time().UTC(), read.NotBefore.Time().UTC(), read.Expiry.Time().UTC(), issued.Expires, issued.Renew}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("iat, nbf, exp, Expires, Renew (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNoTokenBeyondItsBound(t *testing.T) {
	keys := keysOf(t, began)
	tests := map[string]struct{ notBefore, notAfter time.Time }{
		"over":                      {notAfter: began.Add(-hour)},
		"over this instant":         {notAfter: began},
		"over within the second":    {notAfter: began.Add(time.Second - 1)},
		"over before it would hold": {notBefore: began.Add(2 * hour), notAfter: began.Add(hour)},
		"over when it would begin":  {notBefore: began.Add(hour), notAfter: began.Add(hour)},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			claims := claimsOf(uidOf(1))
			claims.NotBefore, claims.NotAfter = tc.notBefore, tc.notAfter
			issued, err := token.Issue(keys, claims, began)
			if !errors.Is(err, token.ErrNeverValid) || issued != (token.Token{}) {
				t.Errorf("Issue() = %v, %v, want no token and ErrNeverValid", issued, err)
			}
		})
	}
}

func TestIncompleteClaims(t *testing.T) {
	tests := map[string]struct {
		keys  token.KeySet
		spoil func(*token.Claims)
		want  string
	}{
		"no key":       {nil, func(*token.Claims) {}, "no key"},
		"no issuer":    {keysOf(t, began), func(c *token.Claims) { c.Issuer = "" }, "an issuer"},
		"no agreement": {keysOf(t, began), func(c *token.Claims) { c.AgreementUID = "" }, "UID of its agreement"},
		"no code":      {keysOf(t, began), func(c *token.Claims) { c.Code = "" }, "organisation code"},
		"no audience":  {keysOf(t, began), func(c *token.Claims) { c.Audience = nil }, "an audience"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			claims := claimsOf(uidOf(1))
			tc.spoil(&claims)
			issued, err := token.Issue(tc.keys, claims, began)
			if err == nil || !strings.Contains(err.Error(), tc.want) || issued != (token.Token{}) {
				t.Errorf("Issue() = %v, %v, want an error about %s", issued, err, tc.want)
			}
		})
	}
}

func TestATokenChangesWithEachClaim(t *testing.T) {
	keys := keysOf(t, began)
	base := issue(t, keys, claimsOf(uidOf(1)), began).Compact
	changes := map[string]func(*token.Claims){
		"issuer":            func(c *token.Claims) { c.Issuer = "other" },
		"agreement":         func(c *token.Claims) { c.AgreementUID = uidOf(2) },
		"code":              func(c *token.Claims) { c.Code = "99X" },
		"audience":          func(c *token.Claims) { c.Audience = c.Audience[:1] },
		"order of audience": func(c *token.Claims) { slices.Reverse(c.Audience) },
		"revocation":        func(c *token.Claims) { c.NotBefore = began },
		"bound":             func(c *token.Claims) { c.NotAfter = began.Add(hour) },
	}
	for name, change := range changes {
		claims := claimsOf(uidOf(1))
		change(&claims)
		if issue(t, keys, claims, began).Compact == base {
			t.Errorf("another %s gives the same token", name)
		}
	}
}

// The same bytes until Renew, then others, whatever is added to the key set and dropped from it meanwhile.
func TestSameTokenWithinThePeriod(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keys, claims := someKeys(t), someClaims(t)
		now := anInstant(t, "now", -10*day, 0)
		claims.NotBefore = earlierOf(claims.NotBefore, now)
		first := issue(t, keys, claims, now)
		last := first.Renew
		if last.IsZero() {
			last = first.Expires
		}
		then := now.Add(time.Duration(rapid.Int64Range(0, int64(last.Sub(now))-1).Draw(t, "then")))
		rotated := keys
		// Beside a key of a clock that is fast, a new one is not the newest.
		if !slices.ContainsFunc(keys, func(key token.Key) bool { return !key.Created.Before(then.Truncate(time.Second)) }) {
			rotated = keys.Schedule(then).Published
			rotated = append(rotated, keyOf(t, 99, then))
		}
		if again := issue(t, rotated, claims, then); again != first {
			t.Fatalf("at %s: %v\nat %s: %v", now, first, then, again)
		}
		if first.Renew.IsZero() {
			if other, err := token.Issue(keys, claims, last); !errors.Is(err, token.ErrNeverValid) {
				t.Fatalf("after the last token comes %v, %v", other, err)
			}
			return
		}
		if other := issue(t, keys, claims, first.Renew); other.Compact == first.Compact {
			t.Fatalf("at %s the token is not another", first.Renew)
		}
	})
}

func TestBoundsAreKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keys, claims := someKeys(t), someClaims(t)
		now := anInstant(t, "now", -2*day, 6*day)
		issued, err := token.Issue(keys, claims, now)
		if err != nil {
			if !errors.Is(err, token.ErrNeverValid) || claims.NotAfter.IsZero() {
				t.Fatalf("%s", err)
			}
			if left := claims.NotAfter.Sub(now); left >= time.Second && claims.NotBefore.Before(claims.NotAfter.Add(-2*time.Second)) {
				t.Fatalf("there is no token, though there are %s left", left)
			}
			return
		}
		said, _ := read(t, issued.Compact, token.JWKS(keys))
		iat, expires := said.IssuedAt.Time(), said.Expiry.Time()
		if iat.Before(claims.NotBefore) {
			t.Fatalf("issued at %s, before %s", iat, claims.NotBefore)
		}
		if iat.After(now) && iat.Sub(claims.NotBefore) >= time.Second {
			t.Fatalf("issued at %s, which is neither past nor asked for", iat)
		}
		if !claims.NotAfter.IsZero() && expires.After(claims.NotAfter) {
			t.Fatalf("expires at %s, after %s", expires, claims.NotAfter)
		}
		bounded := !claims.NotAfter.IsZero() && claims.NotAfter.Sub(expires) < time.Second
		if !bounded && expires.Sub(now) < token.Period {
			t.Fatalf("has only %s left", expires.Sub(now))
		}
		if !issued.Renew.IsZero() && (!issued.Renew.After(now) || !issued.Renew.Before(expires)) {
			t.Fatalf("renewed at %s, not between %s and %s", issued.Renew, now, expires)
		}
	})
}

// Whoever comes back at each Renew gets there step by step, a period at a time.
func TestRenewalsFollowOneAnother(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keys, claims := someKeys(t), someClaims(t)
		claims.NotAfter = began.Add(20 * day)
		now := anInstant(t, "now", -2*day, 2*day)
		previous := time.Time{}
		for step := 0; ; step++ {
			issued := issue(t, keys, claims, now)
			if issued.Renew.IsZero() {
				if left := claims.NotAfter.Sub(now); left > 3*token.Period {
					t.Fatalf("the renewals end %s before the bound", left)
				}
				return
			}
			if !issued.Renew.After(now) || !issued.Renew.After(previous) {
				t.Fatalf("at %s the next renewal is at %s, after one at %s", now, issued.Renew, previous)
			}
			if step > 0 && claims.NotBefore.Before(now) && issued.Renew.Sub(now) > token.Period {
				t.Fatalf("at %s the next renewal is only at %s", now, issued.Renew)
			}
			now, previous = issued.Renew, issued.Renew
		}
	})
}

// 10,000 agreements renew all day long: no minute and no hour stands out.
func TestRenewalsAreSpread(t *testing.T) {
	const agreements = 10_000
	keys := keysOf(t, began)
	hours, minutes := map[int]float64{}, map[int]int{}
	for number := range uint64(agreements) {
		renew := issue(t, keys, claimsOf(uidOf(number)), began).Renew
		hours[renew.Hour()]++
		minutes[renew.Hour()*60+renew.Minute()]++
	}
	for h := range 24 {
		// Five standard deviations.
		if even := agreements / 24.0; math.Abs(hours[h]-even) > 5*math.Sqrt(even) {
			t.Errorf("in hour %d there are %.0f renewals, where %.0f are even", h, hours[h], even)
		}
	}
	for m, count := range minutes {
		if count > 30 {
			t.Errorf("in minute %d there are %d renewals, where 7 are even", m, count)
		}
	}
}

func earlierOf(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
