package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	. "github.com/onsi/gomega"
)

// asProcess makes the test binary the function itself.
const asProcess = "FUNCTION_AS_PROCESS"

func TestMain(m *testing.M) {
	if os.Getenv(asProcess) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// process is a function that runs.
type process struct {
	*testing.T
	command           *exec.Cmd
	says              *bufio.Scanner
	url, control      string
	token, configured string
}

// start runs the function with sample files, and waits until it serves.
func start(t *testing.T, flags ...string) *process {
	t.Helper()
	folder := t.TempDir()
	if code := run(t.Context(), []string{"--sample", folder}, io.Discard, io.Discard); code != 0 {
		t.Fatalf("writing the sample ends with %d", code)
	}
	token, err := os.ReadFile(filepath.Join(folder, "token"))
	if err != nil {
		t.Fatal(err)
	}
	p := &process{T: t, token: string(token), configured: filepath.Join(folder, "commissioning")}
	p.command = exec.CommandContext(t.Context(), os.Args[0],
		append([]string{"--config", p.configured, "--listen", "127.0.0.1:0", "--control", "127.0.0.1:0"}, flags...)...)
	p.command.Env = append(os.Environ(), asProcess+"=1")
	p.command.Stderr = os.Stderr
	out, err := p.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	// After the end that a test waits for, there is nothing left to kill.
	t.Cleanup(func() { _ = p.command.Process.Kill() })
	p.says = bufio.NewScanner(out)
	p.url = p.said("serving at ")
	p.control = p.said("control at ")
	return p
}

// said is the rest of the next line, which begins as given.
func (p *process) said(beginning string) string {
	p.Helper()
	if !p.says.Scan() {
		p.Fatalf("the function says nothing: %v", p.says.Err())
	}
	rest, ok := strings.CutPrefix(p.says.Text(), beginning)
	if !ok {
		p.Fatalf("the function says %q, not %q", p.says.Text(), beginning)
	}
	return rest
}

// send returns the status and the body of the answer.
func (p *process) send(method, url, token string) (int, string) {
	p.Helper()
	request, err := http.NewRequestWithContext(p.Context(), method, url, http.NoBody)
	if err != nil {
		p.Fatal(err)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		p.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		p.Fatal(err)
	}
	return response.StatusCode, string(body)
}

func (p *process) isAnswered(method, url, token string, status int, part string) {
	p.Helper()
	if got, body := p.send(method, url, token); got != status || !strings.Contains(body, part) {
		p.Errorf("%s %s is answered with %d %s, want %d %s", method, url, got, body, status, part)
	}
}

func TestTheProcess(t *testing.T) {
	p := start(t)
	p.isAnswered(http.MethodGet, p.url+"/readyz", "", 200, "{}")
	p.isAnswered(http.MethodGet, p.url+"/whoami", p.token, 200, `{"code":"08V","name":"NHS Tower Hamlets","service":"nel-csu/data-analytics"}`)
	p.isAnswered(http.MethodGet, p.url+"/whoami", "", 401, "NoToken")

	p.isAnswered(http.MethodPost, p.url+"/control/fail", "", 405, "")
	p.isAnswered(http.MethodPost, p.control+"/control/fail", "", 204, "")
	p.isAnswered(http.MethodGet, p.url+"/readyz", "", 503, "ToldToFail")
	p.isAnswered(http.MethodGet, p.url+"/whoami", p.token, 503, "ToldToFail")
	p.isAnswered(http.MethodPost, p.control+"/control/heal", "", 204, "")
	p.isAnswered(http.MethodGet, p.url+"/readyz", "", 200, "")

	entry := filepath.Join(p.configured, "consortia", "08V.json")
	if err := os.Remove(entry); err != nil {
		t.Fatal(err)
	}
	p.isAnswered(http.MethodGet, p.url+"/whoami", p.token, 403, "NotServed")
	p.isAnswered(http.MethodGet, p.url+"/readyz", strings.Repeat("x", 32<<10), 431, "")
}

// A call that is under way when the pod is told to end is answered; then the process ends well.
func TestTermination(t *testing.T) {
	g := NewWithT(t)
	p := start(t, "--linger", "0s")
	address := strings.TrimPrefix(p.url, "http://")
	underWay, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	g.Expect(err).NotTo(HaveOccurred())
	_, err = fmt.Fprintf(underWay, "GET /whoami HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n", p.token)
	g.Expect(err).NotTo(HaveOccurred())
	// The function asks for the body: it has begun with this call.
	answers := bufio.NewReader(underWay)
	g.Expect(answers.ReadString('\n')).To(ContainSubstring("100 Continue"))
	g.Expect(answers.ReadString('\n')).To(Equal("\r\n"))

	g.Expect(p.command.Process.Signal(syscall.SIGTERM)).To(Succeed())
	g.Eventually(func() error {
		connection, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
		if err == nil {
			_ = connection.Close()
		}
		return err
	}, 10*time.Second).Should(MatchError(syscall.ECONNREFUSED), "nobody new is let in")
	_, err = underWay.Write([]byte("x"))
	g.Expect(err).NotTo(HaveOccurred())
	response, err := http.ReadResponse(answers, nil)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(response.StatusCode).To(Equal(http.StatusOK))
	g.Expect(response.Body.Close()).To(Succeed())
	g.Expect(p.command.Wait()).To(Succeed())
}

// Callers that have not heard of the end yet are still served.
func TestLingering(t *testing.T) {
	p := start(t, "--linger", "1h")
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.said("ending in ")
	p.isAnswered(http.MethodGet, p.url+"/whoami", p.token, 200, "08V")
}

func TestWrongUsage(t *testing.T) {
	tests := map[string]struct {
		args []string
		code int
		says string
	}{
		"help":                               {[]string{"--help"}, 0, "-config"},
		"an unknown flag":                    {[]string{"--no-such-flag"}, 2, "no-such-flag"},
		"a word":                             {[]string{"serve"}, 2, "serve"},
		"a control that all reach":           {[]string{"--control", "0.0.0.0:0"}, 1, "not a loopback address"},
		"a control on every address":         {[]string{"--control", ":0"}, 1, "not a loopback address"},
		"a control by a name":                {[]string{"--control", "localhost:0"}, 1, "not a loopback address"},
		"a control without a port":           {[]string{"--control", "127.0.0.1"}, 1, "--control"},
		"an address that is not here":        {[]string{"--listen", "192.0.2.1:0"}, 1, "listening"},
		"a sample where nothing can be kept": {[]string{"--sample", "/dev/null/x"}, 1, "/dev/null"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			var said bytes.Buffer
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			args := append([]string{"--listen", "127.0.0.1:0", "--linger", "0s"}, tc.args...)
			if code := run(ctx, args, io.Discard, &said); code != tc.code || !strings.Contains(said.String(), tc.says) {
				t.Errorf("it ends with %d and says %q, want %d and %q", code, said.String(), tc.code, tc.says)
			}
		})
	}
}
