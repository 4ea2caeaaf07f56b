#!/usr/bin/env bash
# Runs every fuzz target of the module for a time each (default 10s), and says
# at the end which of them failed: fuzz.sh [TIME [TARGET]].
#
# At the end of its time Go's coordinator sometimes takes its own deadline for a
# failure, most of all on a busy machine (golang/go#75804, mended in Go 1.27): it
# says "context deadline exceeded" and writes no input. That alone is no finding,
# when everything that the target has found so far passes again.
# An input that is new is made smaller for 5 s at most: Go's 60 s would use up
# the whole time of a target, with no new input tried meanwhile.
set -u
time=${1:-10s} only=${2:-} failed=() n=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
while IFS=$'\t' read -r package dir; do
  for target in $(cd "$dir" && sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\).*/\1/p' ./*_test.go 2>/dev/null); do
    [ -z "$only" ] || [ "$only" = "$target" ] || continue
    n=$((n + 1))
    echo "fuzz $package $target"
    go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 5s -parallel 2 "$package" </dev/null 2>&1 | tee "$log"
    [ "${PIPESTATUS[0]}" -eq 0 ] && continue
    if grep -q '^ *context deadline exceeded$' "$log" && ! grep -q 'Failing input' "$log" &&
      go test -count=1 -run "^$target\$" "$package" </dev/null; then
      echo "fuzz $package $target: only the end of its time was taken for a failure (golang/go#75804)"
      continue
    fi
    failed+=("$package $target")
  done
done < <(go list -f '{{.ImportPath}}{{"\t"}}{{.Dir}}' ./...)
[ "$n" -gt 0 ] || { echo "fuzz: no target${only:+ is called $only}"; exit 1; }
[ ${#failed[@]} -eq 0 ] || { printf 'fuzz: FAILED %s\n' "${failed[@]}"; exit 1; }
echo "fuzz: $n targets, no failure"
