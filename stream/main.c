#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sysexits.h>

#include "../common/base/conf.h"
#include "../common/base/crypt.h"
#include "../common/base/log.h"
#include "../common/base/version.h"
#include "../common/work/kick.h"
#include "count.h"
#include "feed.h"
#include "hub.h"
#include "listen.h"
#include "request.h"
#include "tick.h"

#define FILES_OTHER 64 /* descriptors for anything but clients */
#define STOP_MS 10000  /* to send what was written, at a stop */

/* ------------------------------------------------------------------ start */

static void
exit_usage(void)
{
	fprintf(stderr, "usage: tts-stream [-tV] [-c file]\n       tts-stream --routes\n");
	exit(EX_USAGE);
}

/* The options of the command line. */
struct options {
	const char *conf;
	bool check;
};

static struct options
read_options(int argc, char *argv[])
{
	static const struct option longs[] = {{"routes", no_argument, NULL, 'r'}, {0}};
	struct options options = {.conf = CONF_DEFAULT_PATH};
	int c;

	while ((c = getopt_long(argc, argv, "c:tV", longs, NULL)) != -1) {
		switch (c) {
		case 'c':
			options.conf = optarg;
			break;
		case 't':
			options.check = true;
			break;
		case 'V':
			printf("tts-stream %s\n", TTS_VERSION);
			exit(EX_OK);
		case 'r':
			printf("GET /events/ login events 200\n");
			exit(EX_OK);
		default:
			exit_usage();
		}
	}
	if (optind != argc)
		exit_usage();
	return options;
}

/* Each client takes a descriptor. Returns the number of clients that there is room for. */
static size_t
make_room(const struct conf *conf)
{
	size_t wanted = (size_t)conf->stream.streams, room;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return wanted;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	getrlimit(RLIMIT_NOFILE, &limit);
	room = limit.rlim_cur > 2 * FILES_OTHER ? limit.rlim_cur - FILES_OTHER : FILES_OTHER;
	if (room >= wanted)
		return wanted;
	log_warn("there is room for %zu streams instead of %zu: raise the limit of open files",
	    room, wanted);
	return room;
}

/* ------------------------------------------------------------------ work */

static void
on_request(void *ctx, struct exchange *x)
{
	struct hub *hub = ctx;

	log_request(exchange_header(x, "X-Request-Id"));
	request_answer(hub, x);
	log_request(NULL);
	pool_reset(hub->pool);
}

static struct hub *the_hub; /* of on_gone and on_drained, which only get the stream */

static void
on_gone(void *owner)
{
	hub_remove(the_hub, owner);
}

static void
on_drained(void *owner)
{
	struct stream *s = owner;

	if (s->behind)
		feed_catch_up(the_hub, s);
	pool_reset(the_hub->pool);
}

static void
on_tick(void *ctx)
{
	struct hub *hub = ctx;

	tick(hub);
	pool_reset(hub->pool);
}

static void
on_kick(void *ctx, int fd)
{
	struct hub *hub = ctx;

	kick_drain(fd);
	feed_news(hub);
	pool_reset(hub->pool);
}

/* The clients connect again, and find the next process. */
static void
on_stop(void *ctx)
{
	struct hub *hub = ctx;

	log_info("stopping; %zu streams and %zu polls end", hub->streams, hub->polls);
	while (hub->n > 0)
		feed_stop(hub, hub->all[hub->n - 1]->streams);
	pool_reset(hub->pool);
}

int
main(int argc, char *argv[])
{
	static const struct server_calls calls = {
	    on_request, on_gone, on_drained, on_tick, on_kick, on_stop};
	struct options options = read_options(argc, argv);
	static struct hub hub;
	size_t cut;

	log_init("tts-stream", 6);
	hub.conf = conf_load(options.conf);
	if (hub.conf == NULL)
		return EX_CONFIG;
	log_init("tts-stream", hub.conf->log_level);
	crypt_init();
	hub.auth.key = conf_secret(hub.conf->secrets.token_key_file, CONF_KEY_MIN);
	hub.db = db_new(hub.conf, ACCOUNT_STREAM); /* does not connect yet */
	if (options.check)
		return EX_OK;

	signal(SIGPIPE, SIG_IGN);
	hub.streams_max = make_room(hub.conf);
	hub.pool = pool_new();
	hub.kick_fd = kick_watch(hub.conf->events.kick_file);
	count_begin(hub.conf);
	db_share_throttles(hub.db, count_throttles());
	the_hub = &hub;
	hub.server = server_new(listen_socket(hub.conf->stream.socket), &calls, &hub);
	server_watch(hub.server, hub.kick_fd);
	cut = server_run(hub.server, STOP_MS);
	if (cut > 0)
		log_warn("%zu connections were cut: their clients did not read", cut);
	count_end();
	db_free(hub.db);
	return EX_OK;
}
