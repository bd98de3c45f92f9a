# What the journal says, and who is told of a failure; sourced by tests/systemd/run.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034

# ---------------------------------------------------------------------------------- failures

# As tts-units(7) proposes, with a mail program that writes to a file.
test_a_failure_is_told_to_whom_the_administrator_says() {
	printf '#!/bin/sh\n{ echo "$*"; cat; } >>/root/mail\n' >"$root/usr/local/bin/mail"
	chmod 755 "$root/usr/local/bin/mail"
	hook tell-admin@.service tts-.service.d/failure.conf
	inside systemctl daemon-reload
	inside systemd-analyze verify tell-admin@tts-gc.service
	drop_in tts-gc.service $'[Service]\nExecStart=\nExecStart=/bin/sh -c "echo the reason; exit 3"'
	inside systemctl start tts-gc.service 2>/dev/null && fail 'it does not fail'
	until_so 10 inside grep -q 'the reason' /root/mail
	inside grep -q 'tts-gc.* root$' /root/mail
	# Once an hour, however often it fails.
	inside systemctl start tts-gc.service 2>/dev/null && fail 'it does not fail'
	inside sleep 1
	equal "$(inside grep -c ' root$' /root/mail)" 1 mails
	unit_is tts-gc.service failed
	no_drop_in tts-gc.service
	inside systemctl start tts-gc.service
	inside systemctl stop tell-admin@tts-gc.service
	inside rm -r /root/mail /usr/local/bin/mail /etc/systemd/system/tell-admin@.service /etc/systemd/system/tts-.service.d
	inside systemctl daemon-reload
	nothing_failed
}

# hook FILE…: the examples of tts-units(7) that have these names, into /etc/systemd/system.
hook() {
	local file
	for file; do
		mkdir -p "$(dirname "$root/etc/systemd/system/$file")"
		sed -n "\\|^\.Pa /etc/systemd/system/$file|,/^\.Ed/p" man/tts-units.7 |
			sed '1,/^\.Bd/d; /^\.Ed/d; s/\\(dq/"/g' >"$root/etc/systemd/system/$file"
		[ -s "$root/etc/systemd/system/$file" ] || fail "tts-units(7) has no $file"
	done
}

# ---------------------------------------------------------------------------------- the journal

test_the_journal_reads_as_a_story() {
	local lines
	inside journalctl --sync
	lines=$(inside journalctl -u tts-render -o cat)
	grep -qE 'claimed [0-9]+, ready [0-9]+, failed [0-9]+, .*, stale [0-9]+; [0-9.]+ s of sound in [0-9.]+ s' <<<"$lines"
	never grep -E '^(Starting|Started|Finished) |Deactivated' <<<"$lines"
	# Whatever the processes of a service are called.
	for unit in tts-api tts-api-heavy tts-render tts-gc tts-backup; do
		inside journalctl "_SYSTEMD_UNIT=$unit.service" -o json >"$work/lines"
		equal "$(jq -r .SYSLOG_IDENTIFIER <"$work/lines" | sort -u)" $unit
	done
}

test_the_journal_has_no_secret() {
	local secret
	inside journalctl --sync
	inside journalctl -o cat >"$work/journal"
	[ "$(wc -l <"$work/journal")" -gt 100 ]
	never grep -iE 'canary|Bearer|eyJ[A-Za-z0-9_-]{10}' "$work/journal"
	for secret in "$root"/etc/tts/secrets/*; do
		[ -s "$secret" ]
		never grep -qF -f "$secret" "$work/journal"
	done
}
