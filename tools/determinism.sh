#!/usr/bin/env bash
# Same scenario, seed and version, same digest: builds the program with g++ and clang++, Debug and
# Release, runs every scenario that the first build finishes within a few seconds on both fabrics in
# each build, and compares the digests. Exit code 3 if one differs. Called by
# `./lockstep test determinism`.
set -uo pipefail

root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P) || exit 70
readonly root
# shellcheck source=tools/setup.sh
source "$root/tools/setup.sh"

readonly quick=5   # seconds of the Release build; slower scenarios are left out
readonly slow=900  # seconds any other build may take for one of the quick ones
readonly fabrics=(loop simgrid)

# The reference comes first. It is the build that everybody uses.
readonly names=('g++ Release' 'g++ Debug' 'clang++ Release' 'clang++ Debug')
folders=("$root/build")

build_all() {
  local name folder
  take_lock
  install_packages build
  install_packages determinism
  build "${folders[0]}" lockstep "${plain_build[@]}"
  for name in "${names[@]:1}"; do
    read -r compiler type <<<"$name"
    folder=$root/build-determinism-${compiler/++/xx}-${type,,}
    folders+=("$folder")
    build "$folder" lockstep -DCMAKE_BUILD_TYPE="$type" -DCMAKE_CXX_COMPILER="$compiler" \
      -DLOCKSTEP_TESTS=OFF -DLOCKSTEP_UNITY=OFF
  done
  release_lock
}

# digest PROGRAM LIMIT FILE FABRIC: prints "FILE FABRIC DIGEST". A run that is not over in time has
# the digest "slow", one that gives none has its exit code instead.
digest() {
  local answer code
  answer=$(timeout "$2" "$1" run "$3" --fabric "$4" --json --no-write 2>/dev/null </dev/null)
  code=$?
  if [[ $answer =~ \"digest\":\ *\"([0-9a-f]+)\" ]]; then
    code=${BASH_REMATCH[1]}
  elif ((code == 124)); then
    code=slow
  else
    code="exit-code-$code"
  fi
  printf '%s %s %s\n' "$3" "$4" "$code"
}
export -f digest

# digests PROGRAM LIMIT: reads lines "FILE FABRIC …", prints their digests in a fixed order.
digests() {
  cut -d' ' -f1,2 | tr ' \n' '\0\0' |
    xargs -0 -r -n 2 -P "$(nproc)" bash -c 'digest "$@"' digest "$1" "$2" | LC_ALL=C sort
}

compare_all() {
  local work=$1 i status=0 runs
  cd -- "$root" || exit 70
  grep -l '"protocol"' scenarios/*/*.json |
    while read -r file; do printf "$file %s\n" "${fabrics[@]}"; done >"$work/wanted"
  digests "${folders[0]}/lockstep" "$quick" <"$work/wanted" >"$work/all"
  grep ' slow$' "$work/all" | cut -d' ' -f1,2 | sed "s/^/left out, over $quick s: /"
  grep -v ' slow$' "$work/all" >"$work/reference"
  if grep ' exit-code-' "$work/reference" || [[ ! -s $work/reference ]]; then
    complain 'a scenario gave no digest; run it with ./lockstep run FILE --fabric FABRIC'
    return 70
  fi
  runs=$(wc -l <"$work/reference")
  for ((i = 1; i < ${#names[@]}; ++i)); do
    digests "${folders[i]}/lockstep" "$slow" <"$work/reference" >"$work/other"
    if cmp -s "$work/reference" "$work/other"; then
      printf '%s: the same %d digests as %s\n' "${names[i]}" "$runs" "${names[0]}"
    else
      status=3
      printf '%s: other digests (<) than %s (>)\n' "${names[i]}" "${names[0]}"
      diff "$work/other" "$work/reference" | grep '^[<>]'
    fi
  done
  if ((status == 0)); then
    printf 'determinism: %d runs in %d builds, every digest is the same\n' "$runs" "${#names[@]}"
  else
    printf 'determinism: DIFFERENT digests, see above\n'
  fi
  return "$status"
}

build_all
work=$(mktemp -d) || exit 70
trap 'rm -rf -- "$work"' EXIT
compare_all "$work"
