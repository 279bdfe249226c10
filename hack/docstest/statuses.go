package docstest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Status is a condition that an object of a kind may show, and what it then says.
type Status struct{ Kind, Condition, Status, Reason, Message string }

// examples are of every condition and every reason that the API declares, which a test beside them
// sees to.
const examples = "controllers/internal/status/testdata/messages.golden"

// ReadStatuses reads the examples of statuses in the repository at root, in their order.
func ReadStatuses(root string) ([]Status, error) {
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(examples)))
	if err != nil {
		return nil, fmt.Errorf("reading the examples of statuses: %w", err)
	}
	var all []Status
	for line := range strings.Lines(string(text)) {
		row, isStatus := strings.CutPrefix(line, "    ")
		if !isStatus {
			continue
		}
		parts := strings.SplitN(strings.TrimSpace(row), "  ", 5)
		if len(parts) != 5 {
			return nil, fmt.Errorf("%s: this line is not kind, condition, status, reason and message: %s", examples, line)
		}
		all = append(all, Status{parts[0], parts[1], parts[2], parts[3], parts[4]})
	}
	return all, nil
}
