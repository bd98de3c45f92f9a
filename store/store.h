#ifndef TTS_STORE_H
#define TTS_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../common/base/auth.h"
#include "../common/say/lexicon.h"
#include "../common/base/mem.h"
#include "../common/base/rc.h"
#include "../common/text/text.h"
#include "db/db.h"

/* ------------------------------------------------------------------ store/page.c */

#define PAGE_SIZE                                                                                  \
	10 /* things a page, unless others are asked for: part of the contract with clients */
#define PAGE_SIZE_MAX 100

/* The page that is asked for: number N, from 1, of pages of SIZE things, at most PAGE_SIZE_MAX. */
struct page_wish {
	uint64_t n;
	size_t size;
};

/* The page that there is: TOTAL things on PAGES pages (at least 1, even when there is nothing). */
struct page {
	uint64_t total;
	uint64_t pages;
	size_t n; /* on this page */
};

/* How many things come before the page. */
static inline uint64_t
page_before(const struct page_wish *wish)
{
	return (wish->n - 1) * wish->size;
}

/* Fill in PAGE for a list of TOTAL things. Returns false, with n 0, if it has no such page. */
bool page_place(const struct page_wish *wish, uint64_t total, struct page *page);

/* ------------------------------------------------------------------ store/user.c */

struct user {
	uint64_t id;
	struct timestamp created_at, updated_at;
	const char *name;
	const char *email;
};

/* What makes two e-mail addresses the same: the address in ASCII lower case. */
const char *user_email_key(struct pool *pool, const char *email);

/* Add a user. RC_EMAIL_TAKEN if the e-mail address is taken (compared without ASCII case). */
enum rc user_create(struct db *db, struct pool *pool, const char *name, const char *email,
    const char *password_hash, struct user *user);

/* Find by e-mail address. RC_NOT_FOUND also for a disabled user. */
enum rc user_by_email(struct db *db, struct pool *pool, const char *email, struct user *user,
    const char **password_hash, uint32_t *token_epoch);

/*
 * Tell whether a token of this user still counts: the user exists, is not disabled, and the token
 * was issued in the present epoch (a new password starts a new one), and the login that it came
 * from was not ended. Else RC_DENIED.
 */
enum rc user_check(struct db *db, const struct login *login);

/* ------------------------------------------------------------------ store/idempotency.c */

/*
 * What makes a request safe to send twice (Idempotency-Key). KEY_HASH is NULL when the client sent
 * none. The answer is made inside the transaction, by ANSWER from the new object, and stored with
 * it for 24 hours; when the key was seen before with the same body hash the store changes nothing,
 * returns RC_REPLAY and puts the first answer into REPLAY; with another body hash RC_KEY_REUSED.
 */
struct idempotency {
	const uint8_t *key_hash;  /* 32 bytes; covers the route and the key */
	const uint8_t *body_hash; /* 32 bytes */
	const char *(*answer)(struct pool *pool, const void *object);
	const char *replay;
};

/* ------------------------------------------------------------------ store/project.c */

struct project {
	uint64_t id, user;
	struct timestamp created_at, updated_at;
	const char *title;
	const char *language; /* "" if not given */
	const char *voice;    /* "" if not given */
	uint64_t sentence_count, ready_count, failed_count, duration_ms;
};

struct project_new {
	const char *title, *language, *voice;
	int speed; /* as the client gave it: 1..4 or 25..400 */
	const struct slice *sentences;
	size_t n;
	const char *context; /* what the text is mostly in, if no language was given; or NULL */
};

/* Make the project and all its sentences, queued in reading order: all of it or nothing. RC_LIMIT
 * when the user has PROJECTS_MAX already. */
enum rc project_create(struct db *db, struct pool *pool, uint64_t user,
    const struct project_new *in, uint64_t projects_max, struct idempotency *idem,
    struct project *out);

enum rc project_get(
    struct db *db, struct pool *pool, uint64_t user, uint64_t id, struct project *out);

enum project_status {
	PROJECT_RENDERING = 1,
	PROJECT_COMPLETE,
	PROJECT_COMPLETE_WITH_ERRORS,
};
enum project_status project_status(const struct project *p);

/* In which order a list has projects: ties by id, in the same direction. */
enum project_order {
	PROJECT_NEWEST,
	PROJECT_OLDEST,
	PROJECT_CHANGED_LAST, /* first */
	PROJECT_CHANGED_FIRST,
	PROJECT_TITLE,
	PROJECT_TITLE_BACK,
	PROJECT_ORDERS,
};

