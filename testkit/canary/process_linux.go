//go:build !nofence

package canary

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// ErrNotPermitted says that the kernel does not let this process look.
var ErrNotPermitted = errors.New("canary: not permitted to read that process's memory; run as root (CAP_SYS_PTRACE)")

// page is the unit in which memory is there or not.
var page = uint64(os.Getpagesize())

// mapping is one entry of /proc/PID/smaps.
type mapping struct {
	from, to uint64
	name     string
	file     string // which part of which file it shows, unchanged; "" otherwise
	shared   bool   // others may have filled pages that this process never saw
}

// Require skips the test if this process may not read the memory of pid; under
// CI=true it fails.
func Require(t testing.TB, pid int) {
	t.Helper()
	f, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err == nil {
		f.Close()
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatal(ErrNotPermitted, err)
	}
	t.Skip(ErrNotPermitted, err)
}

// ScanPID searches every readable mapping of a process and the files that it
// holds open though they were deleted. The process goes on meanwhile. Pages
// that nobody can read (memfd_secret, devices) are left out; it is an error if
// no page could be read at all.
func (s *Set) ScanPID(pid int) ([]Finding, error) {
	if pid == os.Getpid() {
		return nil, errors.New("canary: this process holds the canaries itself; scan another")
	}
	mappings, err := readMaps(pid)
	if err != nil {
		return nil, notPermitted(err)
	}
	memory, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		return nil, notPermitted(err)
	}
	defer memory.Close()
	pagemap, err := os.Open(fmt.Sprintf("/proc/%d/pagemap", pid))
	if err != nil {
		return nil, notPermitted(err)
	}
	defer pagemap.Close()
	who := processName(pid)
	var all []Finding
	read := uint64(0)
	buffer := make([]byte, chunk+ahead)
	for _, m := range mappings {
		if s.seen(m.file) {
			continue // what stands in it was told when it was searched
		}
		c := s.newScan(who + " " + m.name)
		for _, run := range filled(pagemap, m) {
			read += c.run(memory, run, buffer)
		}
		all = append(all, c.findings...)
		if len(all) >= DefaultMaxFindings {
			break
		}
	}
	if read == 0 {
		return nil, fmt.Errorf("canary: %s: nothing of its memory could be read; has it ended?", who)
	}
	found, err := s.deletedFiles(pid, who)
	return append(all, found...), err
}

// Permitted says with ErrNotPermitted when this process may not read what other
// users' processes hold, before anything was put into them.
func Permitted() error {
	f, err := os.Open("/proc/1/mem")
	if err != nil {
		return notPermitted(err)
	}
	return f.Close()
}

func notPermitted(err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("%w: %w", ErrNotPermitted, err)
	}
	return fmt.Errorf("canary: %w", err)
}

// processName gives the process's name and id for findings.
func processName(pid int) string {
	comm, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid)) // without it, the id says enough
	return fmt.Sprintf("process %d (%s)", pid, strings.TrimSpace(string(comm)))
}

func readMaps(pid int) ([]mapping, error) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/smaps", pid))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var all []mapping
	lines, last := bufio.NewScanner(f), (*mapping)(nil)
	for lines.Scan() {
		switch m, kind := parseMapping(lines.Text()); {
		case kind == aMapping:
			all = append(all, m)
			last = &all[len(all)-1]
		case kind == unreadable:
			last = nil
		case last != nil && changed(lines.Text()):
			last.file = ""
		}
	}
	return all, lines.Err()
}

// changed reports whether a line of an entry says that pages of the mapping
// are not the file's any more.
func changed(line string) bool {
	size, ok := strings.CutPrefix(line, "Anonymous:")
	return ok && strings.TrimSpace(size) != "0 kB"
}

// Kinds of lines in smaps.
const (
	aDetail = iota
	aMapping
	unreadable
)

