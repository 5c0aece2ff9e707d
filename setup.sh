# Shared by quickstart.sh and test.sh: installs what is missing, fetches the MovieLens data package, configures and builds.
# Sourced, never run by itself. Says what it does; says nothing where there is nothing to do.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# Paths inside the checkout do not count for ccache: another clone finds what this one compiled.
export CCACHE_BASEDIR="${CCACHE_BASEDIR:-$PWD}" CCACHE_NOHASHDIR=1

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
die() { printf 'setup: %s\n' "$*" >&2; exit 1; }

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else die "needs root to run: $* (no sudo here; run that as root, then try again)"
  fi
}

missing_packages() {
  local name
  while read -r name; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || echo "$name"
  done < <(grep -v '^ *\(#\|$\)' packages.txt)
}

install_packages() {
  local missing
  command -v dpkg-query >/dev/null || die "this script knows Debian and its kin only; packages.txt lists what Assay needs"
  missing=$(missing_packages)
  [ -z "$missing" ] && return
  say "installing Debian packages:" $missing
  as_root apt-get update -qq || die "apt-get update failed; is the network up?"
  # shellcheck disable=SC2086
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null ||
    die "apt-get could not install: $missing"
}

# MovieLens latest-small, as Debian's package r-cran-dslabs ships it. Only unpacked: R is not needed.
fetch_data() {
  local wanted=data/dslabs/data/Rdata.rdx
  [ -e "$wanted" ] && return
  say "fetching MovieLens (Debian package r-cran-dslabs) into data/dslabs"
  (
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    chmod 755 "$folder"
    if ! (cd "$folder" && apt-get download -qq r-cran-dslabs 2>/dev/null); then
      as_root apt-get update -qq || die "apt-get update failed; is the network up?"
      (cd "$folder" && apt-get download -qq r-cran-dslabs) || die "apt-get cannot download r-cran-dslabs"
    fi
    dpkg -x "$folder"/r-cran-dslabs_*.deb "$folder/unpacked"
    mkdir -p data
    rm -rf data/dslabs
    mv "$folder/unpacked/usr/lib/R/site-library/dslabs" data/dslabs
  )
  [ -e "$wanted" ] || die "the package r-cran-dslabs does not hold $wanted any more"
}

build() {
  local preset=$1
  if [ ! -e "build/$preset/build.ninja" ]; then
    say "configuring ($preset)"
    cmake --preset "$preset" >"build-$preset.log" 2>&1 || { cat "build-$preset.log" >&2; die "cmake failed"; }
    mkdir -p "build/$preset" && mv "build-$preset.log" "build/$preset/configure.log"
  fi
  say "building ($preset)"
  cmake --build --preset "$preset" -j "$(nproc)" >"build/$preset/build.log" 2>&1 ||
    { tail -n 60 "build/$preset/build.log" >&2; die "the build failed; all of it is in build/$preset/build.log"; }
}

set_up() {
  install_packages
  fetch_data
  build "$1"
}
