#!/usr/bin/env bash
# Tests ./lockstep without network, compiler or packages: every tool it calls is a stub that writes
# down how it was called and, where a case says so, does or prints something.
# shellcheck disable=SC2016  # the stubs expand what stands in single quotes
set -uo pipefail

source_root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
repo="$folder/check out/repo" stubs=$folder/stubs actions=$folder/actions calls=$folder/calls
failures=0 name=''

problem() {
  printf 'FAILED: %s: %s\n' "$name" "$1"
  printf 'exit code %s, stdout:\n%s\nstderr:\n%s\ncalls:\n%s\n' \
    "$code" "$(<"$folder/out")" "$(<"$folder/err")" "$(<"$calls")"
  failures=$((failures + 1))
}
has() { grep -qF -e "$2" "$folder/$1" || problem "$1 lacks: $2"; }
lacks() { ! grep -qF -e "$2" "$folder/$1" || problem "$1 has: $2"; }
is() { [[ $2 == "$3" ]] || problem "$1 is '$2', not '$3'"; }
action() { printf '%s\n' "$2" >"$actions/$1"; }

# A checkout of nothing but the entry, where every package is installed and every tool succeeds.
fresh() {
  name=$1
  rm -rf -- "$repo" "$actions" "$stubs"
  mkdir -p "$repo/tools" "$actions" "$stubs"
  cp "$source_root/lockstep" "$repo/"
  cp "$source_root"/tools/{setup.sh,determinism.sh,browser.sh,sanitizers.sh,packages.txt} "$repo/tools/"
  cat >"$stubs/stub" <<'STUB'
#!/usr/bin/env bash
tool=${0##*/}
printf '%s %s\n' "$tool" "$*" >>"$CALLS"
if [[ -e $ACTIONS/$tool ]]; then source "$ACTIONS/$tool"; fi
STUB
  chmod +x "$stubs/stub"
  local tool
  for tool in cmake ninja ctest dpkg dpkg-query apt-get sudo g++; do
    ln -s stub "$stubs/$tool"
  done
  action dpkg-query 'for package in "${@:4}"; do echo "$package installed"; done'
  # The program prints each argument in brackets and exits with 7 when told to `fail`.
  action ninja 'printf "%s\n" "#!/bin/bash" "printf \"<%s>\" \"\$@\"" "[[ \$1 != fail ]] || exit 7" \
    >"$2/lockstep"; chmod +x "$2/lockstep"; echo "[1/1] Linking lockstep"'
}

# entry WORD…: leaves its streams in out and err, its exit code in `code`, the stubs' calls in calls.
entry() {
  : >"$calls"
  CALLS=$calls ACTIONS=$actions LOCKSTEP_SYSTEM_PATH=$stubs PATH=$stubs:$PATH \
    "${program:-$repo/lockstep}" "$@" >"$folder/out" 2>"$folder/err" </dev/null
  code=$?
}

fresh 'help needs no set-up'
for words in help --help -h 'test --help'; do
  # shellcheck disable=SC2086  # two words
  entry $words
  is 'exit code' "$code" 0
  has out './lockstep demo'
  has out './lockstep test'
  has out './lockstep run FILE'
  is 'the calls' "$(<"$calls")" ''
done
entry
is 'exit code' "$code" 64
has err './lockstep demo'
[[ ! -e $repo/build ]] || problem 'help made a build folder'

fresh 'any other word is the program'"'"'s, with its arguments as they are'
entry run 'a b.json' '' '*' --set 'x="1 ms"'
is 'exit code' "$code" 0
is 'stdout' "$(<"$folder/out")" '<run><a b.json><><*><--set><x="1 ms">'
entry fail
is 'exit code' "$code" 7

fresh 'the second call only asks ninja'
entry run
has calls 'dpkg-query'
has calls 'cmake --fresh'
lacks calls 'apt-get'
lacks calls 'sudo'
action ninja 'echo "ninja: no work to do."'
entry run
is 'the calls' "$(sed 's/-j [0-9]*/-j N/' "$calls")" "ninja -C $repo/build -j N lockstep"
is 'stderr' "$(<"$folder/err")" ''

fresh 'a changed list of packages is looked at again'
entry run
echo 'extra-package build # why' >>"$repo/tools/packages.txt"
entry run
has calls 'extra-package'

fresh 'demo runs its scenario from the root of the checkout'
demo='<run><scenarios/raft/leader_partitioned.json><--fabric><simgrid>'
entry demo --seed 3
is 'stdout' "$(<"$folder/out")" "$demo<--out><$repo/results/runs><--seed><3>"
cd -- "$repo" || exit 1
entry demo
is 'stdout' "$(<"$folder/out")" "$demo"
cd / || exit 1

fresh 'a call through a link, from elsewhere'
ln -sf "$repo/lockstep" "$folder/link"
program=$folder/link entry list
is 'stdout' "$(<"$folder/out")" '<list>'

fresh 'test ends with ctest'
action ctest 'echo "Total Test time (real) = 1 sec"; exit 8'
entry test
is 'exit code' "$code" 8
is 'last line' "$(tail -n 1 "$folder/out")" 'Total Test time (real) = 1 sec'
has calls 'ctest --test-dir build --output-on-failure -j2'
entry test core tidy.self_test -V
has calls '-V --no-tests=error -R ^(core|tidy[.]self_test)([._/-].*)?$'
entry test 'a b'
is 'exit code' "$code" 64
has err "no suite is named 'a b'"

fresh 'mutants installs what a build needs and leaves the build to its own script'
ln -s stub "$stubs/python3"
action python3 'exit 1'
entry mutants figure_8 --seeds 5
is 'exit code' "$code" 1
has calls 'dpkg-query'
has calls "python3 $repo/tools/mutants.py figure_8 --seeds 5"
lacks calls 'ninja -C'

fresh 'bench files builds the real nodes, and its own script measures'
ln -s stub "$stubs/python3"
action python3 'exit 69'
entry bench files --size 64
is 'exit code' "$code" 69
has calls 'ninja -C'
has calls "python3 $repo/tools/bench_files.py --size 64"

fresh 'plot installs what drawing needs, builds nothing, and passes its words and exit code on'
ln -s stub "$stubs/python3"
action python3 'echo "modules from: $PYTHONPATH"; exit 65'
action dpkg-query 'for package in "${@:4}"; do
  [[ $package == python3-matplotlib ]] || echo "$package installed"
done'
action sudo 'if [[ $1 == env ]]; then shift; env "$@"; fi'
entry plot 'a b.json' --format svg,pdf
is 'exit code' "$code" 65
has calls 'install -y --fix-broken --no-install-recommends python3-matplotlib'
has calls 'python3 -B -m plots plot a b.json --format svg,pdf'
has out "modules from: $repo"
lacks calls 'ninja -C'
entry reproduce raft_figure_16
has calls 'ninja -C'
has calls 'python3 -B -m plots reproduce raft_figure_16'

fresh 'report installs what prints a page, where one is to be printed'
action dpkg-query 'for package in "${@:4}"; do
  [[ $package == weasyprint ]] || echo "$package installed"
done'
action sudo 'if [[ $1 == env ]]; then shift; env "$@"; fi'
entry report 'a b' -o page.html
is 'stdout' "$(<"$folder/out")" '<report><a b><-o><page.html>'
lacks calls 'apt-get'
for words in '-o page.pdf' '--out=page.pdf' '--template ieee -o paper'; do
  rm -f "$repo/build/.packages-report"
  # shellcheck disable=SC2086  # several words
  entry report 'a b' $words
  is 'exit code' "$code" 0
  has calls 'install -y --fix-broken --no-install-recommends weasyprint'
  has out "<report><a b><${words%% *}>"
done

fresh 'a sweep by GNU Parallel installs it, one by Slurm nothing'
action dpkg-query 'for package in "${@:4}"; do [[ $package == parallel ]] || echo "$package installed"; done'
action sudo 'if [[ $1 == env ]]; then shift; env "$@"; fi'
entry sweep a.json --engine slurm
lacks calls 'apt-get'
for words in '--engine parallel' '--engine=parallel'; do
  rm -f -- "$repo"/build/.packages-parallel
  # shellcheck disable=SC2086  # two words
  entry sweep a.json $words
  has calls 'install -y --fix-broken --no-install-recommends parallel'
  has out "<sweep><a.json><--engine"
done

fresh 'test browser brings what the tests need, and lets none be skipped'
for tool in chromium node npm; do ln -s stub "$stubs/$tool"; done
action ctest 'echo "no skip: $NO_SKIP"'
entry test browser
is 'exit code' "$code" 0
lacks calls 'apt-get'
has calls "npm install --prefix $repo/build/browser"
has calls 'playwright-core@'
has calls '-L ^browser$'
has out 'no skip: 1'
version=$(sed -n 's/.*playwright-core@//p' "$calls")
mkdir -p "$repo/build/browser/node_modules/playwright-core"
printf '  "version": "%s",\n' "$version" >"$repo/build/browser/node_modules/playwright-core/package.json"
entry test browser
lacks calls 'npm install'
action ctest 'exit 8'
entry test browser
is 'exit code' "$code" 8
action npm 'echo "npm error: no such version"; exit 1'
rm -r "$repo/build/browser"
entry test browser
is 'exit code' "$code" 70
has err 'npm error: no such version'

fresh 'test sanitizers builds twice, runs everything, and fails for a report'
entry test sanitizers
is 'exit code' "$code" 0
has calls "-B $repo/build-asan"
has calls '-fsanitize=address,undefined'
has calls "-B $repo/build-tsan"
has calls '-fsanitize=thread'
is 'runs of ctest' "$(grep -c '^ctest' "$calls")" 5
has out 'sanitizers: nothing found; 1000000 damaged frames'
action ctest 'echo "data race" >"$(sed "s/.*log_path=//" <<<"$TSAN_OPTIONS").77"'
entry test sanitizers
is 'exit code' "$code" 1
has out 'data race'
action ctest 'exit 8'
entry test sanitizers
is 'exit code' "$code" 1
has out 'FINDINGS'

fresh 'only what is missing is installed'
action dpkg-query 'for package in "${@:4}"; do
  case $package in cmake) ;; g++) echo "g++ half-configured" ;; *) echo "$package installed" ;; esac