// parseMapping reads "from-to rwxp offset dev inode path". Mappings that cannot
// be read or are the kernel's are unreadable.
func parseMapping(line string) (m mapping, kind int) {
	fields := strings.Fields(line)
	if len(fields) < 5 || strings.HasSuffix(fields[0], ":") {
		return m, aDetail
	}
	from, to, _ := strings.Cut(fields[0], "-")
	var err1, err2 error
	m.from, err1 = strconv.ParseUint(from, 16, 64)
	m.to, err2 = strconv.ParseUint(to, 16, 64)
	if err1 != nil || err2 != nil || m.from >= m.to || len(fields[1]) != 4 {
		return m, aDetail
	}
	m.name = fields[1] + " " + strings.Join(fields[5:], " ")
	m.shared = fields[1][3] == 's'
	if fields[1][1:] == "--p" || fields[1][1:] == "-xp" {
		if fields[4] != "0" {
			m.file = strings.Join(fields[2:], " ") + fmt.Sprint(m.to-m.from)
		}
	}
	if fields[1][0] != 'r' || strings.Contains(line, "[vsyscall]") || strings.Contains(line, "[vvar") {
		return m, unreadable
	}
	return m, aMapping
}

// seen notes a file's part and reports whether it was noted before: processes
// of one program share most of their pages.
func (s *Set) seen(file string) bool {
	if file == "" {
		return false
	}
	_, before := s.files.LoadOrStore(file, true)
	return before
}

// filled gives the parts of a mapping that hold anything of the process's own:
// most of a Go process's was never touched. Each entry of pagemap is 8 bytes,
// of which the two top bits say that the page is in memory or swapped out. A
// file that is mapped unchanged is taken whole.
func filled(pagemap *os.File, m mapping) (runs []mapping) {
	if m.shared || m.file != "" {
		return []mapping{m}
	}
	entries := make([]byte, 8*8192)
	for at := m.from; at < m.to; {
		n, err := pagemap.ReadAt(entries[:min(uint64(len(entries)), (m.to-at)/page*8)], int64(at/page*8))
		if n < 8 || err != nil && !errors.Is(err, io.EOF) {
			return append(runs, mapping{from: at, to: m.to}) // it cannot be told: look
		}
		for i := 7; i < n; i += 8 {
			if last := len(runs) - 1; entries[i]&0xC0 != 0 {
				if last >= 0 && runs[last].to == at {
					runs[last].to += page
				} else {
					runs = append(runs, mapping{from: at, to: at + page})
				}
			}
			at += page
		}
	}
	return runs
}

// run searches a part of memory and gives how many bytes of it were read.
func (c *scan) run(memory *os.File, m mapping, buffer []byte) (read uint64) {
	for at := m.from; at < m.to && !c.full(); {
		size := min(m.to-at, uint64(len(buffer)))
		n, _ := memory.ReadAt(buffer[:size], int64(at))
		if n == 0 {
			at += page // unreadable: the next page may not be
			continue
		}
		limit := n
		if uint64(n) == size && at+size < m.to {
			limit = chunk // the rest was read to look ahead
		}
		c.search(buffer[:n], limit, at)
		read += uint64(limit)
		at += uint64(limit)
	}
	return read
}

// deletedFiles searches what a process keeps open though it has no name any
// more, memfds included.
func (s *Set) deletedFiles(pid int, who string) ([]Finding, error) {
	dir := fmt.Sprintf("/proc/%d/fd", pid)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, notPermitted(err)
	}
	var all []Finding
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		target, err := os.Readlink(path)
		if err != nil || !strings.HasSuffix(target, " (deleted)") {
			continue
		}
		if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
			continue
		}
		f, err := os.Open(path)
		if err != nil {
			continue // memfd_secret cannot be opened
		}
		found, err := s.scanReader(who+" deleted file, descriptor "+e.Name(), f)
		f.Close()
		if err != nil {
			return all, err
		}
		all = append(all, found...)
	}
	return all, nil
}
