package vrs

import (
	"crypto/hpke"
	"crypto/rand"
	"database/sql"
	_ "embed"
	"errors"
	"os"

	_ "modernc.org/sqlite" // the embedded default; PostgreSQL is for scale
)

//go:embed schema.sql
var schema string

// schemaVersion stands in the database; another one is refused, not guessed.
const schemaVersion = 3

// open opens the SQLite file, or a database in memory, and makes the tables
// where there are none.
func open(path string) (*sql.DB, error) {
	name := ":memory:"
	if path != "" {
		// Made before SQLite does, for its owner alone; SQLite gives its side
		// files the same mode.
		f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return nil, err
		}
		f.Close()
		name = "file:" + path + "?_pragma=journal_mode(WAL)&_pragma=busy_timeout(5000)"
	}
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return nil, err
	}
	// One connection: a database in memory lives with it, and SQLite has one
	// writer anyway.
	db.SetMaxOpenConns(1)
	if err := prepare(db); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

func prepare(db *sql.DB) error {
	if _, err := db.Exec("PRAGMA foreign_keys = ON"); err != nil {
		return err
	}
	var version int
	if err := db.QueryRow("PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	switch version {
	case schemaVersion:
		return nil
	case 0:
		_, err := db.Exec("BEGIN;" + schema + "PRAGMA user_version = 3; COMMIT")
		return err
	}
	return errors.New("vrs: the database is of another version; start with an empty file")
}

// ownKeys loads, or makes, the key that settlements are sealed to and the key
// of revocation IDs. They outlive a restart, as settlements come late.
func (v *VRS) ownKeys() error {
	seed, err := v.setting("settle key", func() ([]byte, error) {
		k, err := hpke.MLKEM768X25519().GenerateKey()
		if err != nil {
			return nil, err
		}
		return k.Bytes()
	})
	if err != nil {
		return err
	}
	if v.settle, err = hpke.MLKEM768X25519().NewPrivateKey(seed); err != nil {
		return err
	}
	v.ridKey, err = v.setting("rid key", func() ([]byte, error) {
		k := make([]byte, 32)
		_, err := rand.Read(k)
		return k, err
	})
	return err
}

func (v *VRS) setting(name string, fresh func() ([]byte, error)) ([]byte, error) {
	var value []byte
	err := v.db.QueryRow("SELECT value FROM settings WHERE name = ?1", name).Scan(&value)
	if !errors.Is(err, sql.ErrNoRows) {
		return value, err
	}
	if value, err = fresh(); err != nil {
		return nil, err
	}
	_, err = v.db.Exec("INSERT INTO settings (name, value) VALUES (?1, ?2)", name, value)
	return value, err
}
