package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"
	_ "time/tzdata" // --time-zone works where the machine has no files of its own

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"
	"sigs.k8s.io/yaml"

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
		s.newStatus(), s.newExplain(), s.newExpiring(), s.newStandDown(), s.newReinstate(), s.newRevoke(),
		s.newCatalogue(), s.newProviders(), s.newRollout(), s.newDoctor(),
	}
}

// open is the page on which a command writes, and the cluster that it reads. What is wrong with the page
// is said before anybody is asked.
func (s session) open(cmd *cobra.Command, v view, flags *cluster.Flags) (*screen.Page, *cluster.Cluster, error) {
	page, err := s.page(cmd, v)
	if err != nil {
		return nil, nil, err
	}
	from, err := s.connect(cmd, flags)
	return page, from, err
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
	flags.StringVarP(&v.output, "output", "o", "", "`FORMAT` json or yaml, for programs; without it, text for people")
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
	if v.output != "" && !slices.Contains(formats, v.output) {
		return nil, usageError{fmt.Errorf("--output %q: expected json or yaml", v.output)}
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

// formats are those for programs.
var formats = []string{"json", "yaml"}

// show writes a value for programs, or the same as text for people.
func (v view) show(page *screen.Page, value any, text func() error) error {
	var err error
	switch v.output {
	case "json":
		err = writeJSON(page.Out, value)
	case "yaml":
		err = writeYAML(page.Out, value)
	default:
		err = text()
	}
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

func writeJSON(out io.Writer, value any) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

func writeYAML(out io.Writer, value any) error {
	data, err := yaml.Marshal(value)
	if err != nil {
		return err
	}
	_, err = out.Write(data)
	return err
}

// atMostOne is the only argument, or there is none.
func atMostOne(_ *cobra.Command, args []string) error {
	if len(args) > 1 {
		return usageError{fmt.Errorf("unexpected argument %q", args[1])}
	}
	return nil
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
