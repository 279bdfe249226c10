package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
	_ "time/tzdata" // --time-zone works where the machine has no files of its own

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/cluster"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/screen"
	"github.com/commissioning-support/operator/cmd/kubectl-commissioning/internal/when"
)

// errFound says that what was asked for has been shown, and that it is not all well.
var errFound = errors.New("something needs somebody")

// session is what commands that talk to a cluster share.
type session struct {
	version string
	now     func() time.Time
}

// commands that talk to a cluster.
func (s session) commands() []*cobra.Command {
	return []*cobra.Command{
		s.newStatus(), s.newExplain(), s.newExpiring(), s.newStandDown(), s.newReinstate(), s.newRevoke(), s.newRollout(),
	}
}

func (s session) connect(cmd *cobra.Command, flags *cluster.Flags) (*cluster.Cluster, error) {
	return flags.Connect("kubectl-commissioning/"+s.version, cmd.ErrOrStderr())
}

// view says how something is shown.
type view struct {
	output, zone string
	ascii        bool
}

func (v *view) add(flags *pflag.FlagSet) {
	flags.StringVarP(&v.output, "output", "o", "", "`FORMAT` json, for programs; without it, text for people")
	v.addText(flags)
}

func (v *view) addText(flags *pflag.FlagSet) {
	flags.BoolVar(&v.ascii, "ascii", false, "write ASCII letters only")
	flags.StringVar(&v.zone, "time-zone", "", "`NAME` of the time zone for times, such as Europe/London (default: this machine's)")
}

// page is where a command writes text: as wide as the terminal, and without colour off one.
func (s session) page(cmd *cobra.Command, v view) (*screen.Page, error) {
	zone := time.Local
	if v.zone != "" {
		var err error
		if zone, err = time.LoadLocation(v.zone); err != nil {
			return nil, usageError{fmt.Errorf("--time-zone %q: expected a name such as Europe/London", v.zone)}
		}
	}
	if v.output != "" && v.output != "json" {
		return nil, usageError{fmt.Errorf("--output %q: expected json", v.output)}
	}
	out := cmd.OutOrStdout()
	page := &screen.Page{Out: out, Clock: when.Clock{Now: s.now(), Zone: zone}, ASCII: v.ascii}
	if file, isFile := out.(*os.File); isFile && term.IsTerminal(int(file.Fd())) {
		page.Colour, page.Rewrites = os.Getenv("NO_COLOR") == "", os.Getenv("TERM") != "dumb"
		if width, _, err := term.GetSize(int(file.Fd())); err == nil {
			page.Width = width
		}
	}
	return page, nil
}

// writeJSON writes the same that a person would read.
func writeJSON(out io.Writer, value any) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// oneAgreement is the only argument.
func oneAgreement(_ *cobra.Command, args []string) error {
	switch len(args) {
	case 1:
		return nil
	case 0:
		return usageError{errors.New("the name of a SupportAgreement is missing")}
	}
	return usageError{fmt.Errorf("unexpected argument %q", args[1])}
}
