#!/usr/bin/env bash
# Installs what `make test-system` needs and this machine lacks: the Debian packages of packages.txt and the npm client.
# Safe to run again: what is there already is left alone.
set -euo pipefail
cd "$(dirname "$0")/../.."

# The program that shows whether a package's work can be done here; node may well come from elsewhere than Debian.
program_of() {
  case "$1" in
    nodejs) echo node ;;
    *) echo "$1" ;;
  esac
}

missing=()
while read -r package; do
  command -v "$(program_of "$package")" >/dev/null || missing+=("$package")
done < <(sed 's/#.*//' packages.txt | awk 'NF {print $1}')

if ((${#missing[@]})); then
  if [ "$(id -u)" -ne 0 ]; then
    echo "These packages are missing and only root can install them: ${missing[*]}" >&2
    echo "Run: sudo make setup-system" >&2
    exit 1
  fi
  echo "Installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q
  apt-get install -q -y --no-install-recommends "${missing[@]}"
fi

# npm writes node_modules/.package-lock.json last, so a newer one than ours means that the client is complete.
cd tests/system/node
if [ ! node_modules/.package-lock.json -nt package-lock.json ]; then
  npm ci --no-audit --no-fund
fi
