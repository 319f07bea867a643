# shellcheck shell=bash
# What tools/run and tools/test share: packages, build, cache folder. Sourced by bash; sets `root`.
# Progress goes to stderr, one line a step; a step with nothing to do says nothing.
set -euo pipefail
unset CDPATH
export LC_ALL=C.UTF-8 # numbers and messages do not depend on the user's language

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
setup_log=$root/build/setup.log

say() { printf 'fluorolab: %s\n' "$*" >&2; }
stop() { # EXIT-CODE MESSAGE
    say "$2"
    exit "$1"
}

# The comment at the head of the script that was called.
usage() { sed -n '2,/^# shellcheck/{/^# shellcheck/!s/^# \{0,1\}//p}' "$0"; }

# Packages of the named sections of tools/packages.txt, one a line.
packages_of() {
    local section line wanted=no
    while read -r line; do
        case $line in
            '' | '#'*) ;;
            '['*']')
                wanted=no
                for section in "$@"; do [[ $line == "[$section]" ]] && wanted=yes; done
                ;;
            *) [[ $wanted == yes ]] && printf '%s\n' "$line" ;;
        esac
    done <"$root/tools/packages.txt"
    return 0
}

# Those of the named packages that are not installed: one question to dpkg, so that the usual case costs nothing.
missing_of() {
    local -A installed=()
    local name status
    while read -r status name; do
        [[ $status == ?i* ]] && installed[$name]=1
    done < <(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' "$@" 2>/dev/null || true)
    for name in "$@"; do [[ -n ${installed[$name]:-} ]] || printf '%s\n' "$name"; done
}

packages_installed=no
ensure_packages() { # SECTION...
    command -v dpkg-query >/dev/null ||
        stop 2 "no dpkg here: Fluorolab takes its libraries from Debian 12; tools/packages.txt names them"
    local wanted missing as_root=()
    mapfile -t wanted < <(packages_of "$@")
    mapfile -t missing < <(missing_of "${wanted[@]}")
    [[ ${#missing[@]} -gt 0 ]] || return 0

    local apt_options=(-q -y -o Acquire::Retries=3 -o DPkg::Lock::Timeout=600)
    local install=(install --no-install-recommends "${missing[@]}")
    if [[ $(id -u) -ne 0 ]]; then
        if ! { command -v sudo && sudo -n true; } &>/dev/null; then
            say "${#missing[@]} packages are missing and this user may not install them; run this line as root:"
            printf 'apt-get update && apt-get -y %s\n' "${install[*]}"
            exit 2
        fi
        as_root=(sudo -n)
    fi
    say "installing ${#missing[@]} missing packages and what they need (log: build/setup.log)"
    as_root+=(env DEBIAN_FRONTEND=noninteractive)
    # Old lists are good enough when a mirror does not answer, as long as the packages themselves can be had.
    "${as_root[@]}" apt-get "${apt_options[@]}" update </dev/null >>"$setup_log" 2>&1 ||
        say "the package lists could not be renewed; going on with those at hand"
    if ! "${as_root[@]}" apt-get "${apt_options[@]}" "${install[@]}" </dev/null >>"$setup_log" 2>&1; then
        tail -n 20 -- "$setup_log" >&2
        stop 1 "apt-get could not install the packages (above); is there a network and a Debian 12 mirror?"
    fi
    packages_installed=yes
}

# Where this user's caches go; the same choice as fluoro::cache_folder().
cache_folder() {
    local base
    for base in "${XDG_CACHE_HOME:-}" "${HOME:+$HOME/.cache}"; do
        [[ $base == /* ]] && mkdir -p -- "$base/fluorolab" 2>/dev/null &&
            [[ -w $base/fluorolab && -x $base/fluorolab ]] && printf '%s\n' "$base/fluorolab" && return
    done
    mkdir -p -- "$root/build/release/cache" && printf '%s\n' "$root/build/release/cache"
}

# One compiler cache for all clones: paths below the clone are kept relative, and the clone's own path out of the key.
use_compiler_cache() {
    : "${CCACHE_BASEDIR:=$root}"
    [[ -n ${CCACHE_HASHDIR+set}${CCACHE_NOHASHDIR+set} ]] || export CCACHE_NOHASHDIR=1
    local cache
    cache=$(cache_folder)
    [[ $cache != "$root"/* ]] || : "${CCACHE_DIR:=$root/build/cache/ccache}"
    export CCACHE_BASEDIR ${CCACHE_DIR+CCACHE_DIR}
}

# Compilers at a time: one a core, each with 1.5 GB of the memory that is free (ITK's and the tests' templates are large).
build_jobs() {
    local cores key value free_kb=0
    cores=$(nproc)
    while read -r key value _; do
        [[ $key == MemAvailable: ]] && free_kb=$value
    done </proc/meminfo
    local fit=$((free_kb / 1500000))
    printf '%s\n' $((fit < 1 ? 1 : fit < cores ? fit : cores))
}

# Reads ninja's output: keeps it in the log, announces the build at its first step, counts along on a terminal.
follow_build() { # PRESET LOG JOBS
    local line step announced=no counted=no
    while IFS= read -r line; do
        printf '%s\n' "$line"
        case $line in
            *'Re-checking globbed directories'*) ;;
            '['*/*']'*)
                step=${line%%]*}
                if [[ $announced == no ]]; then
                    announced=yes
                    say "building $1, ${step#*/} steps, $3 at a time (log: build/$1/build.log)"
                fi
                if [[ -t 2 ]]; then
                    printf '\r  %s] ' "$step" >&2
                    counted=yes
                fi
                ;;
        esac
    done >"$2"
    [[ $counted == no ]] || printf '\r\033[K' >&2
}

build() { # PRESET TARGET...
    local preset=$1 folder=$root/build/$1 log=$root/build/$1/build.log jobs
    shift
    mkdir -p -- "$folder"
    jobs=$(build_jobs)
    export NINJA_STATUS='[%f/%t] '
    use_compiler_cache
    # A build folder that came along with a moved or copied clone still names the old place.
    if [[ -f $folder/CMakeCache.txt ]] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$folder/CMakeCache.txt"; then
        rm -rf -- "$folder/CMakeCache.txt" "$folder/CMakeFiles" "$folder/build.ninja"
    fi
    if [[ ! -f $folder/build.ninja || $packages_installed == yes ]]; then
        say "configuring $preset"
        if ! (cd -- "$root" && cmake --preset "$preset") >"$log" 2>&1; then
            rm -f -- "$folder/build.ninja" # half a configuration must not pass for a whole one
            tail -n 30 -- "$log" >&2
            stop 1 "the build could not be configured (above; all of it: build/$preset/build.log)"
        fi
    fi
    if ! ninja -C "$folder" -j "$jobs" "$@" 2>&1 | follow_build "$preset" "$log" "$jobs"; then
        tail -n 40 -- "$log" >&2
        stop 1 "the build failed (above; all of it: build/$preset/build.log)"
    fi
}

# Two calls at a time must not install or build into the same folder: the second waits for the first.
lock_setup() {
    if ! mkdir -p -- "$root/build" 2>/dev/null || ! [[ -w $root/build ]]; then
        stop 2 "cannot write to $root/build, where the program is built: clone into a folder of your own"
    fi
    exec {setup_lock}>"$root/build/.lock"
    flock -n "$setup_lock" || {
        say "another tools/run or tools/test is setting up; waiting for it"
        flock "$setup_lock"
    }
    : >"$setup_log"
}
unlock_setup() { exec {setup_lock}>&-; }
