# ttsctl for levels of storage, with a configuration of its own: three levels below $work/levels, of which the lowest is the
# media directory of the stack, which knows nothing of them. tts-tier is started by hand.
# shellcheck shell=bash disable=SC2034,SC2153,SC2154

tier_conf=$work/levels/tts.conf

# with_levels [LINE]…: more settings of the group levels.
with_levels() {
	local level
	mkdir -p "$work/levels/conf.d"
	for level in silver gold; do
		mkdir -p "$work/levels/$level"
		: >>"$work/levels/$level/.tts-media"
	done
	cp "$STATE/tts.conf" "$work/levels"
	cp "$STATE/conf.d"/* "$work/levels/conf.d"
	cat >"$work/levels/conf.d/levels.conf" <<-END
		levels = {
			list = (
				{ name = "bronze"; path = "$STATE/media"; min_count = 0; free_mib = 0; },
				{ name = "silver"; path = "$work/levels/silver"; min_count = 1000; free_mib = 0; },
				{ name = "gold"; path = "$work/levels/gold"; min_count = 2000; free_mib = 0; }
			);
			half_life_sec = 0;
			min_stay_sec = 0;
			repeat_sec = 0;
			daily_max = 0;
			high_percent = 100;
			grace_sec = 2;
			fetch_log = "$work/levels/fetches.log";
			lock_file = "$work/levels/tier.lock";
			$*
		};
		metrics = { tier_file = "$work/levels/metrics.tier"; };
	END
	[ -e "$work/levels/fetches.log" ] || : >"$work/levels/fetches.log"
}

# tier STATUS ARGUMENT…: like ctl, with levels.
tier() {
	local STATE=$work/levels
	ctl "$@"
}

test_without_levels_there_is_nothing_to_say() {
	ctl 69 tier
	says 'levels.list is not set' "$err"
	ctl 69 tier pending
	ctl 64 tier nothing
	ctl 64 tier top --project 1
	ctl 64 tier pin 1
	ctl 0 status --json
	has 'has("tier") | not'
}

test_status_says_which_level_cannot_be_used() {
	with_levels
	tier 0 status --json
	has '.tier | .seen_sec == null and ([.levels[] | .level] == ["bronze", "silver", "gold"]) and all(.levels[]; .usable)'
	has 'any(.findings[]; .wrong == false and (.what | test("tts-tier has not run")))'
	rm "$work/levels/gold/.tts-media"
	tier 1 status
	says '^WRONG: the level gold, .*/gold, cannot be used: .*\.tts-media'
	says '^levels +gold: cannot be used'
	says '^ +silver: [0-9.]+ .iB of [0-9.]+ .iB free'
	never grep -q 'WRONG.*silver' <<<"$out"
	tier 1 status --json
	has '[.tier.levels[] | select(.usable | not) | .level] == ["gold"]'
	: >"$work/levels/gold/.tts-media"
}

never() {
	if "$@"; then
		fail "should not succeed: $*"
	fi
}
