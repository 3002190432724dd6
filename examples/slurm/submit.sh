#!/bin/sh
# A plan over eight tasks of a Slurm array, and a job that answers when all have succeeded:
#   submit.sh outage.yml
# It is run in a folder that all nodes share, with notifysim in PATH. The shards are in plans/, the answer in plan.txt.
# Further arguments are sbatch's, for both jobs: submit.sh outage.yml --partition=short
set -eu
here=$(dirname "$0")
scenario=$1
shift
shards=$(sbatch --parsable "$@" "$here/plan.sbatch" "$scenario")
echo "shards: job ${shards%%;*}"
answer=$(sbatch --parsable --dependency="afterok:${shards%%;*}" --kill-on-invalid-dep=yes "$@" "$here/merge.sbatch")
echo "answer: job ${answer%%;*}, in plan.txt"
