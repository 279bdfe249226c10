package controllers_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// tokenOf is the token in the Secret that an agreement gives.
func tokenOf(t *testing.T, agreement *v1alpha1.SupportAgreement) string {
	t.Helper()
	secret := secretOf(agreement)
	if !exists(t, secret) {
		return ""
	}
	return string(secret.Data["token"])
}

// renewed waits until an agreement gives another token, and returns it.
func renewed(t *testing.T, agreement *v1alpha1.SupportAgreement, former string) string {
	t.Helper()
	gomega.NewWithT(t).Eventually(func() string { return tokenOf(t, agreement) }).Should(gomega.And(gomega.Not(gomega.BeEmpty()), gomega.Not(gomega.Equal(former))))
	return tokenOf(t, agreement)
}

// lag is how old mounted files may be, and are in these tests where they are not refreshed.
const lag = 90 * time.Second

// TestTheContractHoldsWithWhatTheOperatorPublishes: what it writes of keys, directories and tokens, served
// by a function that keeps the contract. East takes a function from one supplier, with another to fall
// back on; west takes it from that other.
func TestTheContractHoldsWithWhatTheOperatorPublishes(t *testing.T) {
	t.Parallel()
	p := paired(t, "con", 475)
	populated(t, "con-west", 478)
	east, west := p.agreement, makeAgreement("con-west", "con-function", []string{"con-two"})
	create(t, west)
	boundTo(t, west, p.two)
	one, two := podOf(t, p.one), podOf(t, p.two)
	ofEast, ofWest := tokenOf(t, east), tokenOf(t, west)

	t.Run("a token is good where its consortium is served, and nowhere else", func(t *testing.T) {
		one.serves(t, ofEast, code(475))
		two.serves(t, ofWest, code(478))
		two.refuses(t, ofEast, http.StatusForbidden, "NotServed") // it may fall back on it, and has not
		one.refuses(t, ofWest, http.StatusUnauthorized, "WrongAudience")
	})
	t.Run("nothing makes one consortium another", func(t *testing.T) { nobodyIsSomebodyElse(t, one, two, ofEast, ofWest) })
	t.Run("a process answers so too", func(t *testing.T) { aProcessAnswersSoToo(t, one, ofEast, ofWest) })
	t.Run("the token of yesterday is good, that of the day before is not", func(t *testing.T) {
		one.ahead = 23 * time.Hour // a token lives for 24 hours at least after it was replaced
		one.serves(t, ofEast, code(475))
		one.ahead = 48*time.Hour + lag
		one.refuses(t, ofEast, http.StatusUnauthorized, "Expired")
		one.ahead = 0
	})
	t.Run("a revoked token", func(t *testing.T) { ofEast = aRevokedTokenIsRefused(t, one, east, ofEast) })
	t.Run("a consortium that is withdrawn", func(t *testing.T) { ofEast = aWithdrawnConsortiumIsRefused(t, one, two, p, ofEast) })
	t.Run("a token of a former agreement", func(t *testing.T) { aFormerAgreementIsRefused(t, two, west, ofWest) })
}

// nobodyIsSomebodyElse: a consortium cannot be another by any header, field or path.
func nobodyIsSomebodyElse(t *testing.T, one, two *pod, ofEast, ofWest string) {
	t.Helper()
	other := string(code(475))
	claims := map[string]func(*http.Request){
		"header": func(r *http.Request) { r.Header.Set("X-Consortium", other) },
		"user":   func(r *http.Request) { r.Header.Set("X-Forwarded-User", other) },
		"cookie": func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "consortium", Value: other}) },
		"query":  func(r *http.Request) { r.URL.RawQuery = "consortium=" + other + "&sub=" + other },
		"path":   func(r *http.Request) { r.URL.Path = "/consortia/" + other },
		"file":   func(r *http.Request) { r.URL.Path = "/consortia/" + other + ".json" },
	}
	for name, claim := range claims {
		if got := two.call(t, ofWest, claim); got != (answer{Status: http.StatusOK, Code: string(code(478))}) {
			t.Errorf("by its %s, west is taken for %+v", name, got)
		}
		if got := one.call(t, ofWest, claim); got.Status != http.StatusUnauthorized {
			t.Errorf("by its %s, west gets in where it has no agreement: %+v", name, got)
		}
	}
	both := func(r *http.Request) { r.Header.Add("Authorization", "Bearer "+ofEast) }
	if got := two.call(t, ofWest, both); got.Status != http.StatusUnauthorized {
		t.Errorf("with two tokens, west is answered %+v", got)
	}
	parts := strings.Split(ofWest, ".")
	content, err := base64.RawURLEncoding.DecodeString(parts[1])
	must(t, err)
	parts[1] = base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(content), string(code(478)), other, 1)))
	two.refuses(t, strings.Join(parts, "."), http.StatusUnauthorized, "WrongSignature")
}

