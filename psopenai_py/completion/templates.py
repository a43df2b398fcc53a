"""The script of each shell, for all programs at once. They ask the program itself, and know none of its parameters.

An answer is a line `TYPE,VALUE` in bash, with a tab and a description behind it in fish, and three lines in zsh. The
type `file` leaves the word to the shell.
"""

from __future__ import annotations

#: From bash 3.2 on, which macOS has: without compopt and `nosort`.
BASH = """\
_psopenai_complete() {
    local IFS=$'\\n' answer line value
    answer=$(env COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD="$COMP_CWORD" %(variable)s=bash_complete "$1")
    COMPREPLY=()
    for line in $answer; do
        value=${line#*,}
        if [[ ${line%%%%,*} == file ]]; then
            COMPREPLY=($(compgen -f -- "$value"))
            compopt -o filenames 2>/dev/null
            return 0
        fi
        # Readline takes @ for the end of a word, and then keeps it.
        [[ $value == @* && $2 != @* ]] && value=${value#@}
        [[ $value == *[[:space:]]* ]] && printf -v value %%q "$value"
        [[ $value == */ ]] && compopt -o nospace 2>/dev/null
        COMPREPLY+=("$value")
    done
}
complete -o nosort -F _psopenai_complete %(programs)s 2>/dev/null || complete -F _psopenai_complete %(programs)s
"""

ZSH = """\
#compdef %(programs)s

_psopenai_complete() {
    local -a plain described answer
    local type key descr suffix
    (( $+commands[$words[1]] )) || [[ -x $words[1] ]] || return 1
    answer=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) %(variable)s=zsh_complete $words[1])}")
    for type key descr in $answer; do
        if [[ $type == file ]]; then
            _path_files -f
        elif [[ $descr != _ ]]; then
            described+=("$key:$descr")
        elif [[ $key == */ ]]; then
            compadd -U -S '' -- "$key"
        else
            plain+=("$key")
        fi
    done
    if [[ -n $described ]]; then
        _describe -V unsorted described -U
    fi
    if [[ -n $plain ]]; then
        compadd -U -V unsorted -a plain
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _psopenai_complete "$@"
else
    compdef _psopenai_complete %(programs)s
fi
"""

FISH = """\
function _psopenai_complete
    set -l words (commandline -opc)
    for line in (env %(variable)s=fish_complete COMP_WORDS=(commandline -cp) COMP_CWORD=(commandline -t) $words[1])
        set -l answer (string split --max 1 , -- $line)
        if test $answer[1] = file
            __fish_complete_path $answer[2]
        else
            echo $answer[2]
        end
    end
end
for program in %(programs)s
    complete --no-files --keep-order --command $program --arguments '(_psopenai_complete)'
end
"""
