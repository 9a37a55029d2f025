#!/usr/bin/env bash
# page_test.sh SAMPLE_PAGES: opens pages of made-up runs in headless Chromium and looks at what their script made of them.
# Exit 77, skipped, where no Chromium is installed; `./lockstep test browser` installs it.
set -euo pipefail

source "$(dirname "$0")/../dashboard/find_browser.sh"
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
[ -n "$browser" ] || skip "no Chromium here"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$1" "$folder"

failures=0
# check NAME PATTERN: the document has a match.
check() {
  if grep -qE -- "$2" "$folder/document"; then return; fi
  echo "FAILED: $1: no match for $2"
  failures=$((failures + 1))
}
# open ADDRESS: its document, after its script ran.
open() {
  timeout 60 "$browser" --headless --no-sandbox --disable-gpu --disable-background-networking --disable-sync \
    --disable-component-update --disable-quic --no-first-run --user-data-dir="$folder/profile" --enable-logging=stderr --window-size=1400,900 \
    --virtual-time-budget=4000 --dump-dom "file://$folder/$1" >"$folder/document" 2>"$folder/log" || {
    echo "FAILED: $1: the browser gave up"
    tail -5 "$folder/log"
    failures=$((failures + 1))
  }
  if grep -E 'CONSOLE.*(Uncaught|Refused|Error)' "$folder/log"; then
    echo "FAILED: $1: errors on the console"
    failures=$((failures + 1))
  fi
}

open small.html
check "the verdict shows" 'class="verdict pass"[^>]*>pass<'
check "everything is carried" 'All [0-9]+ steps of the run'
check "the first view is the election after the cut" 'id="status"[^>]*>In view: [1-9][0-9]* messages'
check "an election is listed" '<td[^>]*>n3</td><td[^>]*>won</td>'
check "a fault is listed" 'cut n1 n2 \| n3 n4 n5'
check "the chosen step shows" '<h3>n3 at 0\.384 s</h3>'

open 'small.html#0-0.1/12'
check "an address chooses a step" 'step 12 of'

{ sed 's|</body>.*||; s|</html>.*||' "$folder/small.html"
  echo '<script>'
  cat "$(dirname "$0")/exercise.js"
  echo '</script></body></html>'; } >"$folder/exercised.html"
open exercised.html
check "every control does what it says" '<title>every control does what it says'
grep -o '<title>wrong[^<]*' "$folder/document" || true

open large.html
check "what is left out is said" 'Showing [0-9]+.[0-9]{3} of [0-9]+.[0-9]{3} steps, complete'
check "listed operations are said to be some" 'every 3rd of the rest'
open 'large.html#0-120'
check "too many arrows are said to be too many" 'messages in view are too many for arrows'

open hostile.html
check "the title stays" '<title>A made-up run'
check "a broken rule shows as text" 'Rule broken: &lt;/script&gt;'

[ "$failures" -eq 0 ] && echo "the pages are as they should be"
exit $((failures > 0))
