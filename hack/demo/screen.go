package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"
)

// lineWidth is where the results of the steps begin.
const lineWidth = 86

// screen prints the steps of the demo, one line each. On a terminal, a step that goes on is redrawn
// in place; elsewhere it adds a line now and then.
type screen struct {
	out      io.Writer
	terminal bool
	interval time.Duration
	started  time.Time
}

func newScreen(out io.Writer) *screen {
	s := &screen{out: out, interval: 30 * time.Second, started: time.Now()}
	if file, ok := out.(*os.File); ok {
		s.terminal = isTerminal(file) && os.Getenv("TERM") != "dumb"
	}
	if s.terminal {
		s.interval = 100 * time.Millisecond
	}
	return s
}

func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// printf prints text that is not a step.
func (s *screen) printf(format string, args ...any) { _, _ = fmt.Fprintf(s.out, format, args...) }

// step is one line of the demo.
type step struct {
	screen  *screen
	lead    string
	started time.Time
	said    time.Time
}

// begin starts a step.
func (s *screen) begin(name, doing string) *step {
	now := time.Now()
	st := &step{screen: s, lead: fmt.Sprintf("▸ %-15s ", name), started: now, said: now}
	st.doing(doing)
	return st
}

// await starts a line of a story: what is going to happen.
func (s *screen) await() *step {
	now := time.Now()
	return &step{screen: s, lead: "    ", started: now, said: now}
}

// happened ends a line of a story with what came of it, and when that was.
func (st *step) happened(at time.Time, format string, args ...any) {
	st.draw(at.Local().Format(time.TimeOnly) + "  " + fmt.Sprintf(format, args...))
	st.screen.printf("\n")
}

// doing shows what is going on, where it can be drawn over.
func (st *step) doing(what string) {
	if st.screen.terminal {
		st.draw(what)
	}
}

// say shows how far the step is, not more often than a reader can follow.
func (st *step) say(format string, args ...any) {
	if time.Since(st.said) < st.screen.interval {
		return
	}
	st.said = time.Now()
	st.draw(fmt.Sprintf(format, args...))
	if !st.screen.terminal {
		st.screen.printf("\n")
	}
}

func (st *step) draw(text string) {
	if st.screen.terminal {
		st.screen.printf("\r\x1b[K")
	}
	st.screen.printf("%s%s", st.lead, text)
}

// done ends the step with what it came to; the time that it took follows.
func (st *step) done(text, result string) {
	if result != "" {
		result += ", "
	}
	st.draw(dotted(text, lineWidth-18))
	st.screen.printf(" %s%s\n", result, seconds(time.Since(st.started)))
}

// cut ends the line of a step that failed, so that the reason begins on a new one.
func (st *step) cut() {
	if st.screen.terminal {
		st.screen.printf("\n")
	}
}

// clear takes away a line of a story that came to nothing worth telling.
func (st *step) clear() {
	if st.screen.terminal {
		st.screen.printf("\r\x1b[K")
	}
}

func dotted(text string, width int) string {
	return text + " " + strings.Repeat(".", max(3, width-utf8.RuneCountInString(text)))
}

func seconds(d time.Duration) string {
	if d < 9950*time.Millisecond {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return fmt.Sprintf("%.0f s", d.Seconds())
}

// thousands writes a number as a person reads it: 60,601,784.
func thousands(n int64) string {
	digits := fmt.Sprint(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// plural counts things: "1 locality", "1,323 localities".
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(int64(n)) + " " + many
}
