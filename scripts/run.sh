#!/bin/sh
# make run: prepare, migrate, load the demo once, serve; a worker beside it runs the jobs.
set -eu
cd "$(dirname "$0")/.."
PORT=${PORT:-8000}

fail() {
    printf '\n%s\n\n' "$*" >&2
    exit 1
}

case $PORT in
'' | *[!0-9]*) fail "PORT=$PORT is no port number. Example: make run PORT=8080" ;;
esac

sh scripts/prepare.sh requirements.txt
python=.venv/bin/python
"$python" scripts/port_is_free.py "$PORT" || fail "Port $PORT is in use on this machine.
Stop what uses it, or take another one: make run PORT=$((PORT + 1))"

export HUB_BASE_URL="${HUB_BASE_URL:-http://127.0.0.1:$PORT}"
data=${HUB_DATA_DIR:-data}
mkdir -p "$data" 2>/dev/null && [ -w "$data" ] || fail "The folder $data cannot be written; it keeps the database and uploads.
Another place: make run HUB_DATA_DIR=/path/to/folder"

mkdir -p staticfiles # WhiteNoise warns without it
"$python" scripts/start.py
# Background work. It ends with the server below, which takes this shell's place as its parent.
"$python" manage.py worker --with-parent &
# Reloading costs a second start of everything; whoever develops asks for it.
case ${HUB_DEBUG:-} in 1 | true | yes) reload= ;; *) reload=--noreload ;; esac
exec "$python" manage.py runserver --skip-checks $reload "127.0.0.1:$PORT"
