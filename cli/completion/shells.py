"""The scripts by which bash, zsh and fish complete a command line.

Click's script for bash takes words as bash cuts them, at ":" and "=" too, and puts names with spaces unquoted into the
line; that for fish cuts names at a comma. Label sets are called "cup,car", and one of their classes "cup,car:cup". That
for zsh takes away what was typed where folders of the library and of the disk begin so, and the option before a "=".
"""

from __future__ import annotations

import os
import re
from typing import Any

from click.shell_completion import CompletionItem, FishComplete, ShellComplete, ZshComplete, add_completion_class
from click.shell_completion import split_arg_string as split

from cli.completion.lines import Unfinished, unfinished

NAME = "clipsearch"
VARIABLE = "_CLIPSEARCH_COMPLETE"  # as click calls it
KINDS = {"dir": "folders", "file": "files"}

_BASH = """\
# Completion of clipsearch for bash 4.4 or later, made by: clipsearch completion bash
_clipsearch_completion() {
    local -a replies
    mapfile -t replies < <(
        env COMP_LINE="${COMP_LINE:0:COMP_POINT}" COMP_WORDBREAKS="$COMP_WORDBREAKS" \\
            %(complete_var)s=bash_complete "$1" 2>/dev/null
    )
    case ${replies[0]} in
        files) compopt -o filenames -o default ;;
        folders) compopt -o filenames -o plusdirs ;;
    esac
    COMPREPLY=("${replies[@]:1}")
}
complete -o nosort -F _clipsearch_completion %(prog_name)s
"""

_ZSH = """\
#compdef %(prog_name)s
# Completion of clipsearch for zsh, made by: clipsearch completion zsh

%(complete_func)s() {
    local -a plain described replies
    local kind key about
    replies=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) \\
        %(complete_var)s=zsh_complete %(prog_name)s 2>/dev/null)}")
    [[ $PREFIX == --*=* ]] && compset -P 1 '*='
    for kind key about in $replies; do
        case $kind in
            dir) _path_files -/ && [[ -n $PREFIX ]] && return ;;  # names in two spellings would take it away
            file) _path_files -f ;;
            plain) if [[ $about == _ ]]; then plain+=("$key"); else described+=("$key:$about"); fi ;;
        esac
    done
    (( $#described )) && _describe -V unsorted described
    (( $#plain )) && compadd -V unsorted -a plain
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    %(complete_func)s "$@"
else
    compdef %(complete_func)s %(prog_name)s
fi
"""

_FISH = """\
# Completion of clipsearch for fish, made by: clipsearch completion fish
function _clipsearch_completion
    set -l word (commandline -ct | string collect)
    set -l option (string match -r '^--[^=]+=' -- $word; or echo)
    set -l replies (env COMP_WORDS=(commandline -cp | string collect) COMP_CWORD=$word \\
        %(complete_var)s=fish_complete %(prog_name)s 2>/dev/null)
    for reply in $replies
        set -l parts (string split -m 1 , -- $reply)
        switch $parts[1]
            case dir
                __fish_complete_directories $word
            case file
                __fish_complete_path $word
            case plain
                echo $option$parts[2]
        end
    end
end
complete --no-files --command %(prog_name)s --arguments "(_clipsearch_completion)"
"""


class Bash(ShellComplete):
    """Completes the word that the cursor is behind, whatever bash takes for a word."""

    name = "bash"
    source_template = _BASH
    line = Unfinished("", "", 0)

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the one to complete, and that one."""
        self.line = unfinished(os.environ["COMP_LINE"], os.environ.get("COMP_WORDBREAKS", ""))
        words = split(self.line.before)
        while words and re.match(r"\w+=", words[0]):
            del words[0]  # a variable that is set for the command
        return words[1:], "".join(split(self.line.word)[:1])

    def complete(self) -> str:
        """Return the kind of what follows, and in a line each what may take the word's place."""
        arguments, typed = self.get_completion_args()
        items = self.get_completions(arguments, typed)
        kind = next((KINDS[item.type] for item in items if item.type in KINDS), "words")
        words = [item.value for item in items if item.type not in KINDS]
        replies = words if kind != "words" else map(self.line.completed, words)  # bash itself quotes files
        return "\n".join([kind, *(reply for reply in replies if reply is not None)])

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """Return an item's value."""
        return str(item.value)


class Zsh(ZshComplete):
    """The same as click's, with a script that leaves alone what was typed."""

    source_template = _ZSH

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """Return an item in three lines; of a name beside a text a ":" would end it, and a backslash be none."""
        name = re.sub(r"[\\:]", r"\\\g<0>", str(item.value)) if item.help else str(item.value)
        return f"{item.type}\n{name}\n{item.help or '_'}"


class Fish(FishComplete):
    """The same as click's, with a script that leaves commas alone."""

    source_template = _FISH


SHELLS: dict[str, type[ShellComplete]] = {"bash": Bash, "zsh": Zsh, "fish": Fish}


def register() -> None:
    """Let click answer the shells by these."""
    for name, shell in SHELLS.items():
        add_completion_class(shell, name)


def script(shell: str) -> str:
    """Return the script that switches completion on in a shell of `SHELLS`."""
    from click import Command

    return SHELLS[shell](Command(NAME), {}, NAME, VARIABLE).source()
