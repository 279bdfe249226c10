package binaries

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
)

// DownloadModule returns where Go keeps the files of a module that none of ours needs, and has it downloaded
// where it is not there. The module is a path with a version, such as example.com/kinds@v1.2.3.
func DownloadModule(ctx context.Context, module string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "mod", "download", "-json", module)
	cmd.Dir, cmd.Env = os.TempDir(), append(os.Environ(), "GOFLAGS=", "GOWORK=off") // outside of any module
	out, err := cmd.Output()
	var answer struct{ Dir, Error string }
	if unread := json.Unmarshal(out, &answer); unread != nil && err == nil {
		err = unread
	}
	if err != nil {
		return "", fmt.Errorf("download module %s: %w: %s", module, err, answer.Error)
	}
	return answer.Dir, nil
}
