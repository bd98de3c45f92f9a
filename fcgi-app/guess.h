#ifndef TTS_GUESS_H
#define TTS_GUESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Makes it slow to guess passwords. After GUESS_FREE failed logins of one client to one account,
 * each further one has to wait after the last: a second, two, four, GUESS_DELAY_SEC at most. If
 * an account has had GUESS_MANY failures from anywhere, each client waits the longest delay after
 * its first failure. A client's first login is never delayed, nor is one after a success: nobody
 * can lock the owner of an account out. Accounts that do not exist are treated like others, so the
 * delay does not reveal them.
 *
 * The counts are in memory that all workers share, and are forgotten GUESS_FORGET_SEC after the
 * last failure. Workers do not lock it: two failures at the same moment may count as one.
 */
#define GUESS_FREE 5
#define GUESS_MANY 50
#define GUESS_DELAY_SEC 30
#define GUESS_FORGET_SEC 900

/* How many numbers the counts take up; see count_guesses(). */
#define GUESS_SLOTS 4096
#define GUESS_NUMBERS (GUESS_SLOTS * 3)

/* Use NUMBERS, zero at first, for the counts. */
void guess_open(uint64_t *numbers);

/*
 * Seconds until CLIENT, the text of an IP address, may try again to log in to ACCOUNT (an e-mail
 * address in the form that user_email_key makes); 0 if it may now. NOW_MS is clock_ms(). For IPv6
 * a client is a /64, because it can choose the rest itself.
 */
uint32_t guess_wait_sec(const char *account, const char *client, int64_t now_ms);

/* Note how a login ended that was allowed. */
void guess_note(const char *account, const char *client, bool success, int64_t now_ms);

#endif
