#!/usr/bin/env bash
# The steps of action.yml: scenarios.sh changed | compare | comment | test. They read what the workflow says from
# environment variables, never from the text of a command, and run in the repository that has the scenarios. Files
# between steps are in RUNNER_TEMP, which also has bin/notifysim.
set -euo pipefail

list=$RUNNER_TEMP/scenarios     # the files to test, each ended by a NUL
table=$RUNNER_TEMP/compare.md   # the comparison, as it is commented
marker='<!-- notifysim -->'     # the first line of the comment, by which it is found again
most=60                         # rows of the table: a comment has at most 65,536 characters
export PATH="$RUNNER_TEMP/bin:$PATH"

# base prints the commit to compare with: where the change left its base, as far as the clone shows; nothing if there is
# none, as for a new branch.
base() {
	[[ ${BASE:-} =~ ^[0-9a-f]{40,}$ && $BASE =~ [1-9a-f] ]] || return 0
	git cat-file -e "$BASE^{commit}" 2>/dev/null || git fetch --quiet --no-tags --depth=1 origin "$BASE"
	git merge-base "$BASE" HEAD 2>/dev/null || echo "$BASE"
}

# changed lists the scenarios that were changed since the base; all of them if there is no base, or if another file that
# scenarios may read was changed.
changed() {
	local files depends from other
	read -ra files <<<"${FILES:?}"
	read -ra depends <<<"${DEPENDS:-}"
	from=$(base)
	other=
	if [[ -n $from && ${#depends[@]} -gt 0 ]]; then
		other=$(git diff --name-only "$from" HEAD -- "${depends[@]}" |
			grep -vxFf <(git diff --name-only "$from" HEAD -- "${files[@]}"; git ls-files -- "${files[@]}") || true)
	fi
	if [[ -z $from || -n $other ]]; then
		git ls-files -z -- "${files[@]}" >"$list"
	else
		git diff -z --name-only --diff-filter=d "$from" HEAD -- "${files[@]}" >"$list"
	fi
	scenarios
	echo "tested=${#scenarios[@]}" >>"$GITHUB_OUTPUT"
	printf '%s\n' "${scenarios[@]}"
}

# scenarios reads the list into an array of that name.
scenarios() { mapfile -d '' scenarios <"$list"; }

# records prints the records of the scenarios, in the folder where they are run. A file that is missing or bad has none.
records() {
	local file args
	read -ra args <<<"${ARGS:-}"
	for file in "${scenarios[@]}"; do
		GITHUB_ACTIONS='' notifysim test --output json "${args[@]}" -- "$file" 2>/dev/null || true
	done
}

# compare runs the scenarios as they are on the base and here, and writes a table of the runs that differ.
compare() {
	local from before
	scenarios
	from=$(base)
	before=$RUNNER_TEMP/base
	git worktree add --quiet --detach "$before" "$from"
	(cd "$before" && records) >"$RUNNER_TEMP/base.json"
	git worktree remove --force "$before"
	records >"$RUNNER_TEMP/head.json"
	jq -rn --slurpfile base "$RUNNER_TEMP/base.json" --slurpfile head "$RUNNER_TEMP/head.json" --argjson most $most '
		def key: [.file, .test, .release, .engine, .seed];
		def verdict: if . == null then "–" elif .pass then "pass" else "FAIL" end;
		def number: if . == null then "–" else tostring end;
		def change(f): [(.base | f), (.head | f)] | if .[0] == .[1] then .[0] else .[0] + " → " + .[1] end;
		def cell: gsub("\\|"; "\\|") | gsub("[\r\n]+"; " ");
		def row: (.head // .base) as $run | [
			($run | "\(.file): \(.test)" | cell), $run.release, ($run.seed | tostring), change(verdict),
			change(.ledger.delivered | number), change(.ledger.lost | number),
			(if .base == null then "new" elif .head == null then "gone, or the file has errors"
			elif [.base, .head | del(.trace_sha256)] | .[0] == .[1] then "only in the trace" else "" end)
		] | "| " + join(" | ") + " |";
		[($base[] | {base: .}), ($head[] | {head: .})] | group_by(.base // .head | key) | map(add)
		| map(select(.base.trace_sha256 != .head.trace_sha256 or .base.pass != .head.pass)) as $rows
		| ($rows | length | tostring), (if $rows == [] then "No run has another outcome than on the base." else
			"| scenario | release | seed | verdict | delivered | lost | |", "|---|---|--:|---|--:|--:|---|",
			($rows[:$most][] | row), (if ($rows | length) > $most then "", "\(($rows | length) - $most) more." else empty end)
		end)' >"$table.tmp"
	echo "different=$(head -n 1 "$table.tmp")" >>"$GITHUB_OUTPUT"
	{
		echo "$marker"
		echo "### notifysim: ${#scenarios[@]} scenario files, base → head"
		echo
		tail -n +2 "$table.tmp"
	} >"$table"
	cat "$table" >>"$GITHUB_STEP_SUMMARY"
}

# comment writes the comparison as a comment of the pull request, over the one of an earlier run. Without a difference
# and an earlier comment there is nothing to say. A token of a fork may not comment: the summary has the table too.
comment() {
	local comments id
	comments=repos/$GITHUB_REPOSITORY/issues
	if ! id=$(gh api --paginate "$comments/$PULL_REQUEST/comments" \
		--jq ".[] | select(.body | startswith(\"$marker\")) | .id" | head -n 1); then
		echo "::warning::the comparison is not commented: the comments cannot be read"
		return
	fi
	if [[ -n $id ]]; then
		gh api --method PATCH "$comments/comments/$id" --field "body=@$table" --silent
	elif [[ $DIFFERENT != 0 ]]; then
		gh api --method POST "$comments/$PULL_REQUEST/comments" --field "body=@$table" --silent
	fi || echo "::warning::the comparison is not commented: give the workflow the permission pull-requests: write"
}

# run_tests runs the scenarios. notifysim marks failures in the files, since GITHUB_ACTIONS is true.
run_tests() {
	local args code=0
	scenarios
	if [[ ${#scenarios[@]} -eq 0 ]]; then
		echo "The change concerns no scenario."
		return
	fi
	read -ra args <<<"${ARGS:-}"
	notifysim test "${args[@]}" -- "${scenarios[@]}" | tee "$RUNNER_TEMP/test.txt" || code=$?
	{
		echo '~~~~text'
		head -c 500000 "$RUNNER_TEMP/test.txt"
		echo '~~~~'
	} >>"$GITHUB_STEP_SUMMARY"
	return $code
}

case ${1:-} in
changed | compare | comment) "$1" ;;
test) run_tests ;;
*)
	echo "scenarios.sh ${1:-}: write scenarios.sh changed, compare, comment or test" >&2
	exit 2
	;;
esac
