package defects

import (
	"os"
	"path/filepath"

	"akashi/testkit/vectors"
)

// Encoded gives every file of the vectors' folder.
func Encoded() (map[string][]byte, error) {
	all, out, err := All()
	if err != nil {
		return nil, err
	}
	for _, v := range all {
		if out[v.Name+".json"], err = vectors.Encode(v); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Write replaces the content of dir by the vectors and tells how many files
// there are.
func Write(dir string) (n int, err error) {
	files, err := Encoded()
	if err != nil {
		return 0, err
	}
	if err := os.RemoveAll(dir); err != nil {
		return 0, err
	}
	for name, b := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			return 0, err
		}
		if err := os.WriteFile(file, b, 0o666); err != nil {
			return 0, err
		}
	}
	return len(files), nil
}
