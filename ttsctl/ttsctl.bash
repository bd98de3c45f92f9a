# bash completion for ttsctl(8); goes to share/bash-completion/completions/ttsctl.
# shellcheck shell=bash

_ttsctl() {
	local -A words=(
		[status]='--json --interval'
		[watch]='--json --interval --count'
		[retry]='--json --project --all'
		[rerender]='--json --preview --user --project --language --older-than'
		[verify]='--json --repair --project'
		[gc]='--json --dry-run --verbose'
		[user]='list add passwd disable enable delete token'
		[project]='list show delete'
		[webhook]='list show enable disable redeliver'
		[device]='list'
		[work]='list show retry cancel'
		[pipeline]='list show retry resume pause unpause cancel'
		[dead]='list show retry drop'
		[stage]='list pause resume'
		[engine]='list hold release enable disable'
		[doctor]='--json'
		[event]='tail'
		[tier]='list pending top failed show history pins pin unpin retry'
		[config]='check show'
		[migrate]='--json --defaults-file= --socket= --user= --database= --accounts= --from-host= --require='
		[split]='--json --lang --max'
		[say]='--json --lang'
	)
	local -A more=(
		[user list]='--json'
		[user add]='--json --name --password-file'
		[user passwd]='--json --password-file'
		[user disable]='--json'
		[user enable]='--json'
		[user delete]='--json'
		[user token]='--json'
		[project list]='--json --user'
		[project show]='--json'
		[project delete]='--json'
		[webhook list]='--json'
		[webhook show]='--json'
		[webhook enable]='--json'
		[webhook disable]='--json'
		[webhook redeliver]='--json'
		[device list]='--json'
		[work list]='--json --all'
		[work show]='--json'
		[work retry]='--json --all'
		[work cancel]='--json'
		[pipeline list]='--json --all --stage --state --class --user'
		[pipeline show]='--json'
		[pipeline retry]='--json lyric song video'
		[pipeline resume]='--json'
		[pipeline pause]='--json --reason'
		[pipeline unpause]='--json'
		[pipeline cancel]='--json'
		[dead list]='--json --stage --class --user'
		[dead show]='--json'
		[dead retry]='--json --yes --all --stage --class --user'
		[dead drop]='--json --yes --all --stage --class --user'
		[stage list]='--json'
		[stage pause]='--json --reason lyric song video'
		[stage resume]='--json lyric song video'
		[engine list]='--json'
		[engine hold]='--json --reason'
		[engine release]='--json'
		[engine enable]='--json'
		[engine disable]='--json --reason'
		[event tail]='--json --follow --user --after'
		[tier list]='--json --dry-run'
		[tier pending]='--json --number'
		[tier top]='--json --number --level'
		[tier failed]='--json --number'
		[tier show]='--json'
		[tier history]='--json --number --project'
		[tier pins]='--json'
		[tier pin]='--json'
		[tier unpin]='--json'
		[tier retry]='--json'
		[config check]='--json'
		[config show]='--json'
	)
	local current=${COMP_WORDS[COMP_CWORD]} i=1 command list file
	while [ "$i" -lt "$COMP_CWORD" ]; do
		case ${COMP_WORDS[i]} in
		-c) i=$((i + 2)) ;;
		-*) i=$((i + 1)) ;;
		*) break ;;
		esac
	done
	command=${COMP_WORDS[i]-}
	case ${COMP_WORDS[COMP_CWORD - 1]} in
	-c | --password-file) file=1 ;;
	--interval | --count | --after | --project | --user | --name | --lang | --max | --reason | --class | --state | --number | --level | --language | --older-than) return ;;
	--stage)
		mapfile -t COMPREPLY < <(compgen -W 'lyric song video' -- "$current")
		return
		;;
	esac
	if [ "$i" -ge "$COMP_CWORD" ]; then
		list="-c --local -h --help -V --version ${!words[*]}"
	elif [[ ${words[$command]--} == -* ]]; then # it has no actions
		list="${words[$command]-} --help"
		[[ $command != split && $command != say ]] || [[ $current == -* ]] || file=1
	elif [ "$((i + 1))" -lt "$COMP_CWORD" ]; then
		list="${more[$command ${COMP_WORDS[i + 1]}]-} --help"
	else
		list=${words[$command]}
		[[ $current != -* ]] || list=--help
	fi
	COMPREPLY=()
	if [ -n "${file-}" ]; then
		while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen -f -- "$current")
	else
		while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen -W "$list" -- "$current")
	fi
}
complete -o filenames -F _ttsctl ttsctl
