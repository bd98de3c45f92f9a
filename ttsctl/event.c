#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "../common/base/log.h"
#include "../common/work/kick.h"
#include "../store/admin.h"
#include "../store/event.h"
#include "ctl.h"
#include "out.h"
#include "ttsctl.h"

#define SHOWN 20     /* events, unless --after is given */
#define AT_ONCE 1000 /* read in one query */
#define WAIT_MS 1000
#define NEWS_SEC 10
#define ALL_EVERY 60 /* looks: now and then at all users, for a transaction that took long */

struct options {
	bool json, follow, after_given;
	const char *who; /* NULL: all users */
	uint64_t after;
};

/* How far the events of each user were shown; in the order of the users' ids. */
struct shown {
	struct event_news *v;
	size_t n, cap;
};

static uint64_t *
shown_find(struct shown *s, uint64_t user)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->v[middle].user < user)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < s->n && s->v[low].user == user)
		return &s->v[low].seq;
	if (s->n == s->cap) {
		s->cap = s->cap == 0 ? 64 : s->cap * 2;
		s->v = realloc(s->v, s->cap * sizeof *s->v);
		if (s->v == NULL)
			abort();
	}
	memmove(s->v + low + 1, s->v + low, (s->n - low) * sizeof *s->v);
	s->v[low] = (struct event_news){.user = user};
	s->n++;
	return &s->v[low].seq;
}

static void
put_event(struct pool *pool, const struct options *o, const struct event *e)
{
	if (o->json && o->who != NULL) {
		puts(event_json(pool, e));
	} else if (o->json) {
		printf("{\"user\":%" PRIu64 ",\"event\":%s}\n", e->user, event_json(pool, e));
	} else {
		printf("%s  %6" PRIu64 "  %8" PRIu64 "  %-29s", text_moment(e->created_at.s),
		    e->user, e->seq, event_type_name(e->type));
		if (e->project != 0)
			printf("  project %" PRIu64, e->project);
		if (e->audio != 0)
			printf("  audio %" PRIu64, e->audio);
		if (e->task[0] != '\0') {
			printf("  task ");
			text_put(e->task);
		}
		if (strcmp(e->data, "{}") != 0) {
			printf("  ");
			text_put(e->data);
		}
		putchar('\n');
	}
}

/* Show the events of a user after *SEQ, which is moved on. */
static enum rc
show_after(const struct ctl *ctl, const struct options *o, uint64_t user, uint64_t *seq)
{
	uint64_t newest, oldest;
	enum rc rc = RC_OK;
	size_t n = AT_ONCE;

	while (rc == RC_OK && n == AT_ONCE) {
		struct pool *pool = pool_new();
		struct event *v;

		rc = event_read(ctl->db, pool, user, *seq, AT_ONCE, &v, &n, &newest, &oldest);
		if (rc == RC_OK && oldest > *seq + 1)
			log_warn("the events of user %" PRIu64 " before %" PRIu64 " are gone", user,
			    oldest);
		for (size_t i = 0; i < n && rc == RC_OK; i++) {
			put_event(pool, o, &v[i]);
			*seq = v[i].seq;
		}
		pool_free(pool);
	}
	return rc;
}

/* Those who have had events and were not shown all of them. */
static enum rc
show_news(const struct ctl *ctl, const struct options *o, struct shown *shown, unsigned sec)
{
	struct pool *pool = pool_new();
	struct event_news *v;
	size_t n;
	enum rc rc = event_news(ctl->db, pool, sec, &v, &n);

	for (size_t i = 0; i < n && rc == RC_OK; i++) {
		uint64_t *seq = shown_find(shown, v[i].user);

		if (v[i].seq > *seq)
			rc = show_after(ctl, o, v[i].user, seq);
		if (rc == RC_NOT_FOUND) /* gone since */
			rc = RC_OK;
	}
	pool_free(pool);
	return rc;
}

/* Show the last events of all users, and note what is not to be shown again. */
static enum rc
show_last(const struct ctl *ctl, const struct options *o, struct shown *shown)
{
	struct pool *pool = pool_new();
	struct event_news *news;
	struct event *v;
	size_t n;
	enum rc rc = event_news(ctl->db, pool, 0, &news, &n);

	for (size_t i = 0; i < n && rc == RC_OK; i++)
		*shown_find(shown, news[i].user) = news[i].seq;
	if (rc == RC_OK)
		rc = event_last(ctl->db, pool, SHOWN, &v, &n);
	for (size_t i = 0; i < n && rc == RC_OK; i++) {
		uint64_t *seq = shown_find(shown, v[i].user);

		put_event(pool, o, &v[i]);
		if (v[i].seq > *seq)
			*seq = v[i].seq;
	}
	pool_free(pool);
	return rc;
}

