#!/bin/sh
# Installs Debian packages where it may (root, or sudo without a password), and says in one sentence what to do where
# it may not. Usage: debian-install.sh PACKAGE...
# With CI=true what is there already is installed anew, so that a run stands on nothing that was there before it.
# Exit: 0 all there; 3 may not install; anything else is apt-get's own failure.
set -eu

missing=
for package in "$@"; do
    [ "${CI:-}" != true ] && [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "This is no Debian: install the counterpart of these packages yourself:$missing" >&2
    exit 3
elif [ "$(id -u)" = 0 ]; then
    as_root=
elif sudo -n true 2>/dev/null; then
    as_root='sudo -n'
else
    echo "Not installed, and only root may do so: run 'sudo apt-get install$missing' once." >&2
    exit 3
fi

# Debian starts a server as soon as its package is installed; the tests start their own, so none may start here.
guard=/usr/sbin/policy-rc.d
if [ ! -e $guard ]; then
    trap '$as_root rm -f $guard' EXIT
    trap 'exit 130' INT TERM
    printf '#!/bin/sh\nexit 101\n' | $as_root tee $guard >/dev/null
    $as_root chmod 755 $guard
fi

echo "Installing Debian packages:$missing"
log=$(mktemp)
install() {
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 "$@" </dev/null >"$log" 2>&1 ||
        { status=$?; tail -n 30 "$log" >&2; rm -f "$log"; exit $status; }
}
install update
# shellcheck disable=SC2086 # a list of names, meant to be split
install install -y --reinstall --no-install-recommends $missing
rm -f "$log"
