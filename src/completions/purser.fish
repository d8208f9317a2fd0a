# fish completion for purser, which is asked itself: purser complete -- WORDS… prints a candidate a line, a tab, and what is said of it.

function __purser_candidates
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in ($words[1] complete -- $words[2..-1] "$current" 2>/dev/null)
        if string match -q \t'*' -- $line
            set -l option (string match -r '^-.*=' -- $current)
            for path in (__fish_complete_path (string replace -r '^-.*=' '' -- $current))
                printf '%s%s\n' "$option" $path
            end
        else
            printf '%s\n' $line
        end
    end
end

complete -c purser -f -a '(__purser_candidates)'
