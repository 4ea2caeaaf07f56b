//go:build race

package archtest_test

func init() { raced = true }