done'
# The stub of sudo runs what it is given, so this holds for root and for others alike.
action sudo 'if [[ $1 == env ]]; then shift; env "$@"; fi'
entry run
is 'exit code' "$code" 0
has calls 'dpkg --configure -a'
has calls 'apt-get -q -o DPkg::Lock::Timeout=300 update'
has calls 'install -y --fix-broken --no-install-recommends cmake g++'

name='a failed installation'
rm -rf "$repo/build"
action apt-get '[[ $* == *update ]] || { echo "E: no space left"; exit 100; }'
entry run
is 'exit code' "$code" 70
has err 'failed: installing packages'
has err "command: apt-get install -y --fix-broken --no-install-recommends cmake g++"
has err "$repo/build/log/apt-install.log"
has err 'E: no space left'
lacks calls 'cmake --fresh'
rm "$actions/apt-get"
entry run
has calls 'install -y'
is 'exit code' "$code" 0

if ((EUID == 0)) && command -v setpriv >/dev/null; then
  fresh 'without root and without sudo'
  action dpkg-query 'true'
  action sudo 'exit 1'
  chmod -R a+rwX "$folder"
  : >"$calls"
  chmod a+rw "$calls"
  CALLS=$calls ACTIONS=$actions LOCKSTEP_SYSTEM_PATH=$stubs PATH=$stubs:$PATH setpriv --reuid=65534 \
    --clear-groups "$repo/lockstep" run >"$folder/out" 2>"$folder/err" </dev/null
  code=$?
  is 'exit code' "$code" 70
  has err 'install them as root (apt-get install cmake doctest-dev g++ '
  lacks calls 'apt-get'
