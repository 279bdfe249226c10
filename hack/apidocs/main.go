// Command apidocs writes docs/reference: a page for each kind, from what the API server knows of it
// (config/crd), what the API says of its conditions, and the examples that are tested.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	root := flag.String("root", ".", "`folder` of the repository")
	flag.Parse()
	if err := write(*root); err != nil {
		fmt.Fprintln(os.Stderr, "apidocs:", err)
		os.Exit(1)
	}
}

// folder holds these pages and nothing else.
const folder = "docs/reference"

// write makes the folder hold just these pages.
func write(root string) error {
	pages, err := Pages(root)
	if err != nil {
		return err
	}
	former, err := filepath.Glob(filepath.Join(root, folder, "*.md"))
	if err != nil {
		return fmt.Errorf("looking for former pages: %w", err)
	}
	for _, path := range former {
		if _, stays := pages[filepath.Base(path)]; stays {
			continue
		}
		if err := os.Remove(path); err != nil {
			return fmt.Errorf("removing the page of a kind that is gone: %w", err)
		}
	}
	if err := os.MkdirAll(filepath.Join(root, folder), 0o755); err != nil {
		return fmt.Errorf("making %s: %w", folder, err)
	}
	for name, text := range pages {
		if err := os.WriteFile(filepath.Join(root, folder, name), []byte(text), 0o644); err != nil {
			return fmt.Errorf("writing a page: %w", err)
		}
	}
	return nil
}

// Pages returns the pages by the names of their files.
func Pages(root string) (map[string]string, error) {
	kinds, err := readKinds(root)
	if err != nil {
		return nil, err
	}
	pages := map[string]string{"README.md": index(kinds)}
	for _, k := range kinds {
		pages[k.file()] = k.page()
	}
	return pages, nil
}

// oneLine puts a text on one line of a table.
func oneLine(text string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "|", `\|`)
}
