package vrs

import (
	"bytes"
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"akashi/testkit/pki"
	"akashi/testkit/residents"
)

// File is the configuration file of the command: one JSON object, unknown
// members refused.
type File struct {
	// Listen is host:port; port 0 takes a free one, which the ready line
	// names. Any host but loopback puts invented residents on a network.
	Listen string `json:"listen"`
	// World is the folder that pki.World.WriteDir wrote; of it are read
	// vrs.{pem,key}, vrs-binding.{pem,key}, vrs-ca.pem and
	// card-authorities.json.
	World string `json:"world"`
	// Database is the SQLite file; "" keeps everything in memory. A file that
	// is not empty is used as it is, so that settlements survive a restart.
	Database string `json:"database"`
	// Fault is misbehaviour from the start: "", "down", "busy", "swap-record"
	// or "swap-answers".
	Fault string `json:"fault"`
}

const maxFile = 64 << 10 // four short members

// ReadFile reads a configuration file.
func ReadFile(path string) (File, error) {
	var f File
	b, err := os.ReadFile(path)
	if err != nil {
		return f, err
	}
	if len(b) > maxFile {
		return f, fmt.Errorf("vrs: %s is too long for a configuration", path)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return f, fmt.Errorf("vrs: %s: %w; see the members of vrs.File", path, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return f, fmt.Errorf("vrs: %s: more than one object; keep the first", path)
	}
	if f.Listen == "" || f.World == "" {
		return f, fmt.Errorf(`vrs: %s: "listen" and "world" are needed`, path)
	}
	return f, nil
}

// New makes the VRS that the file describes, with these people when its
// database is empty.
func (f File) New(municipalities []residents.Municipality, people []residents.Resident) (*VRS, error) {
	c, err := f.config()
	if err != nil {
		return nil, err
	}
	v, err := New(c)
	if err != nil {
		return nil, err
	}
	err = f.prepare(v, municipalities, people)
	if err != nil {
		v.Close()
		return nil, err
	}
	return v, nil
}

func (f File) prepare(v *VRS, municipalities []residents.Municipality, people []residents.Resident) error {
	empty, err := v.Empty(context.Background())
	if err == nil && empty {
		err = v.Load(municipalities, people)
	}
	if err != nil {
		return err
	}
	switch f.Fault {
	case "":
	case "down":
		v.Faults().Down(true)
	case "busy":
		v.Faults().Busy(-1)
	case "swap-record":
		v.Faults().SwapRecord(true)
	case "swap-answers":
		v.Faults().SwapAnswers(true)
	default:
		return fmt.Errorf("vrs: no fault is named %q", f.Fault)
	}
	return nil
}

func (f File) config() (Config, error) {
	at := func(name string) string { return filepath.Join(f.World, name) }
	server, err := tls.LoadX509KeyPair(at("vrs.pem"), at("vrs.key"))
	if err != nil {
		return Config{}, err
	}
	binding, err := tls.LoadX509KeyPair(at("vrs-binding.pem"), at("vrs-binding.key"))
	if err != nil {
		return Config{}, err
	}
	signer, ok := binding.PrivateKey.(crypto.Signer)
	if !ok {
		return Config{}, errors.New("vrs: vrs-binding.key cannot sign; write the world again")
	}
	root, err := os.ReadFile(at("vrs-ca.pem"))
	if err != nil {
		return Config{}, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(root) {
		return Config{}, errors.New("vrs: vrs-ca.pem holds no certificate; write the world again")
	}
	cards, err := pki.ReadCardAuthorities(at("card-authorities.json"))
	return Config{Database: f.Database, Certificate: server, Clients: pool, Binding: signer, Cards: cards}, err
}
