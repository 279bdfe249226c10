package plan

import (
	"crypto/sha256"
	"fmt"
	"unicode/utf8"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/commissioning-support/operator/api/v1alpha1"
)

// DirectoryShards is how many ConfigMaps hold a hosted service's directory. It never changes: the
// service's pods mount each of them by name.
const DirectoryShards = 16

// maxDirectoryEntry bounds an entry: 4,000 of them, the most that one service carries, fit.
const maxDirectoryEntry = 512

// Directory is whom a hosted service serves, as its pods read it: file names and contents, by shard.
type Directory [DirectoryShards]map[string]string

// DirectoryEntry is what a hosted service is told of a consortium that it serves.
type DirectoryEntry struct {
	Code      v1alpha1.OrganisationCode `json:"code"`
	Name      v1alpha1.Title            `json:"name"`
	Patients  int64                     `json:"patients"`
	Agreement types.UID                 `json:"agreement"`
	// TokensNotBefore refuses tokens that were issued earlier; nil: none are.
	TokensNotBefore *metav1.Time `json:"tokensNotBefore,omitempty"`
}

// DirectoryOf sorts entries, one for each consortium, into shards.
func DirectoryOf(entries []DirectoryEntry) Directory {
	var directory Directory
	for _, entry := range entries {
		shard := Shard(entry.Code)
		if directory[shard] == nil {
			directory[shard] = map[string]string{}
		}
		directory[shard][DirectoryFile(entry.Code)] = entry.encode()
	}
	return directory
}

// DirectoryName is the name of the ConfigMap that holds a shard. It cannot meet another instance's: every
// name of this kind ends so.
func DirectoryName(service string, shard int) string {
	return fmt.Sprintf("%s-directory-%02d", service, shard)
}

// DirectoryFile is the name of the file that describes a consortium.
func DirectoryFile(code v1alpha1.OrganisationCode) string { return string(code) + ".json" }

// Shard is where in the directory a consortium stands, for ever.
func Shard(code v1alpha1.OrganisationCode) int {
	return int(sha256.Sum256([]byte(code))[0]) % DirectoryShards
}

// encode writes the one canonical form of an entry, its name cut where it is too long.
func (e DirectoryEntry) encode() string {
	for {
		content, _ := encodeJSON(e) // numbers and strings: it cannot fail
		if len(content) <= maxDirectoryEntry || e.Name == "" {
			return string(content)
		}
		_, last := utf8.DecodeLastRuneInString(string(e.Name))
		e.Name = e.Name[:len(e.Name)-last]
	}
}
