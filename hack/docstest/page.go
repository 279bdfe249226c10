package docstest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Page is one file of the documentation.
type Page struct {
	Path   string
	Text   string
	Blocks []Block
}

// Block is a fenced block of a page.
type Block struct {
	Line     int
	Language string
	Body     string
	// Skip is why the block is not run, empty when it is.
	Skip string
	// Exit is the code that the last command ends with.
	Exit int
	// File is the name under which the block is saved for the commands that follow.
	File string
	// Output names what the block shows, when no command in it does: "demo".
	Output string
}

// Command is one command of a console block and what it prints.
type Command struct{ Run, Prints string }

// languages are those that a block may have. What is not run says so by being text.
var languages = []string{"sh", "console", "yaml", "text"}

// ReadPages reads README.md and the pages of docs/ and its folders.
func ReadPages(root string) ([]Page, error) {
	paths, err := pagesBelow(root)
	if err != nil {
		return nil, fmt.Errorf("looking for pages: %w", err)
	}
	var pages []Page
	for _, path := range append([]string{filepath.Join(root, "README.md")}, paths...) {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("reading a page: %w", err)
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return nil, fmt.Errorf("naming a page: %w", err)
		}
		page, err := ParsePage(name, string(text))
		if err != nil {
			return nil, err
		}
		pages = append(pages, page)
	}
	return pages, nil
}

func pagesBelow(root string) ([]string, error) {
	var paths []string
	for _, pattern := range []string{"*.md", filepath.Join("*", "*.md")} {
		found, err := filepath.Glob(filepath.Join(root, "docs", pattern))
		if err != nil {
			return nil, err
		}
		paths = append(paths, found...)
	}
	return paths, nil
}

// ParsePage finds the blocks of a page. A block that cannot be understood is an error: nothing is
// left out silently.
func ParsePage(path, text string) (Page, error) {
	page := Page{Path: path, Text: text}
	var open *Block
	var body []string
	for i, line := range strings.Split(text, "\n") {
		info, fence := strings.CutPrefix(line, "```")
		switch {
		case !fence && open != nil:
			body = append(body, line)
		case !fence:
		case open == nil:
			block, err := parseInfo(info)
			if err != nil {
				return page, fmt.Errorf("%s:%d: %w", path, i+1, err)
			}
			block.Line = i + 1
			open, body = &block, nil
		default:
			open.Body = strings.Join(body, "\n")
			page.Blocks = append(page.Blocks, *open)
			open = nil
		}
	}
	if open != nil {
		return page, fmt.Errorf("%s:%d: the block does not end", path, open.Line)
	}
	return page, nil
}

var attribute = regexp.MustCompile(`^\s+([a-z]+)=("[^"]*"|\S+)`)

// parseInfo reads what stands after the fence: a language and attributes.
func parseInfo(info string) (Block, error) {
	language, rest := info, ""
	if i := strings.IndexByte(info, ' '); i >= 0 {
		language, rest = info[:i], info[i:]
	}
	block := Block{Language: language}
	if !slices.Contains(languages, language) {
		return block, fmt.Errorf("the language %q is none of %s", language, strings.Join(languages, ", "))
	}
	given := map[string]string{}
	for strings.TrimSpace(rest) != "" {
		match := attribute.FindStringSubmatch(rest)
		if match == nil {
			return block, fmt.Errorf("%q is no attribute", strings.TrimSpace(rest))
		}
		given[match[1]] = strings.Trim(match[2], `"`)
		rest = rest[len(match[0]):]
	}
	return block, block.take(given)
}

func (b *Block) take(given map[string]string) error {
	for name, value := range given {
		switch name {
		case "exit":
			code, err := strconv.Atoi(value)
			if err != nil {
				return fmt.Errorf("exit=%s is no number: %w", value, err)
			}
			b.Exit = code
		case "file":
			b.File = value
		case "output":
			b.Output = value
		case "reason":
			b.Skip = value
		case "test":
			if value != "skip" {
				return fmt.Errorf("test=%s is not known, only test=skip", value)
			}
		default:
			return fmt.Errorf("the attribute %q is not known", name)
		}
	}
	if (given["test"] == "skip") != (b.Skip != "") {
		return fmt.Errorf("test=skip and a reason go together")
	}
	return nil
}

// Commands are those of a console block: each line after "$ ", and what stands below it.
func (b Block) Commands() ([]Command, error) {
	var commands []Command
	for line := range strings.SplitSeq(b.Body, "\n") {
		if run, ok := strings.CutPrefix(line, "$ "); ok {
			commands = append(commands, Command{Run: run})
			continue
		}
		if len(commands) == 0 {
			return nil, fmt.Errorf("a console block begins with \"$ \" and a command")
		}
		last := &commands[len(commands)-1]
		last.Prints += line + "\n"
	}
	return commands, nil
}
