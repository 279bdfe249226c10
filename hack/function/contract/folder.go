package contract

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// folder is /etc/commissioning of a pod.
type folder string

// service is keys/service.json: who signs the tokens, and as whom this service is called.
type service struct {
	Issuer   string `json:"issuer"`
	Audience string `json:"audience"`
}

// entry is consortia/<code>.json: one consortium that is served.
type entry struct {
	Code string `json:"code"`
	Name string `json:"name"`
	// Agreement is the UID of the agreement under which it is served.
	Agreement string `json:"agreement"`
	// TokensNotBefore revokes what was issued earlier. Zero: nothing is revoked.
	TokensNotBefore time.Time `json:"tokensNotBefore"`
}

// organisationCode bounds what may become a part of a file's name.
var organisationCode = regexp.MustCompile(`^[A-Z0-9]{3,6}$`)

func (f folder) service() (service, error) {
	var s service
	if err := f.read("keys/service.json", &s); err != nil {
		return s, err
	}
	if s.Issuer == "" || s.Audience == "" {
		return s, errors.New("keys/service.json lacks the issuer or the audience")
	}
	return s, nil
}

// keys are the Ed25519 keys of keys/jwks.json by their ID. Others are nobody's here.
func (f folder) keys() (map[string]ed25519.PublicKey, error) {
	var set jose.JSONWebKeySet
	if err := f.read("keys/jwks.json", &set); err != nil {
		return nil, err
	}
	keys := map[string]ed25519.PublicKey{}
	for _, key := range set.Keys {
		if public, ok := key.Key.(ed25519.PublicKey); ok {
			keys[key.KeyID] = public
		}
	}
	return keys, nil
}

// consortium looks a consortium up. Without a file, it is not served.
func (f folder) consortium(code string) (entry, bool, error) {
	if !organisationCode.MatchString(code) {
		return entry{}, false, nil
	}
	var e entry
	switch err := f.read("consortia/"+code+".json", &e); {
	case errors.Is(err, fs.ErrNotExist):
		return entry{}, false, nil
	case err != nil:
		return entry{}, false, err
	case e.Code != code || e.Agreement == "":
		return entry{}, false, fmt.Errorf("consortia/%s.json is not the entry of %s", code, code)
	}
	return e, true, nil
}

// ready says what keeps the function from working.
func (f folder) ready() error {
	var parameters map[string]any
	_, ofKeys := f.keys()
	_, ofService := f.service()
	return errors.Join(f.read("parameters.json", &parameters), ofKeys, ofService)
}

func (f folder) read(name string, into any) error {
	content, err := os.ReadFile(filepath.Join(string(f), name))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(content, into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
