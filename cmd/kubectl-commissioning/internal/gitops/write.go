package gitops

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// staging is where files are prepared, in the output folder so that moving them is one step each.
const staging = ".import-in-progress"

// Written says what a commit did.
type Written struct {
	Created, Changed, Unchanged, Removed int
	// LeftBehind are folders of those removed that still hold files of somebody else's.
	LeftBehind []string
}

// changes are what a plan makes of the files of the output folder.
type changes interface {
	files() ([]File, error) // in the order in which they are written
	removals() []removal    // once those are written
}

// removal of files that an import wrote from a folder, in the order in which they are removed: an
// interrupted removal is found again by the file that says whose folder it is.
type removal struct {
	folder string
	files  []string
	whole  bool // the folder goes with them
}

// Writer writes a plan into an output folder. Everything is prepared before anything is moved into
// place, and an import that was interrupted is completed by running it again.
type Writer struct {
	Dir string
	// Rename moves a prepared file into place; os.Rename but in tests of interruptions.
	Rename func(from, to string) error
}

// Commit writes a plan and removes what it let go.
func (w Writer) Commit(p changes) (Written, error) {
	files, err := p.files()
	if err != nil {
		return Written{}, err
	}
	var done Written
	changed, err := w.compare(files, &done)
	if err != nil {
		return Written{}, err
	}
	if err := w.stage(changed); err != nil {
		return Written{}, errors.Join(fmt.Errorf("prepare files, nothing was written: %w", err), w.unstage())
	}
	for i, file := range changed {
		if err := w.Rename(w.staged(i), filepath.Join(w.Dir, file.Path)); err != nil {
			return done, fmt.Errorf("%d of %d files were written; run the same import again to complete it: %w", i, len(changed), err)
		}
	}
	return done, errors.Join(w.remove(p.removals(), &done), w.unstage())
}

// compare finds the files that differ from what stands, and refuses to replace one that the import
// did not write.
func (w Writer) compare(files []File, done *Written) ([]File, error) {
	var changed []File
	for _, file := range files {
		path := filepath.Join(w.Dir, file.Path)
		standing, err := os.ReadFile(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			done.Created++
			changed = append(changed, file)
		case err != nil:
			return nil, fmt.Errorf("compare with what stands: %w", err)
		case bytes.Equal(standing, file.Data):
			done.Unchanged++
		case !bytes.HasPrefix(standing, []byte(mark)):
			return nil, fmt.Errorf("%s was not written by an import (its first line does not begin with %q): move it away, or choose another --out", path, mark)
		default:
			done.Changed++
			changed = append(changed, file)
		}
	}
	return changed, nil
}

func (w Writer) staged(i int) string { return filepath.Join(w.Dir, staging, fmt.Sprint(i)) }

func (w Writer) stage(files []File) error {
	if err := w.unstage(); err != nil { // of an interrupted import
		return err
	}
	if err := os.MkdirAll(filepath.Join(w.Dir, staging), 0o755); err != nil {
		return err
	}
	for i, file := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(w.Dir, file.Path)), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(w.staged(i), file.Data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (w Writer) unstage() error { return os.RemoveAll(filepath.Join(w.Dir, staging)) }

// remove deletes what was let go.
func (w Writer) remove(removals []removal, done *Written) error {
	for _, r := range removals {
		for _, file := range r.files {
			if err := w.removeMarked(filepath.Join(w.Dir, r.folder, file), done); err != nil {
				return fmt.Errorf("remove what is gone; run the same import again to complete it: %w", err)
			}
		}
		if !r.whole {
			continue
		}
		if err := os.Remove(filepath.Join(w.Dir, r.folder)); err != nil {
			done.LeftBehind = append(done.LeftBehind, filepath.Join(w.Dir, r.folder))
		}
	}
	return nil
}

// removeMarked removes a file if the import wrote it.
func (w Writer) removeMarked(path string, done *Written) error {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) || (err == nil && !bytes.HasPrefix(data, []byte(mark))) {
		return nil
	}
	if err == nil {
		err = os.Remove(path)
	}
	if err == nil {
		done.Removed++
	}
	return err
}
