#!/bin/sh
# Compiles every header of the named rooms alone, warnings as errors, two at a time; prints those
# that do not and exits 1. A header that includes what it uses can be included anywhere, in any order.
#
#   tests/headers/compile_alone.sh COMPILER ROOM...      from any folder
#
# The headers of the SimGrid fabric are left out: this also runs where SimGrid is not installed.
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
headers=$(find "$@" -name '*.hpp' ! -path 'sim/fabric/simgrid*' | LC_ALL=C sort)
test -n "$headers" || { echo "no headers in $*" >&2; exit 1; }
printf '%s\n' "$headers" | xargs -P 2 -I '{}' sh -c "$one" sh '{}' || exit 1
echo "$(printf '%s\n' "$headers" | wc -l) headers compile alone"
