#!/usr/bin/env bash
# page_test.sh [LOCKSTEPD]: the dashboard in headless Chromium, against a made-up cluster, or against three nodes of LOCKSTEPD.
# Exit 77, skipped, without Chromium, Node.js or playwright-core. Where playwright-core is looked for: $PLAYWRIGHT_CORE (its
# folder), Node's own search, npm's global folder. To get it: npm install -g playwright-core, or in any folder above this one.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
source "$here/find_browser.sh"
if ! find_browser; then
  echo "$missing: skipped"
  exit 77
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if [ $# -gt 0 ]; then
  timeout 120 node "$here/nodes_test.js" "$(realpath "$1")" "$folder"
else
  cmake -DFOLDER="$here/../../node/dashboard" -DPAGE="$folder/page.html" -P "$here/../../node/dashboard/embed.cmake"
  timeout 120 node "$here/mock_test.js" "$folder/page.html"
fi
