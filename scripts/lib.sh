# shellcheck shell=bash
# What the scripts share. Sourced, not run; expects the root of the repository as the current folder.

# The folder for the full output of each phase.
logs="${CARGO_TARGET_DIR:-target}/test-logs"
mkdir -p "$logs"

# Logs are read by people and by scripts/test-summary: without colours.
export CARGO_TERM_COLOR=never

# phase NAME COMMAND...: runs a command with its output in a log, prints its name, outcome and duration, and on failure
# the last lines of the log. Returns 1 on failure.
phase() {
    local name=$1 started=$SECONDS log="$logs/$1.log"
    shift
    printf '%-10s' "$name"
    if "$@" >"$log" 2>&1; then
        printf 'ok      %4d s\n' $((SECONDS - started))
        return 0
    fi
    printf 'FAILED  %4d s   all of it: %s\n' $((SECONDS - started)) "$log"
    grep -Ev '^ *(Compiling|Checking|Documenting|Downloaded|Downloading|Blocking|Running) ' "$log" | tail -n 60 | sed 's/^/    /' || true
    return 1
}

# Prints the folder of PostgreSQL's server programs, the newest if there are several; returns 1 if there is none.
# Debian keeps them out of PATH.
postgres_bin() {
    local folder found=
    for folder in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V); do
        if [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ]; then
            found=$folder
        fi
    done
    if [ -z "$found" ] && command -v initdb >/dev/null 2>&1; then
        found=$(dirname "$(readlink -f "$(command -v initdb)")")
    fi
    [ -n "$found" ] && echo "$found"
}

# program NAME: whether a server program is installed. Those of servers lie outside of the PATH of ordinary users.
program() {
    PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/lib/dovecot" command -v "$1" >/dev/null 2>&1
}

# Prints Debian's packages with the servers, the browser and the compiler that tests need and that are not installed, one a line.
# PostgreSQL is not asked for where REJOINDER_TEST_POSTGRES names one.
missing_packages() {
    [ -n "${REJOINDER_TEST_POSTGRES:-}" ] || postgres_bin >/dev/null || echo postgresql
    program dovecot && program doveadm && program imap || echo dovecot-imapd
    program pop3 || echo dovecot-pop3d
    program lmtp || echo dovecot-lmtpd
    program postfix || echo postfix
    program chromium || echo chromium
    program "${CXX:-c++}" || echo g++
}

# Prints the name of the installed mail server that Postfix would push out (Debian allows one); returns 1 if there is none.
other_mail_server() {
    local found
    found=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Provides}\n' 2>/dev/null |
        awk '/^.i/ && / mail-transport-agent/ && $2 != "postfix" { print $2; exit }')
    [ -n "$found" ] && echo "$found"
}
