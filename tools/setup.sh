# shellcheck shell=bash disable=SC2154  # root comes from the script that sources this
# Set-up for ./lockstep and tools/determinism.sh, which source this with `root` set: packages,
# configure, build. A step is skipped when a stamp says that it ended well for the same input, so
# one that failed or was interrupted is simply done again.

# The system's tools come before others of the same name (conda's, pyenv's), and nothing the caller
# exported for other builds reaches this one. A test puts stubs in LOCKSTEP_SYSTEM_PATH.
readonly logs=$root/build/log
readonly system_path=${LOCKSTEP_SYSTEM_PATH-/usr/sbin:/usr/bin:/sbin:/bin}
build_env=(env)
for name in ${!CMAKE@} ${!CTEST@} CC CXX CPPFLAGS CFLAGS CXXFLAGS LDFLAGS CPATH C_INCLUDE_PATH \
  CPLUS_INCLUDE_PATH LIBRARY_PATH COMPILER_PATH GCC_EXEC_PREFIX DEPENDENCIES_OUTPUT DESTDIR \
  MAKEFLAGS CLICOLOR_FORCE; do
  build_env+=(-u "$name")
done
build_env+=(PATH="$system_path:$PATH" 'NINJA_STATUS=[%f/%t] ')
[[ -v CCACHE_DIR || -w ${HOME:-} ]] || build_env+=(CCACHE_DIR="$root/build/ccache")

complain() { printf 'lockstep: %s\n' "$*" >&2; }

on_terminal() { [[ -t 2 && ${TERM:-dumb} != dumb ]]; }

# Reads a command's output, appends it to a log and keeps one line of progress on stderr. Silent
# until there is something to tell: an up-to-date check prints nothing.
follow() {
  local label=$1 log=$2 kind=$3 line='' part start=$SECONDS told=-20 status=0
  local done=0 total=0 now='' shown=0
  while ((status == 0 || status > 128)); do
    IFS= read -r -t 0.5 part
    status=$?
    line+=$part
    if ((status == 0)); then
      printf '%s\n' "$line" >>"$log"
      case $kind in
        ninja)
          if [[ $line =~ ^\[([0-9]+)/([0-9]+)\]\ (.*) && ${BASH_REMATCH[3]} != Re-* ]]; then
            done=${BASH_REMATCH[1]} total=${BASH_REMATCH[2]}
          fi
          ;;
        apt)
          if [[ $line =~ ^([0-9]+)\ upgraded,\ ([0-9]+)\ newly ]]; then
            total=$((3 * (BASH_REMATCH[1] + BASH_REMATCH[2])))
          elif [[ $line == Get:* || $line == Unpacking\ * || $line == Setting\ up\ * ]]; then
            done=$((done + 1 < total ? done + 1 : total))
          fi
          ;;
        plain) shown=1 ;;
      esac
      line=''
    fi
    if ((total > 0 || SECONDS - start >= 2)); then shown=1; fi
    ((shown)) || continue
    now=$label
    if ((total > 0)); then now+=" $((100 * done / total)) %"; fi
    if ((total > 0)) && [[ $kind == ninja ]]; then now+=" [$done/$total]"; fi
    now+=", $((SECONDS - start)) s"
    if on_terminal; then
      printf '\r\e[K%s' "$now" >&2
    elif ((SECONDS - told >= 20)); then
      printf '%s\n' "lockstep: $now" >&2
      told=$SECONDS
    fi
  done
  if [[ -n $line ]]; then printf '%s\n' "$line" >>"$log"; fi
  if ((!shown)); then return; fi
  if on_terminal; then printf '\r\e[K' >&2; fi
  complain "$label: ended after $((SECONDS - start)) s"
}

# run_step KIND LABEL LOG COMMAND…: runs it with its output in build/log/LOG.log.
run_step() {
  local kind=$1 label=$2 log=$logs/$3.log
  shift 3
  if ! : >"$log"; then
    complain "cannot write $log: build/ must belong to you; clone the repository yourself"
    exit 70
  fi
  "$@" </dev/null 2>&1 | follow "$label" "$log" "$kind"
  return "${PIPESTATUS[0]}"
}

# failed LABEL LOG COMMAND: what failed, where its log is and how that log ends. A compiler's log
# is shown from the first target that failed.
failed() {
  local label=$1 log=$logs/$2.log command=$3 first
  complain "failed: $label"
  printf '  command: %s\n  log:     %s\n' "$command" "$log" >&2
  first=$(grep -n '^FAILED: ' "$log" | grep -v -m 1 'FAILED: build.ninja' | cut -d: -f1)
  if [[ -n $first ]]; then
    tail -n "+$first" "$log" | head -n 30
  else
    tail -n 20 "$log"
  fi | cut -c 1-400 | sed 's/^/  | /' >&2
  exit 70
}

# The packages of a group that are not installed, from one question to dpkg.
missing_packages() {
  local wanted
  mapfile -t wanted < <(sed 's/#.*//' "$root/tools/packages.txt" |
    while read -r package group _; do [[ $group != "$1" ]] || printf '%s\n' "$package"; done)
  dpkg-query -W -f '${Package} ${db:Status-Status}\n' "${wanted[@]}" 2>/dev/null |
    sed -n 's/ installed$//p' | sort -u |
    comm -13 - <(printf '%s\n' "${wanted[@]}" | sort -u)
}

