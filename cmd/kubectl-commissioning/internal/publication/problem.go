package publication

import (
	"fmt"
	"strings"
)

// maxProblems is how many problems of a file are told at once; a wrong file has thousands.
const maxProblems = 20

// Problem is one thing in a file that cannot be understood.
type Problem struct {
	// File as the user named it.
	File string
	// Line, counted from 1; 0 where the problem is the whole file's.
	Line int
	// Column, counted in bytes from 1; 0 where the problem is the whole line's.
	Column int
	// Message says what is wrong and what is expected.
	Message string
}

// Error reads file:line:column: message, which editors and terminals turn into a link.
func (p Problem) Error() string {
	switch {
	case p.Line == 0:
		return fmt.Sprintf("%s: %s", p.File, p.Message)
	case p.Column == 0:
		return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Message)
	default:
		return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Message)
	}
}

// Problems of one file: the first twenty and how many more there are.
type Problems struct {
	First []Problem
	More  int
}

func (p *Problems) add(problem Problem) {
	if len(p.First) == maxProblems {
		p.More++
		return
	}
	p.First = append(p.First, problem)
}

// Error lists the problems, one a line.
func (p *Problems) Error() string {
	lines := make([]string, 0, len(p.First)+1)
	for _, problem := range p.First {
		lines = append(lines, problem.Error())
	}
	if p.More > 0 {
		lines = append(lines, fmt.Sprintf("%s: and %d more problems", p.First[0].File, p.More))
	}
	return strings.Join(lines, "\n")
}
