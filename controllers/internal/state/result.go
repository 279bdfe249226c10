package state

import "fmt"

// Obstacle is why a child could not be written.
type Obstacle string

const (
	// InTheWay: an object that is not the operator's has the child's name.
	InTheWay Obstacle = "InTheWay"
	// Leaving: what has the child's name was made for an earlier owner of the same name, and is being
	// removed with it.
	Leaving Obstacle = "Leaving"
	// Refused: the API server refused the write.
	Refused Obstacle = "Refused"
)

// Blocked is a child that could not be written.
type Blocked struct {
	Kind, Namespace, Name string
	Obstacle              Obstacle
	Message               string // the server's words, for Refused
}

// String names the child for people.
func (b Blocked) String() string {
	if b.Namespace == "" {
		return b.Kind + " " + b.Name
	}
	return fmt.Sprintf("%s %s/%s", b.Kind, b.Namespace, b.Name)
}

// Result is what came of applying steps of children in order.
type Result struct {
	// StepsDone is how many steps stand completely.
	StepsDone int
	// Blocked are the children, all of one step, that could not be written.
	Blocked []Blocked
	// Lagging says that the cache has not shown an earlier write yet.
	Lagging bool
}