/* Which projects a list has, and in which order; all, newest first, if it is zeroed. */
struct project_filter {
	enum project_status status; /* 0: any */
	const char *title;	    /* has this in it, in any case of letters; NULL: any */
	enum project_order order;
};

/*
 * A page of the user's projects; V holds wish->size. RC_NOT_FOUND when there is no such page; PAGE
 * is then filled in all the same. With a status, a title or an order that is not by age, all
 * projects of the user are read, which are limits.projects_per_user at most.
 */
enum rc project_list(struct db *db, struct pool *pool, uint64_t user,
    const struct project_filter *filter, const struct page_wish *wish, struct page *page,
    struct project *v);

/*
 * Delete the project: from now on nobody finds it or anything in it. Its directory goes to the
 * trash, and its rows are removed by work, however many they are.
 */
enum rc project_delete(struct db *db, uint64_t user, uint64_t id);

/* ------------------------------------------------------------------ store/audio.c */

/* AUDIO_DELETED: its project is; nobody is told of such a sentence any more. */
enum audio_state { AUDIO_PENDING, AUDIO_CLAIMED, AUDIO_READY, AUDIO_FAILED, AUDIO_DELETED };

/* One sentence and its sound. */
struct audio {
	uint64_t id, project, user;
	struct timestamp created_at, updated_at;
	uint64_t index; /* rank in the project, from 1 */
	const char *text;
	size_t text_len;
	int speed; /* as the client gave it */
	uint64_t revision;
	enum audio_state state;
	/* The newest sound there is. It belongs to the sentence as it stands only when
	 * audio_revision == revision; otherwise it is the one before the last edit. */
	uint64_t audio_revision; /* 0: none */
	const char *path;	 /* relative to media.root; "" if none */
	uint64_t duration_ms, size_bytes;
	int loudness;	       /* of that sound, in hundredths of LUFS */
	const char *made_with; /* that sound, see common/base/made_with.h; "" if unknown */
	uint64_t remade;       /* the newest revision that has the text of the one before it */
	const char *error;     /* "" unless failed */
};

#define LOUDNESS_UNKNOWN INT32_MIN

/* Whether the newest sound has the text and speed of the present revision, which was only made to
 * have it rendered again: see admin_rerender. */
static inline bool
audio_is_remade(uint64_t revision, uint64_t audio_revision, uint64_t remade)
{
	return remade == revision && audio_revision + 1 == revision && audio_revision != 0;
}

enum rc audio_get(struct db *db, struct pool *pool, uint64_t user, uint64_t id, struct audio *out);

/* A page of a project; V holds wish->size. RC_NOT_FOUND with page->pages == 0 when there is
 * no such project, with the true number when there is no such page. An empty project has one empty
 * page. Costs the same for every page. Checks the login on the way, as user_check does: this is
 * what clients ask most. */
enum rc audio_page(struct db *db, struct pool *pool, const struct login *login, uint64_t project,
    const struct page_wish *wish, struct page *page, struct audio *v);

/* The revisions of which one has to be the present one. */
struct if_match {
	const uint64_t *v;
	size_t n;
};

/* ------------------------------------------------------------------ store/audio_filter.c */

/* A page of the sentences of a project that are in STATE, in reading order, with the index that
 * each has among all. As above, but the login was checked before. */
enum rc audio_page_of(struct db *db, struct pool *pool, uint64_t user, uint64_t project,
    enum audio_state state, const struct page_wish *wish, struct page *page, struct audio *v);

/* The same for those that have TEXT in them, without regard to case and accents. All texts of the
 * project are read. */
enum rc audio_find(struct db *db, struct pool *pool, uint64_t user, uint64_t project,
    const char *text, const struct page_wish *wish, struct page *page, struct audio *v);

/* ------------------------------------------------------------------ store/audio_move.c */

/*
 * Move the sentence to INDEX (1 to n, or -1 for the end); RC_RANGE if that is out of range, with n
 * in *COUNT, RC_STALE as for audio_edit. Neither text nor sound nor revision change, and no other
 * sentence is written.
 */
enum rc audio_move(struct db *db, struct pool *pool, uint64_t user, uint64_t id, int64_t index,
    const struct if_match *if_match, struct audio *out, uint64_t *count);

/* ------------------------------------------------------------------ store/audio_edit.c */

/*
 * Put a sentence at INDEX (1 to n + 1, or -1 for the end) and queue it. RC_RANGE when INDEX is
 * out of range (*COUNT tells n), RC_LIMIT when the project is full, RC_NOT_FOUND for the project.
 * Writes a number of rows that does not depend on the size of the project.
 */
