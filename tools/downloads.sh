# shellcheck shell=bash
# Sourced by the tools that download: Debian's packages, and what pip fetches.

say() { printf '%s\n' "$*" >&2; }

fetch() { # seconds, command: what downloads is tried three times, and each time ended after its limit
    local limit=$1 attempt
    shift
    for attempt in 1 2 3; do
        timeout --kill-after=30 "$limit" "$@" >&2 </dev/null && return
        say "Attempt $attempt of 3 failed, or took longer than $limit s: ${*:0:6} …"
    done
    return 1
}

missing() { # the packages among "$@" that are not installed
    local package
    for package in "$@"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || printf '%s\n' "$package"
    done
}

install_missing() { # those among "$@" that are not installed, as root or with sudo
    local absent
    mapfile -t absent < <(missing "$@")
    [ ${#absent[@]} -eq 0 ] && return
    say "Installing ${#absent[@]} Debian packages: ${absent[*]}"
    # Waits for a package manager that is already at work instead of failing beside it.
    # RUNLEVEL: invoke-rc.d(8) starts none of their services. Tests run their own, on ports and folders of their own.
    local apt=(env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0)
    apt+=(-o Acquire::Retries=3 -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30)
    [ "$(id -u)" -eq 0 ] || apt=(sudo -n "${apt[@]}")
    local install=("${apt[@]}" install -y --no-install-recommends "${absent[@]}")
    # The list of packages is fetched only when the one at hand is empty, or so old that its files are gone.
    "${install[@]}" --simulate >/dev/null 2>&1 </dev/null || fetch 300 "${apt[@]}" update
    # Downloaded first: what is killed while it unpacks leaves packages half installed.
    fetch 600 "${install[@]}" --download-only || { fetch 300 "${apt[@]}" update && fetch 600 "${install[@]}" --download-only; } || return
    "${install[@]}" >&2 </dev/null
}
