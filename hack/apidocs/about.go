package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
)

// readAbout returns what the API says of each condition: the first sentence of the comment, after the
// kinds that have it.
func readAbout(root string) (map[string]string, error) {
	path := filepath.Join(root, "api", "v1alpha1", "conditions.go")
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
	if err != nil {
		return nil, fmt.Errorf("reading the conditions: %w", err)
	}
	about := map[string]string{}
	for _, declaration := range file.Decls {
		constants, ok := declaration.(*ast.GenDecl)
		if !ok || constants.Tok != token.CONST {
			continue
		}
		// A block declares its condition first; Reconciling and Stalled have a comment each.
		for _, spec := range constants.Specs {
			value, comment := spec.(*ast.ValueSpec), constants.Doc.Text()
			if value.Doc != nil {
				comment = value.Doc.Text()
			}
			name := value.Names[0].Name
			if !strings.HasSuffix(name, "Condition") || !strings.HasPrefix(comment, name) {
				continue
			}
			literal, isLiteral := value.Values[0].(*ast.BasicLit)
			if !isLiteral {
				return nil, fmt.Errorf("%s: %s is no string", path, name)
			}
			condition, err := strconv.Unquote(literal.Value)
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", path, name, err)
			}
			about[condition] = firstSentence(comment)
		}
	}
	return about, nil
}

// firstSentence of what a comment says after its colon.
func firstSentence(comment string) string {
	paragraph, _, _ := strings.Cut(comment, "\n\n")
	_, says, _ := strings.Cut(oneLine(paragraph), ": ")
	sentence, _, _ := strings.Cut(says, ". ")
	return strings.TrimSuffix(sentence, ".") + "."
}
