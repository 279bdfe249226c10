package command

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMistakes shows what people read when they call the command wrongly, or with a file that
// cannot be understood.
func TestMistakes(t *testing.T) {
	golden, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	workIn(t, golden)
	edit(t, "april/map.csv", "Z99999,", "Z9999,")
	edit(t, "april/map.csv", "ALBION HEALTH CENTRE", "943 476 5919")
	const files = "import gp-registrations --map january/map.csv --patients january/patients.csv"
	var b strings.Builder
	for _, args := range []string{
		"imports",
		"import practices",
		"import gp-registrations",
		"import gp-registrations --mop january/map.csv",
		files + " somewhere",
		files + " --region Lundon",
		files + " --accept-removals",
		files + " --deletion-policy Keep",
		files + " --member-functions Referral_Management",
		files + " --admins-group nhs-{ods}-admins",
		files + " --viewers-group system:masters",
		"import gp-registrations --map january/none.csv --patients january/patients.csv",
		"import gp-registrations --map january/patients.csv --patients january/map.csv",
		"import gp-registrations --map april/map.csv --patients april/patients.csv --out estate",
		files + " --out january/map.csv",
	} {
		b.WriteString(call(args))
	}
	if _, err := os.Stat("estate"); !os.IsNotExist(err) {
		t.Errorf("something was written")
	}
	compareGolden(t, filepath.Join(golden, "mistakes.golden"), b.String())
}

func TestHelp(t *testing.T) {
	golden, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	compareGolden(t, filepath.Join(golden, "help.golden"), call("")+call("import --help")+call("import gp-registrations --help")+call("import agreements --help")+call("--version"))
}

// failingWriter is a pipe that somebody has closed.
type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestClosedPipeIsAnError(t *testing.T) {
	var stderr bytes.Buffer
	args := []string{"import", "gp-registrations", "--map", "testdata/january/map.csv", "--patients", "testdata/january/patients.csv"}
	if code := Run("test", args, failingWriter{}, &stderr); code != exitError || !strings.Contains(stderr.String(), "Error: write the YAML: ") {
		t.Errorf("exit %d: %s", code, &stderr)
	}
	if code := Run("test", args, &stderr, failingWriter{}); code != exitError {
		t.Errorf("exit %d", code)
	}
}