/* Begin with the events of one user: *SEQ is that of the last one not to be shown. */
static enum rc
begin_user(const struct ctl *ctl, const struct options *o, uint64_t user, uint64_t *seq)
{
	struct pool *pool = pool_new();
	uint64_t newest, oldest;
	struct event *v;
	size_t n;
	enum rc rc = event_read(ctl->db, pool, user, UINT64_MAX, 1, &v, &n, &newest, &oldest);

	pool_free(pool);
	*seq = o->after;
	if (rc == RC_OK && !o->after_given) {
		*seq = newest > SHOWN ? newest - SHOWN : 0;
		if (*seq + 1 < oldest)
			*seq = oldest - 1;
	}
	return rc;
}

/* Wait until somebody has written events, or a moment. False if nobody reads the output any more.
 */
static bool
wait_for_events(const struct ctl *ctl)
{
	int fd = kick_watch(ctl->conf->events.kick_file);
	struct pollfd pollers[] = {{STDOUT_FILENO, 0, 0}, {fd, POLLIN, 0}};

	(void)poll(pollers, fd >= 0 ? 2 : 1, WAIT_MS);
	if (fd >= 0)
		close(fd);
	return (pollers[0].revents & (POLLERR | POLLHUP)) == 0;
}

/* Go on until the output is closed, or somebody ends this process. */
static enum rc
follow(const struct ctl *ctl, const struct options *o, uint64_t user, struct shown *shown)
{
	enum rc rc = RC_OK;

	for (unsigned looks = 1; rc == RC_OK || rc == RC_BUSY; looks++) {
		if (!out_written() || !wait_for_events(ctl))
			return RC_OK;
		if (user != 0)
			rc = show_after(ctl, o, user, shown_find(shown, user));
		else
			rc = show_news(ctl, o, shown, looks % ALL_EVERY == 0 ? 0 : NEWS_SEC);
	}
	return rc;
}

static int
run_tail(const struct ctl *ctl, const struct options *o)
{
	struct shown shown = {0};
	struct admin_user u = {0};
	enum rc rc = RC_OK;

	if (o->who != NULL) {
		struct pool *pool = pool_new();

		int status = ctl_user(ctl, pool, o->who, &u);

		pool_free(pool);
		if (status != EX_OK)
			return status;
		rc = begin_user(ctl, o, u.user.id, shown_find(&shown, u.user.id));
		if (rc == RC_OK)
			rc = show_after(ctl, o, u.user.id, shown_find(&shown, u.user.id));
	} else {
		rc = show_last(ctl, o, &shown);
	}
	if (rc == RC_OK && o->follow)
		rc = follow(ctl, o, u.user.id, &shown);
	free(shown.v);
	if (rc == RC_NOT_FOUND) {
		log_error("user %" PRIu64 " was deleted", u.user.id);
		return EX_NOUSER;
	}
	return ctl_status("read the events", rc);
}

static bool
parse(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
	    {"json", no_argument, NULL, 'j'},
	    {"follow", no_argument, NULL, 'f'},
	    {"user", required_argument, NULL, 'u'},
	    {"after", required_argument, NULL, 'a'},
	    {NULL, 0, NULL, 0},
	};
	int option;

	*o = (struct options){.json = false};
	while ((option = getopt_long(argc, argv, "jfu:a:", longs, NULL)) != -1) {
		if (option == 'j')
			o->json = true;
		else if (option == 'f')
			o->follow = true;
		else if (option == 'u')
			o->who = optarg;
		else if (option != 'a')
			return false;
		else if (strcmp(optarg, "0") != 0 &&
			 !ctl_number("--after", optarg, UINT64_MAX - 1, &o->after))
			return false;
		o->after_given |= option == 'a';
	}
	if (o->after_given && o->who == NULL) {
		fputs(
		    "ttsctl: --after: each user has numbers of its own; give --user too\n", stderr);
		return false;
	}
	return optind == argc;
}

int
cmd_event(const char *conf_path, int argc, char **argv)
{
	struct options o;
	struct ctl ctl;
	int status;

	if (argc < 2 || strcmp(argv[1], "tail") != 0 || !parse(argc - 1, argv + 1, &o))
		return ctl_usage("event");
	status = ctl_open(&ctl, conf_path);
	if (status == EX_OK)
		status = run_tail(&ctl, &o);
	return ctl_close(&ctl, status);
}
