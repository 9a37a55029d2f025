#!/usr/bin/env bash
# picture.sh REPORT.html PICTURE.png: what a browser shows of a report, 1400 by 900 pixels; how docs/report.png was made.
set -euo pipefail

if [ $# -ne 2 ]; then
  echo "usage: picture.sh REPORT.html PICTURE.png" >&2
  exit 64
fi
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [ -z "$browser" ]; then
  echo "picture.sh: no Chromium here; install the package chromium" >&2
  exit 69
fi
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
timeout 60 "$browser" --headless --no-sandbox --disable-gpu --disable-background-networking --disable-sync \
  --disable-component-update --disable-quic --no-first-run --user-data-dir="$profile" --hide-scrollbars --virtual-time-budget=3000 --window-size=1400,900 \
  --screenshot="$(realpath "$2")" "file://$(realpath "$1")" >"$profile/log" 2>&1 || { tail -5 "$profile/log" >&2; exit 70; }
