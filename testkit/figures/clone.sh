#!/usr/bin/env bash
# Tells the seconds from a clean clone to the first paper of `make demo`. What
# Go and apt have kept of earlier runs on this machine is used.
set -eu
dir=$(mktemp -d)
top=$(git rev-parse --show-toplevel)
demo=
trap '[ -z "$demo" ] || kill -INT -- "-$demo" 2>/dev/null || true; rm -rf "$dir"' EXIT
git clone -q "$top" "$dir/akashi"
cd "$dir/akashi"
setsid make demo >"$dir/log" 2>&1 &
demo=$!
until compgen -G 'out/*/certificate.pdf' >/dev/null; do
  kill -0 "$demo" 2>/dev/null || { tail -n 20 "$dir/log"; echo "clone: the demonstration ended without a paper"; exit 1; }
  sleep 0.2
done
echo "clean clone to the first paper: $SECONDS s"
