# Sourced. skip REASON ends a test as skipped, or, where NO_SKIP is set, as failed.
skip() {
  if [ -n "${NO_SKIP:-}" ]; then echo "FAILED: $1"; exit 1; fi
  echo "$1: skipped"
  exit 77
}
# find_browser sets CHROMIUM and PLAYWRIGHT_CORE for browser.js, or says in $missing what is not here.
find_browser() {
  CHROMIUM=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
  if [ -z "$CHROMIUM" ]; then missing="no Chromium here"; return 1; fi
  if ! command -v node >/dev/null; then missing="no Node.js here"; return 1; fi
  local folder
  local here
  here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
  for folder in "${PLAYWRIGHT_CORE:-}" "$here/../../build/browser/node_modules/playwright-core" playwright-core "$(npm root -g 2>/dev/null || true)/playwright-core"; do
    if [ -n "$folder" ] && (cd "$here" && node -e 'require(process.argv[1])' "$folder") 2>/dev/null; then
      export CHROMIUM PLAYWRIGHT_CORE="$folder"
      return 0
    fi
  done
  missing="no playwright-core here (./lockstep test browser installs it)"
  return 1
}
