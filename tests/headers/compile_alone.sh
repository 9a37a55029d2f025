#!/bin/sh
# Every header of the named rooms compiles alone, without a warning; prints those that do not and
# exits 1. A header that includes what it uses can be included anywhere, in any order.
#
#   tests/headers/compile_alone.sh COMPILER ROOM...      from any folder
#
# A header that its own source or test includes first is left to the build, which has compiled it so;
# the others are compiled here, two at a time. The SimGrid fabric is left out: this also runs where
# SimGrid is not installed.
set -eu
compiler=$1
shift
cd "$(dirname "$0")/../.."

# The header's path is $1.
one='printf "#include \"%s\"\n" "$1" |
  '"$compiler"' -std=c++20 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror \
    -ffp-contract=off -I. -x c++ -fsyntax-only - ||
  { echo "$1: does not compile alone: include what it uses" >&2; exit 1; }'

if sh -c "$one" sh no/such/header.hpp 2>/dev/null; then
  echo "$compiler accepts a header that does not exist; this check would pass for anything" >&2
  exit 1
fi

built_alone() {
  for source in "${1%.hpp}.cpp" "${1%.hpp}_test.cpp"; do
    if test -f "$source" && grep -m 1 '^#include' "$source" | grep -qxF "#include \"$1\""; then
      return 0
    fi
  done
  return 1
}

headers=$(find "$@" -name '*.hpp' ! -path 'sim/fabric/simgrid*' | LC_ALL=C sort)
test -n "$headers" || { echo "no headers in $*" >&2; exit 1; }
alone=$(for header in $headers; do built_alone "$header" || echo "$header"; done)
if test -n "$alone"; then
  printf '%s\n' "$alone" | xargs -P 2 -I '{}' sh -c "$one" sh '{}' || exit 1
fi
set -- $headers
all=$#
set -- $alone
echo "$all headers compile alone: $# here, $((all - $#)) first in their own source or test"