enum rc audio_insert(struct db *db, struct pool *pool, uint64_t user, uint64_t project,
    int64_t index, const char *text, size_t text_len, int speed, uint64_t sentences_max,
    struct idempotency *idem, struct audio *out, uint64_t *count);

/*
 * Change text and speed (TEXT NULL or SPEED 0: leave it). The same text and speed change nothing.
 * Anything else raises the revision, forgets attempts and crashes, takes the sentence away from
 * whoever is rendering it and queues it ahead of the user's bulk. RC_STALE if IF_MATCH, which
 * may be NULL, does not have the present revision. Never waits for a render.
 */
enum rc audio_edit(struct db *db, struct pool *pool, uint64_t user, uint64_t id, const char *text,
    size_t text_len, int speed, const struct if_match *if_match, struct audio *out);

/* Queue a failed sentence again with fresh counters; any other state is left as it is. RC_STALE as
 * above. */
enum rc audio_retry(struct db *db, struct pool *pool, uint64_t user, uint64_t id,
    const struct if_match *if_match, struct audio *out);

/* Remove the sentence; its files go to the trash. RC_STALE as above. */
enum rc audio_delete(struct db *db, uint64_t user, uint64_t id, const struct if_match *if_match);

/* ------------------------------------------------------------------ store/project_retry.c */

/*
 * Queue all failed sentences of the project again, with fresh counters, after what the user has
 * queued already; *QUEUED tells how many. They are queued in several transactions: after an error,
 * some may have been.
 */
enum rc project_retry(
    struct db *db, struct pool *pool, uint64_t user, uint64_t project, uint64_t *queued);

/* ------------------------------------------------------------------ store/timing.c */

/*
 * When a word is heard: LENGTH code points of the author's text from OFFSET. Words do not overlap,
 * neither in the text nor in time, and come in the order of both.
 */
struct timed_word {
	uint32_t offset, length, start_ms, end_ms;
};

/* The words of a sentence, and what there is to know of it besides. One that is being made anew is
 * AUDIO_READY, with the revision of the sound there is. */
struct timing {
	enum audio_state state;
	const char *error; /* "" unless failed */
	uint64_t revision, duration_ms;
	const char *text;
	size_t text_len;
	/* Of the newest sound; none if that was made by an older version. */
	struct timed_word *words;
	size_t n;
};

enum rc timing_get(
    struct db *db, struct pool *pool, uint64_t user, uint64_t id, struct timing *out);

/* ------------------------------------------------------------------ store/lexicon.c */

/* An entry of a pronunciation dictionary. */
struct lexicon_item {
	struct lexicon_entry entry;
	struct timestamp created_at, updated_at;
};

/* The sentences that are pronounced differently because of a change, and are queued for it. */
struct lexicon_swept {
	uint64_t queued; /* so far */
	bool unfinished; /* more may follow: tts-work goes on with it */
};

/*
 * Make an entry, or replace the one that matches the same, and queue every sentence that is
 * pronounced differently for it, for some seconds; what is left then is work, which goes on where
 * this ended. An entry that is there already changes nothing, and where it is still being worked
 * off that is not begun again. RC_NOT_FOUND for the project, RC_LIMIT when the user has
 * limits.lexicon_entries.
 */
enum rc lexicon_put(struct db *db, const struct conf *conf, struct pool *pool, uint64_t user,
    const struct lexicon_entry *in, struct lexicon_item *out, struct lexicon_swept *swept);

/* Remove an entry, and queue every sentence that was pronounced differently for it. As above. */
enum rc lexicon_delete(struct db *db, const struct conf *conf, struct pool *pool, uint64_t user,
    uint64_t id, struct lexicon_swept *swept);

/* How many sentences these would queue. Nothing is changed. */
enum rc lexicon_put_preview(struct db *db, const struct conf *conf, struct pool *pool,
    uint64_t user, const struct lexicon_entry *in, uint64_t *queued);
enum rc lexicon_delete_preview(struct db *db, const struct conf *conf, struct pool *pool,
    uint64_t user, uint64_t id, uint64_t *queued);

enum rc lexicon_get(
    struct db *db, struct pool *pool, uint64_t user, uint64_t id, struct lexicon_item *out);

/* A page of the entries, newest first: of one project, or all of the user's (0). V holds
 * wish->size. */
enum rc lexicon_list(struct db *db, struct pool *pool, uint64_t user, uint64_t project,
    const struct page_wish *wish, struct page *page, struct lexicon_item *v);

#endif
