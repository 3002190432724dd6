#!/bin/sh
# Writes into the Go file $1 the newest patch of every Prometheus release line. The input has the tags of Prometheus'
# repository, one at the end of each line, as git ls-remote prints them.
set -eu
newest=$(sed 's|.*refs/tags/||' | grep -E '^v[23]\.[0-9]+\.[0-9]+$' | sort -V |
	awk -F. '{ newest[$1 "." $2] = $0; if (!seen[$1 "." $2]++) lines[++n] = $1 "." $2 }
		END { for (i = 1; i <= n; i++) print newest[lines[i]] }' | sed -n '/^v2\.5\./,$p')
[ -n "$newest" ] || { echo "patches.sh: the input has no tags of releases" >&2; exit 1; }
printf '%s\n' "$newest" | xargs -n 12 >"$1.list"
sed -i -e '/^const patches/r '"$1.list" -e '/^v[23]\./d' -e "s/as of [0-9-]*/as of $(date -u +%F)/" "$1"
rm "$1.list"
