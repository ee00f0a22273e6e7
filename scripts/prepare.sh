#!/bin/sh
# Makes .venv and brings it to the pinned packages of the files named as arguments.
# Does nothing when neither the files nor the Python have changed.
set -eu
cd "$(dirname "$0")/.."

fail() {
    printf '\n%s\n\n' "$*" >&2
    exit 1
}

find_python() {
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 python}; do
        if command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
}

python=.venv/bin/python
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    system=$(find_python)
    [ -n "$system" ] || fail "Python 3.11 or newer is needed; found: $(python3 --version 2>/dev/null || echo none).
Debian and Ubuntu: apt install python3 python3-venv. Others: https://www.python.org/downloads/.
A Python in another place: make run PYTHON=/path/to/python3.11"
    "$system" -c 'import venv, ensurepip' 2>/dev/null || fail "$system cannot make a virtual environment: its module venv is missing.
Debian and Ubuntu: apt install python3-venv"
    echo "Making .venv with $("$system" --version)"
    rm -rf .venv
    "$system" -m venv .venv || fail "The virtual environment .venv could not be made; see above."
fi

for file in "$@"; do
    # A file that includes another changes with it.
    wanted=$(cat requirements.txt "$file" | cksum)
    stamp=".venv/installed-$file"
    [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && continue
    echo "Installing $file (once)"
    "$python" -m pip install --quiet --disable-pip-version-check -r "$file" ||
        fail "The packages of $file could not be installed; see above. Is the network reachable?"
    printf '%s\n' "$wanted" >"$stamp"
done

"$python" scripts/compile_messages.py
