package binaries

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"
	"time"
)

const (
	// linkUnits is the work of linking one binary, counted in packages to compile.
	linkUnits = 25
	// unitsPerCPUSecond is the speed that is assumed until the build has shown its own: 3,550
	// packages and six binaries took 407 s on two cores.
	unitsPerCPUSecond = 4.5
	// assumedUnits is how much work the assumed speed counts for beside the measured one.
	assumedUnits = 150
)

// estimate returns the time left: what remains divided by the speed so far, which starts from the
// assumed one so that the first seconds do not make it jump.
func estimate(done, total int, elapsed time.Duration, cpus int) time.Duration {
	if done >= total {
		return 0
	}
	assumedSeconds := assumedUnits / (unitsPerCPUSecond * float64(cpus))
	speed := (float64(done) + assumedUnits) / (elapsed.Seconds() + assumedSeconds)
	return time.Duration(float64(total-done) / speed * float64(time.Second))
}

// roughly writes a duration as a person would say it.
func roughly(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return "a few seconds"
	case d < 100*time.Second:
		return fmt.Sprintf("about %d s", int(d.Round(10*time.Second).Seconds()))
	default:
		return fmt.Sprintf("about %d min", int((d + 30*time.Second).Minutes()))
	}
}

// progress shows how far a build is: redrawn in place on a terminal, else a line now and then.
type progress struct {
	out      io.Writer
	terminal bool
	started  time.Time

	mu       sync.Mutex
	step     string
	compiled int // packages, of packages
	packages int
	linked   int // binaries, of binaries
	binaries int

	done    chan struct{}
	stopped sync.WaitGroup
}

func newProgress(out io.Writer, packages, binaries int) *progress {
	p := &progress{out: out, terminal: isTerminal(out), started: time.Now(),
		packages: packages, binaries: binaries, done: make(chan struct{})}
	interval := 15 * time.Second
	if p.terminal {
		interval = 500 * time.Millisecond
	}
	p.stopped.Add(1)
	go p.show(interval)
	return p
}

func (p *progress) show(interval time.Duration) {
	defer p.stopped.Done()
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-p.done:
			return
		case <-ticker.C:
			p.print()
		}
	}
}

func (p *progress) print() {
	p.mu.Lock()
	line := p.line(time.Since(p.started))
	p.mu.Unlock()
	if p.terminal {
		_, _ = fmt.Fprintf(p.out, "\r\x1b[K%s", line)
		return
	}
	_, _ = fmt.Fprintln(p.out, line)
}

func (p *progress) line(elapsed time.Duration) string {
	// Packages are counted before the build; a few more may turn up.
	total := max(p.packages, p.compiled)
	left := estimate(p.compiled+p.linked*linkUnits, total+p.binaries*linkUnits, elapsed, runtime.NumCPU())
	doing := fmt.Sprintf("%d of %d packages", p.compiled, total)
	if p.compiled == total {
		doing = "linking"
	}
	return fmt.Sprintf("  %s: %s, %s left", p.step, doing, roughly(left))
}

func (p *progress) begin(step string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.step = step
}

func (p *progress) packageCompiled() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.compiled++
}

// finished reports a binary that is in place.
func (p *progress) finished(what string, took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.linked++
	if p.terminal {
		_, _ = fmt.Fprint(p.out, "\r\x1b[K")
	}
	_, _ = fmt.Fprintf(p.out, "  %s built in %s\n", what, took.Round(time.Second))
}

func (p *progress) stop() {
	close(p.done)
	p.stopped.Wait()
	if p.terminal {
		_, _ = fmt.Fprint(p.out, "\r\x1b[K")
	}
}

func isTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}
