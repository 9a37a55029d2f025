# Sourced. find_browser sets CHROMIUM and PLAYWRIGHT_CORE for browser.js, or says in $missing what is not here.
find_browser() {
  CHROMIUM=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
  if [ -z "$CHROMIUM" ]; then missing="no Chromium here"; return 1; fi
  if ! command -v node >/dev/null; then missing="no Node.js here"; return 1; fi
  local folder
  for folder in "${PLAYWRIGHT_CORE:-}" playwright-core "$(npm root -g 2>/dev/null || true)/playwright-core"; do
    if [ -n "$folder" ] && (cd "$(dirname "${BASH_SOURCE[0]}")" && node -e 'require(process.argv[1])' "$folder") 2>/dev/null; then
      export CHROMIUM PLAYWRIGHT_CORE="$folder"
      return 0
    fi
  done
  missing="no playwright-core here (npm install -g playwright-core)"
  return 1
}