fi

fresh 'a failed build tells the command, the log and the first failed target'
action ninja 'printf "%s\n" "[1/3] fine" "FAILED: a.cpp.o" "g++ -c a.cpp" "a.cpp:1: error: no"; exit 1'
entry run
is 'exit code' "$code" 70
has err 'failed: building'
has err "'ninja' '-C' '$repo/build'"
has err "$repo/build/log/build.log"
has err 'a.cpp:1: error: no'
lacks err '| [1/3] fine'

name='CMake that fails inside ninja has spoken before ninja says so, and starts afresh'
action ninja 'printf "%s\n" "CMake Error at x:1" "FAILED: build.ninja" \
  "ninja: error: rebuilding '"'build.ninja'"': subcommand failed"; exit 1'
entry run
is 'exit code' "$code" 70
has err 'CMake Error at x:1'
entry run
has calls 'cmake --fresh'

fresh 'a failed or interrupted configuration is done again'
action cmake 'echo "CMake Error: nothing found"; exit 1'
entry run
is 'exit code' "$code" 70
has err 'failed: configuring'
has err 'CMake Error: nothing found'
lacks calls 'ninja -C'
rm "$actions/cmake"
entry run
has calls 'cmake --fresh'
is 'exit code' "$code" 0

name='a checkout that was moved is configured afresh'
mv "$repo" "$repo moved"
repo+=' moved'
entry run
has calls 'cmake --fresh'
repo=${repo% moved}
rm -rf "$repo moved"

fresh 'what the caller exported for other builds stays outside'
action cmake 'env >"$ACTIONS/seen"'
CXX=nope CXXFLAGS=-nope LDFLAGS=-nope CMAKE_GENERATOR=nope CPATH=/nope NINJA_STATUS=nope entry run
! grep -q nope "$actions/seen" || problem "cmake saw $(grep nope "$actions/seen")"
has calls '-DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER=g++'

fresh 'two shells take turns'
action cmake 'echo begin >>"$ACTIONS/turns"; sleep 0.2; echo end >>"$ACTIONS/turns"'
action ninja "$(<"$actions/ninja")"'; cp "$ACTIONS/cmake" "$ACTIONS/turn"; source "$ACTIONS/turn"'
entry one &
entry two
wait
is 'the turns' "$(uniq -c <"$actions/turns" | awk '{ print $1 }' | sort -u)" 1

if command -v shellcheck >/dev/null; then
  name='shellcheck'
  cd -- "$source_root" || exit 1
  shellcheck -x lockstep .ci/run tools/*.sh tests/entry/*.sh >"$folder/out" 2>&1 ||
    problem 'it has something to say'
fi

((failures == 0)) || exit 1
printf 'every case of the entry passed\n'
