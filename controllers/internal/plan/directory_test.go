package plan_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/uuid"
	"pgregory.net/rapid"

	"github.com/commissioning-support/operator/api/v1alpha1"
	"github.com/commissioning-support/operator/controllers/internal/plan"
)

// A consortium never moves to another shard, in no release: pods would miss it, or see it twice.
func TestAConsortiumStandsInOneShardForEver(t *testing.T) {
	for code, want := range map[v1alpha1.OrganisationCode]int{"08V": 14, "08M": 12, "07T": 9, "00C": 12, "ZZZ999": 8} {
		if got := plan.Shard(code); got != want {
			t.Errorf("%s stands in shard %d, want %d", code, got, want)
		}
	}
}

// contents are the files of a directory, whatever their shard.
func contents(directory plan.Directory) map[string]string {
	files := map[string]string{}
	for _, shard := range directory {
		maps.Copy(files, shard)
	}
	return files
}

func TestADirectoryEntryIsWrittenInOneForm(t *testing.T) {
	tests := map[string]struct {
		entry plan.DirectoryEntry
		want  string
	}{
		"without a limit of tokens": {
			plan.DirectoryEntry{Code: "08V", Name: "NHS Tower Hamlets", Patients: 347870, Agreement: "1-2"},
			`{"code":"08V","name":"NHS Tower Hamlets","patients":347870,"agreement":"1-2"}`,
		},
		"with one, in whatever time zone": {
			plan.DirectoryEntry{
				Code: "08V", Name: "Bridge & <Co>", Patients: 0, Agreement: "1-2",
				TokensNotBefore: &metav1.Time{Time: time.Date(2026, 7, 1, 10, 30, 0, 0, time.FixedZone("BST", 3600))},
			},
			`{"code":"08V","name":"Bridge & <Co>","patients":0,"agreement":"1-2","tokensNotBefore":"2026-07-01T09:30:00Z"}`,
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			want := map[string]string{"08V.json": tc.want}
			if diff := cmp.Diff(want, contents(plan.DirectoryOf([]plan.DirectoryEntry{tc.entry}))); diff != "" {
				t.Errorf("the entry differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEveryDirectoryEntryFitsAndSaysWhatItShould(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		entry := plan.DirectoryEntry{
			Code: v1alpha1.OrganisationCode(rapid.StringMatching(`[A-Z0-9]{3,6}`).Draw(r, "code")),
			Name: v1alpha1.Title(rapid.OneOf(
				rapid.StringN(1, 150, -1), rapid.StringOfN(rapid.SampledFrom([]rune{'ŵ', '語', '😀', '\x01', '\u2028', '"'}), 1, 150, -1),
			).Draw(r, "name")),
			Patients:        rapid.Int64Range(0, 1_000_000_000).Draw(r, "patients"),
			Agreement:       uuid.NewUUID(),
			TokensNotBefore: &metav1.Time{Time: time.Unix(1_800_000_000, 0)},
		}
		content := contents(plan.DirectoryOf([]plan.DirectoryEntry{entry}))[string(entry.Code)+".json"]
		if content == "" || len(content) > 512 {
			r.Fatalf("the entry has %d bytes:\n%s", len(content), content)
		}
		var got plan.DirectoryEntry
		if err := json.Unmarshal([]byte(content), &got); err != nil {
			r.Fatal(err)
		}
		name := got.Name
		if got.Name = entry.Name; !cmp.Equal(entry, got) {
			r.Errorf("the entry says otherwise (-want +got):\n%s", cmp.Diff(entry, got))
		}
		isCut := strings.HasPrefix(string(entry.Name), string(name)) && utf8.ValidString(string(name)) && len(content) > 512-7
		if name != entry.Name && !isCut {
			r.Errorf("the name %q is told as %q, in an entry of %d bytes", entry.Name, name, len(content))
		}
	})
}

func TestEveryConsortiumOfADirectoryIsInItsShardAlone(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		codes := rapid.SliceOfNDistinct(rapid.StringMatching(`[A-Z0-9]{3,6}`), 0, 50, rapid.ID).Draw(r, "codes")
		entries := make([]plan.DirectoryEntry, len(codes))
		for i, code := range codes {
			entries[i] = plan.DirectoryEntry{Code: v1alpha1.OrganisationCode(code), Name: "x", Agreement: types.UID(code)}
		}
		found := 0
		for shard, files := range plan.DirectoryOf(entries) {
			for name := range files {
				found++
				if want := plan.Shard(v1alpha1.OrganisationCode(strings.TrimSuffix(name, ".json"))); shard != want {
					r.Errorf("%s is in shard %d, want %d", name, shard, want)
				}
			}
		}
		if found != len(codes) {
			r.Errorf("%d of %d consortia are in the directory", found, len(codes))
		}
	})
}
