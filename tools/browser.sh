#!/usr/bin/env bash
# The tests that look at pages in a browser, with what they need: Debian's Chromium, Node.js where
# there is none, and playwright-core in build/browser. `./lockstep test` skips these tests where
# that is missing; here none is skipped. Called by `./lockstep test browser`.
set -uo pipefail

root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P) || exit 70
readonly root
# shellcheck source=tools/setup.sh
source "$root/tools/setup.sh"

readonly playwright_core=1.64.1  # of the npm registry
readonly modules=$root/build/browser

has() { PATH="$system_path:$PATH" command -v "$1" >/dev/null; }

install_playwright() {
  local installed=$modules/node_modules/playwright-core/package.json
  if grep -qsF "\"version\": \"$playwright_core\"" "$installed"; then return; fi
  mkdir -p -- "$modules"
  local npm=(npm install --prefix "$modules" --cache "$modules/cache" --no-save --no-audit --no-fund
    --ignore-scripts "playwright-core@$playwright_core")
  run_step plain "installing playwright-core $playwright_core" npm "${build_env[@]}" "${npm[@]}" ||
    failed "installing playwright-core $playwright_core" npm "${npm[*]@Q}"
}

take_lock
install_packages build
has chromium || has chromium-browser || has google-chrome || install_packages browser
{ has node && has npm; } || install_packages browser-node
install_playwright
build "$root/build" browser_tests "${plain_build[@]}"
release_lock

[[ -z ${NO_COLOR:-} ]] || export CLICOLOR=0
cd -- "$root" || exit 70
exec "${build_env[@]}" NO_SKIP=1 ctest --test-dir build --output-on-failure -j2 \
  --no-tests=error -L '^browser$'
