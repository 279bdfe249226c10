package plan

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strings"
)

// ownerHashBytes of the SHA-256 are kept: 128 bits, which nobody finds a second owner for.
const ownerHashBytes = 16

// OwnerHash returns the value of the label v1alpha1.OwnerLabel: 32 hexadecimal digits of a hash of the
// owner's kind, namespace (empty for a cluster-scoped owner) and name. Each part is preceded by its
// length, so that no two owners are joined to the same text. The annotation v1alpha1.OwnerAnnotation
// says the same for people.
func OwnerHash(kind, namespace, name string) string {
	h := sha256.New()
	for _, part := range []string{kind, namespace, name} {
		var length [8]byte
		binary.BigEndian.PutUint64(length[:], uint64(len(part)))
		h.Write(length[:])
		h.Write([]byte(part))
	}
	return hex.EncodeToString(h.Sum(nil)[:ownerHashBytes])
}

// IsReservedNamespace says whether the namespace belongs to the cluster or to the operator, and can
// therefore never be a consortium's or a supplier's (R7). The schemas of both refuse the same names,
// except the operator's own namespace, which they cannot know.
func IsReservedNamespace(name, operatorNamespace string) bool {
	return name == "default" ||
		name == "commissioning-system" ||
		name == operatorNamespace ||
		strings.HasPrefix(name, "kube-") ||
		strings.HasPrefix(name, "openshift-")
}