func aProcessAnswersSoToo(t *testing.T, one *pod, ofEast, ofWest string) {
	t.Helper()
	address := one.serving(t)
	for token, want := range map[string]int{ofEast: http.StatusOK, ofWest: http.StatusUnauthorized} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+"/whoami", http.NoBody)
		must(t, err)
		request.Header.Set("Authorization", "Bearer "+token)
		response, err := http.DefaultClient.Do(request)
		must(t, err)
		must(t, response.Body.Close())
		if response.StatusCode != want {
			t.Errorf("the process answers %d, want %d", response.StatusCode, want)
		}
	}
}

// aRevokedTokenIsRefused once the service's files have followed. It returns the new token.
func aRevokedTokenIsRefused(t *testing.T, one *pod, east *v1alpha1.SupportAgreement, revoked string) string {
	t.Helper()
	at := metav1.NewTime(env.Clock.Now().Truncate(time.Second))
	change(t, east, func(a *v1alpha1.SupportAgreement) { a.Spec.TokensNotBefore = &at })
	fresh := renewed(t, east, revoked)
	one.ahead = lag
	one.serves(t, revoked, code(475)) // the files are stale
	one.serves(t, fresh, code(475))
	one.ahead = 0
	gomega.NewWithT(t).Eventually(func() string { one.refresh(t); return one.call(t, revoked).Reason }).WithTimeout(soon).Should(gomega.Equal("Revoked"))
	one.refuses(t, revoked, http.StatusForbidden, "Revoked")
	one.serves(t, fresh, code(475))
	return fresh
}

// aWithdrawnConsortiumIsRefused once the service's files have followed, and served by the next one when
// its files have. It returns the new token.
func aWithdrawnConsortiumIsRefused(t *testing.T, one, two *pod, p pair, former string) string {
	t.Helper()
	change(t, p.one, accepting("con-west"))
	boundTo(t, p.agreement, p.two)
	fresh := renewed(t, p.agreement, former)
	one.ahead, two.ahead = lag, lag
	one.serves(t, former, code(475)) // the files are stale; the network is closed already
	one.refuses(t, fresh, http.StatusUnauthorized, "WrongAudience")
	two.refuses(t, fresh, http.StatusForbidden, "NotServed")
	one.ahead, two.ahead = 0, 0
	one.refresh(t)
	two.refresh(t)
	one.refuses(t, former, http.StatusForbidden, "NotServed")
	two.serves(t, fresh, code(475))
	two.serves(t, former, code(475)) // the caller's own file is stale
	return fresh
}

// aFormerAgreementIsRefused although the consortium, and the name of the agreement, are the same.
func aFormerAgreementIsRefused(t *testing.T, two *pod, west *v1alpha1.SupportAgreement, former string) {
	t.Helper()
	remove(t, west)
	gomega.NewWithT(t).Eventually(func() bool { return exists(t, west) }).Should(gomega.BeFalse())
	again := makeAgreement(west.Namespace, west.Name, []string{"con-two"})
	create(t, again)
	boundTo(t, again, two.service)
	two.refresh(t)
	two.refuses(t, former, http.StatusForbidden, "OtherAgreement")
	two.serves(t, tokenOf(t, again), code(478))
	if again.UID == west.UID {
		t.Fatal(fmt.Errorf("the agreement %s was not made anew", west.Name))
	}
}
