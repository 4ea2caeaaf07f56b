#!/usr/bin/env bash
# Installs the Debian packages named as arguments that are not there yet. It
# prints what is missing first. Where it cannot install (another system, no
# root, no network), it says in one line what is lacking and lets the caller go
# on, but under CI=true: the demo then runs without these parts, and tests that
# need them say so.
set -u
if ! command -v dpkg-query >/dev/null 2>&1; then
  echo "deps: this is not Debian; lacking, if not installed otherwise: $*"
  exit 0
fi
missing=()
for p in "$@"; do
  dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q '^install ok installed$' || missing+=("$p")
done
[ ${#missing[@]} -eq 0 ] && exit 0
sudo=()
if [ "$(id -u)" -ne 0 ]; then
  if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then sudo=(sudo)
  elif command -v sudo >/dev/null 2>&1 && [ -t 0 ]; then sudo=(sudo)
  else echo "deps: no root for apt; lacking: ${missing[*]}"; exit 0; fi
fi
echo "deps: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
trap 'echo; echo "deps: stopped; run again to install the rest"; exit 130' INT
# pcscd must not be started as a service by its installation: tests and demo run their own, in a namespace of their own.
if ! { "${sudo[@]}" apt-get update -qq && "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
  tail -n 5 "$log"
  echo "deps: apt could not install what is lacking: ${missing[*]}"
  [ "${CI:-}" != true ] # there nothing goes on without them
fi
