#!/bin/sh
# Starts llama.cpp's server and `transformers serve` with the bundled model scout, each if it is installed, and runs
# tests/servers.rs against them. LLAMA_SERVER and TRANSFORMERS name the programs when they are not on the path.
set -eu
cd "$(dirname "$0")/.."
llama=${LLAMA_SERVER:-llama-server}
transformers=${TRANSFORMERS:-transformers}
work=$(mktemp -d)
servers= names=
stop() {
    for server in $servers; do kill "$server" 2>/dev/null || true; done
    rm -rf "$work"
}
trap stop EXIT
trap 'exit 1' INT TERM

# is_free PORT
is_free() {
    ! curl -s "http://127.0.0.1:$1" >/dev/null || { echo "something else answers at port $1"; exit 1; }
}

# wait_for PID LOG URL
wait_for() {
    until curl -sf "$3" >/dev/null; do
        kill -0 "$1" 2>/dev/null || { cat "$2"; exit 1; }
        sleep 0.3
    done
}

if command -v "$llama" >/dev/null; then
    is_free 8471
    "$llama" -m tests/data/llama_cpp/scout-f16.gguf --alias tiny/scout --host 127.0.0.1 --port 8471 --parallel 4 \
        >"$work/llama.log" 2>&1 &
    servers="$servers $!"
    wait_for $! "$work/llama.log" http://127.0.0.1:8471/health
    names="http://127.0.0.1:8471#tiny/scout"
fi
if command -v "$transformers" >/dev/null; then
    is_free 8472
    # As if it had been downloaded, because names of the hub come back with a revision.
    hub=$work/hub/models--tiny--scout
    mkdir -p "$hub/refs" "$hub/snapshots/0"
    printf 0 >"$hub/refs/main"
    cp assets/models/scout/config.json assets/models/scout/model.safetensors assets/models/scout/tokenizer.json \
        "$hub/snapshots/0"
    cat >"$hub/snapshots/0/tokenizer_config.json" <<'JSON'
{"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|end|>",
 "chat_template": "{% for m in messages %}{{ m['content'] }}\n{% endfor %}"}
JSON
    HF_HUB_CACHE=$work/hub HF_HUB_OFFLINE=1 "$transformers" serve tiny/scout --host 127.0.0.1 --port 8472 \
        --device cpu >"$work/transformers.log" 2>&1 &
    servers="$servers $!"
    wait_for $! "$work/transformers.log" http://127.0.0.1:8472/health
    names="${names:+$names,}http://127.0.0.1:8472#tiny/scout"
fi
[ -n "$names" ] || { echo "neither llama-server nor transformers is installed"; exit 1; }
BACKTRAIL_LIVE_SERVERS=$names cargo test --test servers -- --ignored --test-threads 1
