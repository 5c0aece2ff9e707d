#!/usr/bin/env bash
# From a fresh Debian 12 to a leaderboard: installs what is missing, builds, compares GANs with collaborative filtering on
# MovieLens. Arguments go to the runner: ./quickstart.sh seeds=[1] runs the experiment with one seed.
. "$(dirname "$0")/setup.sh"

set_up release
say "running experiments/gan_vs_cf.json"
exec build/release/bin/runner experiments/gan_vs_cf.json "$@"
