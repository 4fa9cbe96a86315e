# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of vfio-tph in fish. The program knows the answers;
# src/complete/offer.h tells what they look like.

function __vfio_tph_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    # Who is not root has no sbin in the path.
    set -lx PATH $PATH /usr/local/sbin /usr/sbin /sbin
    command -q $words[1]; or return
    # What stands before the name of a file in the same word.
    set -l lead (string match -r '^--[^=]*=' -- $current)
    for line in ($words[1] __complete fish $words[2..] "$current" 2>/dev/null)
        switch $line
            case ':files*' :directories
                set -l file (string replace -- "$lead" '' $current)
                if test $line = :directories
                    __fish_complete_directories "$file"
                else if test $line = ':files json'
                    __fish_complete_path "$file" |
                        string match -r '^.*(?:/|\.json)(?:\t.*)?$'
                else
                    __fish_complete_path "$file"
                end | string replace -r '^' -- "$lead"
            case :program
                set -l at (contains -i -- -- $words)
                complete -C (string join ' ' -- \
                    (string escape -- $words[(math $at + 1)..]) "$current")
            case ':*'
            case '*'
                echo $line
        end
    end
end

complete -c vfio-tph -f -a '(__vfio_tph_complete)'
