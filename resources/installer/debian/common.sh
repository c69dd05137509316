package=@PACKAGE@ version=@VERSION@
place=/opt/$package

say() { # in Japanese, in English
    printf '\n%s\n%s\n\n' "$1" "$2" >&2
}

# Have a version be the one that is started, from one moment to the next (rename(2)). Nothing before its files are there.
start_with() {
    [ -e "$place/$1/bin/kiosk" ] || return 0
    ln -sfn "$1" "$place/.current"
    mv -T "$place/.current" "$place/current"
    sync "$place"
}

# The processes that run from there, each with its account: those that use a file from there (the path is the sixth field of a line, and may
# hold blanks, proc(5)), and those whose program was called by a name there. The parent that keeps the counter running is the system's Python,
# and has nothing else of ours, while its counter is about to be started again.
running() {
    {
        grep -ls "^[^ ]* [^ ]* [^ ]* [^ ]* [0-9]* *$place/" /proc/[0-9]*/maps || :
        for called in $(grep -lsz "^$place/" /proc/[0-9]*/cmdline); do
            # Of the arguments the first: an editor may name a file of ours.
            if tr '\0' '\n' 2>/dev/null <"$called" | head -n 1 | grep -qs "^$place/"; then echo "$called"; fi
        done
    } | cut -d / -f 3 | sort -nu | while read -r process; do
        echo "$process ($(stat -c %U "/proc/$process" 2>/dev/null))"
    done
}

# What is of another version: dpkg has left it when it was killed.
remove_others() {
    for other in "$place"/*; do
        case "${other##*/}" in
        "$version" | current) ;;
        *) rm -rf "$other" ;;
        esac
    done
}

# dpkg takes /opt away with the last package in it (Filesystem Hierarchy Standard 3.0, 3.13: it is always there).
keep_opt() {
    # A link that leads nowhere is somebody's, and no reason to keep the package.
    [ -d /opt ] || mkdir -m 0755 /opt || :
}

refuse_to_go_back() { # from a version: the new one's data are not for the old one
    dpkg --compare-versions "$1" le "$version" && return
    say "より新しい版($1)が入っています。古い版($version)には戻せません。戻す必要があるときは、先に apt remove $package を実行してください(データは残ります)。何も変更していません。" \
        "A newer version ($1) is installed. To go back to $version, run apt remove $package first (data are kept). Nothing was changed."
    exit 1
}

refuse_full_disk() { # dpkg would notice in the middle, and undo what it has done
    disk=/
    if [ -d /opt ]; then disk=/opt; fi
    free=$(df --output=avail -k "$disk" | tail -n 1)
    [ "$free" -gt $((@KILOBYTES@ + 51200)) ] && return
    say "ディスクの空きが足りません。300 MB 以上あけてから、もう一度実行してください。何も変更していません。" \
        "There is not enough free disk space. Make 300 MB free, then try again. Nothing was changed."
    exit 1
}
