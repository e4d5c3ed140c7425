#!/usr/bin/env bash
# Install Debian packages if what they bring is missing.
# usage: need_packages.sh CHECK PACKAGE...      CHECK is venv or chromium
set -euo pipefail
what=$1
shift

present() {
  case $what in
    venv) "${PYTHON:-python3}" -c 'import ensurepip' 2>/dev/null ;;
    chromium) command -v chromium >/dev/null && ldconfig -p | grep -q libatomic.so.1 ;;
  esac
}

present && exit 0
if [ "$(id -u)" = 0 ]; then
  as_root=()
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
  as_root=(sudo -n)
else
  echo "Tutti needs the Debian packages: $*" >&2
  echo "Ask an administrator to run this, then call make again:" >&2
  echo "  apt-get update && apt-get install --yes $*" >&2
  exit 1
fi
echo "Installing Debian packages: $* ..."
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update --quiet=2
"${as_root[@]}" apt-get install --yes --quiet=2 --no-install-recommends "$@" >/dev/null
present || { echo "The packages $* are installed, but what they bring is still missing." >&2; exit 1; }
