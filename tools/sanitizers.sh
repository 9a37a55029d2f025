#!/usr/bin/env bash
# Builds twice with sanitizers, in folders of their own, and runs what those can judge:
#
#   address, undefined   the unit tests of every room, with a million damaged frames and a million
#                        mutated requests; three nodes from outside (tests/node, tests/ctl)
#   thread               the unit tests of what has threads, and the same nodes
#
# A report of a sanitizer is kept in build/log and printed; so is a test that fails. Exit code 1 then.
# Called by `./lockstep test sanitizers`.
set -uo pipefail

root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P) || exit 70
readonly root
# shellcheck source=tools/setup.sh
source "$root/tools/setup.sh"

# As in a Release build assertions of libraries are off: Beast 1.74 has one that an ordinary time-out
# breaks. check() is always on, and the containers of libstdc++ check themselves.
readonly flags='-O1 -g1 -fno-omit-frame-pointer -DNDEBUG -D_GLIBCXX_ASSERTIONS'
readonly frames=${LOCKSTEP_FUZZ_FRAMES:-1000000}
readonly from_outside='ctl|node|node[.]addresses|node[.]abuse'
readonly fuzzed='net_http|net_transport'
readonly alone='core|sim|net_driver|net_storage|node_.*|processes'
readonly threaded='net_driver|net_http|net_storage|net_transport|node_config|node_client'

# sanitized FOLDER TARGET SANITIZERS
sanitized() {
  build "$root/$1" "$2" -DCMAKE_BUILD_TYPE=Sanitized -DCMAKE_CXX_COMPILER=g++ \
    -DPython3_FIND_STRATEGY=LOCATION \
    "-DCMAKE_CXX_FLAGS=$flags -fsanitize=$3 -fno-sanitize-recover=all"
}

# tests FOLDER PATTERN [CTEST-OPTION…]
tests() {
  "${fixed_addresses[@]}" "${build_env[@]}" ctest --test-dir "$root/$1" --output-on-failure -j2 \
    --no-tests=error -R "^($2)\$" "${@:3}" || status=1
}

take_lock
install_packages build
sanitized build-asan sanitized address,undefined
sanitized build-tsan sanitized_threads thread
release_lock

status=0
reports=$logs/sanitizer
rm -f -- "$reports".*
# A node's report must not be lost with the node's output.
export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1:log_path=$reports
export UBSAN_OPTIONS=print_stacktrace=1:log_path=$reports
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1:log_path=$reports
[[ -z ${NO_COLOR:-} ]] || export CLICOLOR=0
# The thread sanitizer of g++ 12 wants its memory where kernels that randomize much do not leave it.
fixed_addresses=()
if setarch "$(uname -m)" -R true 2>/dev/null; then fixed_addresses=(setarch "$(uname -m)" -R); fi

tests build-asan "$alone"
LOCKSTEP_FUZZ_FRAMES=$frames tests build-asan "$fuzzed" --timeout 7200
tests build-asan "$from_outside"
tests build-tsan "$threaded"
tests build-tsan "$from_outside"

for report in "$reports".*; do
  [[ -e $report ]] || continue
  status=1
  printf '\n%s:\n' "$report"
  head -n 60 -- "$report"
done
if ((status == 0)); then
  printf 'sanitizers: nothing found; %s damaged frames and %s mutated requests\n' "$frames" "$frames"
else
  printf 'sanitizers: FINDINGS, see above\n'
fi
exit "$status"
