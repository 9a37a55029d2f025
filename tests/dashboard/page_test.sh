#!/usr/bin/env bash
# page_test.sh [LOCKSTEPD TEST.js]: the dashboard in headless Chromium, against a made-up cluster, or against nodes of LOCKSTEPD.
# Exit 77, skipped, without Chromium, Node.js or playwright-core. Where playwright-core is looked for: $PLAYWRIGHT_CORE (its
# folder), build/browser, Node's own search, npm's global folder. `./lockstep test browser` installs all of it.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
source "$here/find_browser.sh"
find_browser || skip "$missing"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if [ $# -gt 0 ]; then
  timeout 120 node "$here/$2" "$(realpath "$1")" "$folder"
else
  cmake -DFOLDER="$here/../../node/dashboard" -DPAGE="$folder/page.html" -P "$here/../../node/dashboard/embed.cmake"
  timeout 120 node "$here/mock_test.js" "$folder/page.html"
  timeout 120 node "$here/mock_election_test.js" "$folder/page.html"
  timeout 120 node "$here/mock_messages_test.js" "$folder/page.html"
  timeout 120 node "$here/mock_files_test.js" "$folder/page.html"
fi
