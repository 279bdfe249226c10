#!/usr/bin/env bash
# The twin of `make generate`: regenerates in a copy of the working tree and
# compares. Neither the tree nor git's idea of it matters: what is not committed
# yet is checked as it stands, and nothing is written.
set -euo pipefail
cd "$(dirname "$0")/../.."

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT

# Every file that is or could be committed. git also lists files that were
# deleted but not yet committed as such: those are passed over.
git ls-files -z --cached --others --exclude-standard |
  while IFS= read -r -d '' file; do
    if [ -e "$file" ]; then printf '%s\0' "$file"; fi
  done |
  tar --null --files-from=- -cf - |
  tar -C "$copy" -xf -

# Without generated files the copy shows what generating writes, not what is
# left from before: a package that no longer needs deepcopy functions, say.
find "$copy/api" -name 'zz_generated.*' -delete
rm -f "$copy"/config/crd/commissioning.support_*.yaml "$copy/config/rbac/role.yaml"

# Not a part of the make that called: its job slots and -n are not for this one.
env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make --silent -C "$copy" generate CONTROLLER_GEN="$CONTROLLER_GEN"

status=0
for path in api config/crd config/rbac/role.yaml charts docs/reference; do
  if [ ! -e "$path" ] && [ ! -e "$copy/$path" ]; then continue; fi
  diff -ruN "$path" "$copy/$path" | sed "s|$copy/|generated/|" || status=1
done
if [ "$status" -ne 0 ]; then
  echo "verify-generate: the files above differ from what is generated; mend it: make generate" >&2
fi
exit "$status"
