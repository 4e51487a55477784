#!/usr/bin/env bash
# Serve the web with granian: two workers, one blocking thread each (the measured optimum).
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p var
port=${WEB_PORT:-$(python -c 'import os, urllib.parse as u; print(u.urlsplit(os.environ["PUBLIC_URL"]).port or 8000)')}
exec granian --interface wsgi --host 127.0.0.1 --port "$port" --workers "${WEB_WORKERS:-2}" \
  --blocking-threads 1 --no-ws --log-level warning --factory app:serve
