# bash completion for purser, which is asked itself: purser complete -- WORDS… prints a candidate a line, a tab, and what is said of it.
# shellcheck shell=bash

# What bash cut at = and : is one word again; what is behind the cursor does not count. Quotes are taken off.
_purser_words() {
	local rest=${COMP_LINE:0:COMP_POINT} word i
	words=()
	for ((i = 0; i <= COMP_CWORD; i++)); do
		if ((i > 0)) && [[ $rest != [[:space:]]* && -n $rest ]]; then glued=1; else glued=; fi
		rest=${rest#"${rest%%[![:space:]]*}"}
		word=${COMP_WORDS[i]}
		((i < COMP_CWORD)) || word=$rest
		rest=${rest#"$word"}
		if [[ $glued ]]; then words[-1]+=$word; else words+=("$word"); fi
	done
	words=("${words[@]//[\"\'\\]/}")
}

_purser() {
	local words glued line word notes=() cur cut='' files='' i width=0
	_purser_words
	cur=${words[-1]}
	[[ $cur != *[=:]* ]] || cut=${cur%"${cur##*[=:]}"} # bash replaces only what is behind it
	COMPREPLY=()
	while IFS= read -r line; do
		word=${line%%$'\t'*}
		[[ $word ]] || { files=1; continue; }
		word=$(printf %q "${word#"$cut"}")
		COMPREPLY+=("$word")
		notes+=("${line#*$'\t'}")
		((${#word} <= width)) || width=${#word}
	done < <("${COMP_WORDS[0]}" complete -- "${words[@]:1}" 2>/dev/null)
	if [[ $files ]]; then
		compopt -o filenames
		mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "${cur#"$cut"}")
	elif ((${#COMPREPLY[@]} == 1)); then
		[[ ${COMPREPLY[0]} != *[=:/] ]] || compopt -o nospace
	elif ((COMP_TYPE == 63)); then # they are listed, and nothing is put into the line
		for i in "${!COMPREPLY[@]}"; do
			[[ -z ${notes[i]} ]] || COMPREPLY[i]=$(printf '%-*s  (%s)' "$width" "${COMPREPLY[i]}" "${notes[i]}")
		done
	fi
}

complete -o nosort -F _purser purser
