#ifndef TTS_TEST_FIXTURE_H
#define TTS_TEST_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <string.h>

#include "../../store/db/db_internal.h"
#include "../../store/queue.h"
#include "../../store/store.h"

/*
 * A temporary MariaDB with its schema and its accounts, for one test program. With TTS_TEST_CONF in
 * the environment (the path of a tts.conf), the server named there is used instead, and tests that
 * stop the server are skipped. The changes of a test remain for the next one, so each creates a
 * user of its own.
 */

/* Group set-up and tear-down. */
int fixture_start(void **state);
int fixture_stop(void **state);

/* Run "tests/mariadb COMMAND"; the test is skipped if the server is not ours. */
void fixture_server(const char *command);

/* Kill the server with SIGKILL. */
void fixture_kill_server(void);

/* The directory of the temporary server. */
const char *fixture_dir(void);

/* A configuration for this server through SOCKET (NULL: its own), with a time-out. */
const struct conf *fixture_conf(const char *socket, int timeout_sec);

/* A new connection; the caller frees it. */
struct db *fixture_db(enum account account);

/* One connection of each account for all tests of the program. */
extern struct db *api, *renderer, *worker, *notifier, *admin;

/* A pool that lives as long as the program. */
extern struct pool *pool;

/* Run SQL as the migration account: rows, the number in the first column, or nothing. */
struct rows fixture_rows(const char *format, ...) __attribute__((format(printf, 1, 2)));
uint64_t fixture_number(const char *format, ...) __attribute__((format(printf, 1, 2)));
void fixture_run(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Run a shell command with sh -c; return its exit status. Its output is in fixture_said. */
int fixture_shell(const char *format, ...) __attribute__((format(printf, 1, 2)));
extern char fixture_said[8192];

/* The page with this number of a list that has ten things on each. */
#define PAGE_OF_TEN(number)                                                                        \
	&(struct page_wish)                                                                        \
	{                                                                                          \
		.n = (number), .size = PAGE_SIZE                                                   \
	}

/* A new user, and a project of N sentences "one", "two" … that are all queued. */
uint64_t fixture_user(void);
struct project fixture_project(uint64_t user, size_t n);

/* Remove every user, project and sentence, and set the queue's clock to 0. */
void fixture_clear(void);

/* The same, as the set-up of a test. */
int fixture_empty_queue(void **state);

/* The sentence with that id, as its owner reads it. */
struct audio fixture_sentence(uint64_t user, uint64_t id);

/* Sentence I (from 0) of a project, as its owner reads it. */
struct audio fixture_audio(uint64_t user, uint64_t project, uint64_t i);

/* The texts of a project in order, joined by blanks. */
const char *fixture_texts(uint64_t user, uint64_t project);

/*
 * Run CODE in N processes at once, each with its number and connections of its own; they start
 * together. The test fails unless CODE returns 0 in each; it must not use cmocka.
 */
void fixture_together(int n, int (*code)(int number, void *arg), void *arg);

/* Memory that those processes share, zeroed. */
void *fixture_shared(size_t size);

/* Check the invariants of every project: counts, stretches, no negative positions. */
void fixture_check(void);

/* Make a claim of at most MAX, and finish a claim. */
struct claimant fixture_claimant(const char *host, int lease_sec);
size_t fixture_claim(struct claimant *who, size_t max, struct claim *v);
struct result fixture_result(
    const struct claimant *who, const struct claim *claim, enum outcome outcome);

#define assert_rc(call, expected) assert_string_equal(rc_name(call), rc_name(expected))

/* For audio_edit and the like: this revision has to be the present one. */
#define REVISION(n) (&(struct if_match){(const uint64_t[]){n}, 1})

#endif
