#!/usr/bin/env bash
# The same set-up as quickstart.sh, then all tests. ./test.sh dev runs them under AddressSanitizer and UBSan; further
# arguments go to ctest: ./test.sh release -R Csv.
. "$(dirname "$0")/setup.sh"

preset=${1:-release}
[ $# -gt 0 ] && shift
set_up "$preset"
export ASSAY_DATA="${ASSAY_DATA:+$ASSAY_DATA:}$PWD/data"
say "running the tests ($preset)"
exec ctest --preset "$preset" --output-on-failure -j "$(nproc)" "$@"
