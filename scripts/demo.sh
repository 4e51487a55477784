#!/usr/bin/env bash
# The demo: chain, contracts, database, sandbox city, web, the whole journey; then the web stays up.
# Run by `make demo`, which has installed everything and set the environment.
set -euo pipefail
cd "$(dirname "$0")/.."

mkdir -p var
export FLASK_APP=app
PORT=$(python -c 'import os, urllib.parse as u; print(u.urlsplit(os.environ["CHAIN_RPC_URL"]).port or 8545)')
export PORT # where ganache.sh listens
step() { printf '\n\033[1m%s\033[0m\n' "$*"; }

started_chain=no
if ! ./ganache.sh status >/dev/null 2>&1; then
  step "Starting the development chain"
  ./ganache.sh start
  started_chain=yes
fi

web_pid=
finish() {
  [ -z "$web_pid" ] || kill "$web_pid" 2>/dev/null || true
  [ -z "$web_pid" ] || wait "$web_pid" 2>/dev/null || true
  [ "$started_chain" = no ] || ./ganache.sh stop
}
trap finish EXIT
trap 'exit 130' INT TERM

step "Database, contracts, sandbox city"
flask sandbox prepare

step "Web at $PUBLIC_URL"
bash scripts/serve.sh >var/web.log 2>&1 &
web_pid=$!
python -m journey.ready &
if ! wait -n "$web_pid" $! || ! kill -0 "$web_pid" 2>/dev/null; then
  echo "The web did not start; var/web.log ends with:" >&2
  grep -v '^ ' var/web.log | tail -n 5 >&2
  exit 1
fi

if [ -e var/journey.json ]; then
  echo "The journey was made before (var/journey.json); 'make clean' starts over."
  flask journey --show
else
  step "The journey"
  flask journey
fi

flask sandbox logins
if [ -n "${DEMO_EXIT:-}" ]; then
  exit 0
fi
step "Open $PUBLIC_URL  (Ctrl-C ends)"
wait "$web_pid"
