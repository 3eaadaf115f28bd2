#!/usr/bin/env bash
# One audit as a step of a GitHub workflow. Inputs come as INPUT_*: none is run as code, split at blanks or shown.
# It keeps to what bash 3.2 knows, the bash of macOS.
set -euo pipefail

reports=$(mktemp -d "$RUNNER_TEMP/smsl.XXXXXX")
mark="smsl-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')" # that no text from outside can hold

output() { # name, value
  printf '%s<<%s\n%s\n%s\n' "$1" "$mark" "$2" "$mark" >> "$GITHUB_OUTPUT"
}

refuse() { # sentence
  printf '::error title=smsl::%s\n' "$1"
  output exit-code 2
  exit 2
}

arguments=(audit)
add() { # option, text: the option once for each line of the text that is not blank
  local line
  while IFS= read -r line; do
    line=${line#"${line%%[![:space:]]*}"}
    line=${line%"${line##*[![:space:]]}"}
    [ -z "$line" ] || arguments+=("$1$line")
  done <<< "$2"
}

add_one() { # name, text: as an option that can be given once
  local before=${#arguments[@]}
  add "--$1=" "$2"
  [ ${#arguments[@]} -le $((before + 1)) ] || refuse "The input $1 has more than one line."
}

# A commit named in full is the same wherever it comes from. Any other name is asked of the origin: a branch or tag of
# that name in the checkout may be the change's own.
trusted_commit() { # revision; prints the commit
  local commit=$1 shallow
  case $1 in
    -* | +* | *[!A-Za-z0-9._/@+-]*) return 1 ;;
  esac
  [[ $1 =~ ^([0-9a-f]{40}|[0-9a-f]{64})$ ]] || commit="refs/remotes/origin/$1"
  if git rev-parse --verify --quiet "$commit^{commit}"; then
    return
  fi
  shallow=$(git rev-parse --is-shallow-repository) || return
  if [ "$shallow" = true ]; then
    git fetch --quiet --no-tags --depth=1 origin "$1" || return
  else
    git fetch --quiet --no-tags origin "$1" || return
  fi
  git rev-parse --verify --quiet 'FETCH_HEAD^{commit}'
}

for input in INPUT_NO_INLINE_SUPPRESSIONS INPUT_SUMMARY INPUT_ANNOTATIONS; do
  [[ ${!input} =~ ^(true|false)$ ]] ||
    refuse "The inputs no-inline-suppressions, summary and annotations are true or false."
done
case $INPUT_SARIF_FILE in
  *[[:cntrl:]]*) refuse "The input sarif-file is no path." ;;
esac

add --plan= "$INPUT_PLAN"
add --template= "$INPUT_TEMPLATE"
add_one from "$INPUT_FROM"
add_one capture "$INPUT_CAPTURE"
[ ${#arguments[@]} -gt 1 ] || arguments+=(--from=.)
add_one fail-on "$INPUT_FAIL_ON"
add_one on-unknown "$INPUT_ON_UNKNOWN"
add_one baseline "$INPUT_BASELINE"
add_one config "$INPUT_CONFIG"

[ "$INPUT_NO_INLINE_SUPPRESSIONS" = false ] || arguments+=(--no-inline-suppressions)
if [ -n "$INPUT_TRUSTED_REF" ]; then
  commit=$(trusted_commit "$INPUT_TRUSTED_REF" 2> /dev/null) ||
    refuse "The revision in trusted-ref is not to be had: check out with fetch-depth: 0, or leave credentials to fetch it."
  arguments+=("--trusted-ref=$commit")
fi

sarif=${INPUT_SARIF_FILE:-$reports/smsl.sarif}
if [ -f "$sarif" ] || [ -L "$sarif" ]; then
  rm -f -- "$sarif" # an old report must not pass for this run's
fi
arguments+=("--format=sarif=$sarif" "--format=console=$reports/console")
arguments+=("--format=github=$reports/github" "--format=markdown=$reports/markdown")
add '' "$INPUT_ARGS"

code=0
printf '::stop-commands::%s\n' "$mark" # what names a report shows are no commands
"$SMSL" "${arguments[@]}" < /dev/null 2>&1 || code=$?
[ ! -f "$reports/console" ] || cat "$reports/console"
printf '::%s::\n' "$mark"

if [ "$INPUT_ANNOTATIONS" = true ] && [ -f "$reports/github" ]; then
  cat "$reports/github"
fi
if [ "$INPUT_SUMMARY" = true ] && [ -f "$reports/markdown" ] && [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
  if [ "$(wc -c < "$reports/markdown")" -lt 1000000 ]; then # GitHub drops a summary of more than 1 MiB
    cat "$reports/markdown" >> "$GITHUB_STEP_SUMMARY"
  else
    echo "The report of smsl is too long for a summary: see the job's log." >> "$GITHUB_STEP_SUMMARY"
  fi
fi
if [ "$code" -eq 2 ]; then
  echo '::error title=smsl::smsl could not run, or there was nothing to audit: see the log.'
fi
output exit-code "$code"
[ ! -f "$sarif" ] || output sarif "$sarif"
exit "$code"
