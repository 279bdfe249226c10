#!/usr/bin/env bash
# The go.mod and go.sum files of all modules are tidy; with --write, they become so.
set -euo pipefail
cd "$(dirname "$0")/../.."

tidy() {
  go mod tidy
}
if [ "${1:-}" != --write ]; then
  # The beginning is enough to see which way it went; go.sum alone can be hundreds of lines.
  tidy() {
    local diff
    diff=$(go mod tidy -diff) || { head -n 40 <<<"$diff" && return 1; }
  }
fi

status=0
while IFS= read -r -d '' file; do
  if [ ! -e "$file" ]; then continue; fi
  if ! (cd "$(dirname "$file")" && tidy); then
    echo "verify-tidy: $file is not tidy; mend it: make tidy" >&2
    status=1
  fi
done < <(git ls-files -z --cached --others --exclude-standard -- 'go.mod' '**/go.mod')
exit "$status"