# Asks for the password here, where a person can see the question, if there is one to ask.
can_sudo() {
  command -v sudo >/dev/null && { sudo -n true 2>/dev/null || { [[ -t 2 ]] && sudo -v; }; }
}

# install_packages GROUP: the stamp is the list itself, and is void when dpkg's state is newer.
install_packages() {
  local group=$1 stamp=$root/build/.packages-$1 missing as_root=() variable
  if [[ $stamp -nt /var/lib/dpkg/status && $(<"$stamp") == "$(<"$root/tools/packages.txt")" ]]; then
    return
  fi
  # Elsewhere than on Debian the packages are the user's affair; configuring tells what is missing.
  command -v dpkg-query >/dev/null || return 0
  mapfile -t missing < <(missing_packages "$group")
  if ((${#missing[@]})); then
    if ((EUID != 0)); then
      if ! can_sudo; then
        complain "these packages are missing: ${missing[*]}"
        complain "install them as root (apt-get install ${missing[*]}), then call this again"
        exit 70
      fi
      as_root=(sudo)
    fi
    as_root+=(env LC_ALL=C DEBIAN_FRONTEND=noninteractive PATH="$system_path:$PATH")
    for variable in http_proxy https_proxy no_proxy; do  # sudo drops these
      [[ -z ${!variable:-} ]] || as_root+=("$variable=${!variable}")
    done
    local apt=("${as_root[@]}" apt-get -q -o DPkg::Lock::Timeout=300)
    local install=(install -y --fix-broken --no-install-recommends "${missing[@]}")
    # An installation that was cut off leaves packages half configured, and apt refuses until they
    # are whole. Here and with old lists or a broken source, it is for install to say what is wrong.
    run_step plain 'finishing half-installed packages' dpkg "${as_root[@]}" dpkg --configure -a ||
      complain "dpkg --configure -a failed ($logs/dpkg.log); trying to repair with apt-get"
    run_step plain 'reading package lists' apt-update "${apt[@]}" update ||
      complain "apt-get update failed ($logs/apt-update.log); trying with the lists at hand"
    run_step apt "installing ${#missing[@]} packages and what they need" apt-install \
      "${apt[@]}" "${install[@]}" ||
      failed 'installing packages' apt-install "apt-get ${install[*]}"
  fi
  cp -- "$root/tools/packages.txt" "$stamp"
}

# Memory limits the compilers that run at once: about 1 GB each.
build_jobs() {
  local cores free
  cores=$(nproc)
  free=$(awk '/^MemAvailable:/ { print int($2 / 1000000) }' /proc/meminfo)
  if ((free >= 1 && free < cores)); then cores=$free; fi
  printf '%s\n' "$cores"
}

# build FOLDER TARGET CMAKE-OPTION…: configures FOLDER if need be, then builds TARGET there.
build() {
  local folder=$1 target=$2 stamp=$1/.configured where='' suffix=''
  shift 2
  if [[ $folder != "$root/build" ]]; then where=" ${folder##*/}" suffix=${folder##*/build}; fi
  local configure=(cmake --fresh -S "$root" -B "$folder" -G Ninja "$@")
  local make=(ninja -C "$folder" -j "$(build_jobs)" "$target")
  # A stamp of another checkout or of other options is as good as none.
  if [[ ! -e $stamp || $(<"$stamp") != "${configure[*]}" ]]; then
    rm -f -- "$stamp"
    run_step plain "configuring$where" "configure$suffix" "${build_env[@]}" "${configure[@]}" || {
      rm -f -- "$root"/build/.packages-*
      failed "configuring$where" "configure$suffix" "${configure[*]@Q}"
    }
    printf '%s' "${configure[*]}" >"$stamp"
  fi
  run_step ninja "building$where" "build$suffix" "${build_env[@]}" "${make[@]}" || {
    rm -f -- "$root"/build/.packages-*
    # Ninja configures again by itself when a CMakeLists.txt changes; after a failure start afresh.
    if grep -q "rebuilding 'build.ninja'" "$logs/build$suffix.log"; then rm -f -- "$stamp"; fi
    failed "building$where" "build$suffix" "${make[*]@Q}"
  }
}

# One set-up at a time: a second shell waits for the first. Commands that set-up starts hold the lock
# too, so that it stands until the last of them has ended, even when the shell is killed.
take_lock() {
  if ! mkdir -p -- "$logs" || ! : >>"$root/build/.lock"; then
    complain "cannot write $root/build: it must belong to you; clone the repository yourself"
    exit 70
  fi
  trap 'on_terminal && printf "\r\e[K" >&2; complain "interrupted; the next call goes on from here"
    exit 130' INT
  exec {lock}<"$root/build/.lock"
  flock -n "$lock" && return
  complain 'another ./lockstep is setting up here; waiting for it'
  flock "$lock"
}

release_lock() {
  exec {lock}<&-
  trap - INT
}

# Python is the first one found, as for every other tool; CMake alone would take the newest.
readonly plain_build=(-DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER=g++
  -DPython3_FIND_STRATEGY=LOCATION)

# set_up TARGET: packages, and a Release build of TARGET in build/.
set_up() {
  take_lock
  install_packages build
  build "$root/build" "$1" "${plain_build[@]}"
  release_lock
}
