//go:build !linux || nofence

package kiosk

// onMemory knows memory file systems on Linux only; elsewhere a browser's
// profile has no place.
func onMemory(string) bool { return false }
