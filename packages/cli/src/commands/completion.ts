/** `signalbox completion`: a few lines for a shell, which ask `signalbox complete` as somebody types. */
import { reportFailure } from "../exit.ts";
import { wrongUsage } from "../operations/wrong-usage.ts";
import type { Shell } from "../shell.ts";

const scripts: Readonly<Record<string, string>> = {
  // Bash would cut a word at @ and :, which handles, ids and times have.
  bash: `COMP_WORDBREAKS=\${COMP_WORDBREAKS//[@:]/}
_signalbox() {
  local word
  COMPREPLY=()
  while IFS=$'\\t' read -r word _; do
    COMPREPLY+=("$(printf '%q' "$word")")
  done < <(signalbox complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _signalbox signalbox
`,
  zsh: `#compdef signalbox
_signalbox() {
  local line word what
  local -a found
  while IFS=$'\\t' read -r word what; do
    [[ -z $word ]] && continue
    word=\${word//:/\\\\:}
    found+=("\${word}\${what:+:$what}")
  done < <(signalbox complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#found} )); then _describe signalbox found; else _files; fi
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
compdef _signalbox signalbox
`,
  fish: `function __signalbox_complete
  set -l words (commandline -opc) (commandline -ct)
  signalbox complete -- $words[2..-1] 2>/dev/null
end
complete -c signalbox -f -a '(__signalbox_complete)'
`,
};

/** Prints the lines for a shell; gives the exit code. */
export function completion(name: string, shell: Shell): number {
  const script = scripts[name];
  if (script !== undefined) {
    shell.out(script);
    return 0;
  }
  const known = Object.keys(scripts).join(", ");
  return reportFailure(wrongUsage("<shell>", `${JSON.stringify(name)} is none of ${known}`), {
    err: shell.err,
  });
}
