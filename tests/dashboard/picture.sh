#!/usr/bin/env bash
# picture.sh LOCKSTEPD PICTURE.png [election|messages|files]: what a browser shows of three nodes under load, some time after their leader was
# killed; how docs/dashboard.png was made. Or, of four nodes that run an election, after a death and a predicted hand-over; how
# docs/election.png was made. Or, of three nodes that keep messages, after their leader was killed; how docs/messages.png was made.
# Or, of three nodes that share files, one of them under way; how docs/files.png was made.
set -euo pipefail

if [ $# -lt 2 ] || [ $# -gt 3 ] || [[ ! "${3:-files}" =~ ^(election|messages|files)$ ]]; then
  echo "usage: picture.sh LOCKSTEPD PICTURE.png [election|messages|files]" >&2
  exit 64
fi
here=$(cd "$(dirname "$0")" && pwd)
source "$here/find_browser.sh"
find_browser || { echo "picture.sh: $missing" >&2; exit 69; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
timeout 240 node "$here/${3:+$3_}picture.js" "$(realpath "$1")" "$folder" "$(realpath "$2")"
