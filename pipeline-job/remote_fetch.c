#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "remote.h"
#include "sniff.h"

#define MIB INT64_C(1048576)

/* What may be fetched, and how it is recognised. */
static const struct remote_type {
	const char *name, *type;
	const char *(*sniff)(int fd, uint64_t *duration_ms);
} remote_types[] = {
    [REMOTE_MP3] = {"an MP3 file", "audio/mpeg", sniff_mp3},
    [REMOTE_MP4] = {"an MP4 file", "video/mp4", sniff_mp4},
};

/* Nothing came, or not all of it, or something that is no file. */
static bool
fetch_failed(struct remote *r, int64_t max, const struct http_answer *a)
{
	if (a->error_class != NULL && strcmp(a->error_class, "address") == 0)
		remote_fail(r, CLASS_PERMANENT, "the result was refused: %s", a->error);
	else if (a->error_class != NULL && strcmp(a->error_class, "file") == 0)
		remote_fail(r, CLASS_SYSTEM, "the result cannot be stored: %s", a->error);
	else if (a->status == 0)
		remote_fail(r, CLASS_TRANSIENT, "the result cannot be fetched: %s", a->error);
	else if (a->status >= 300 && a->status < 400)
		remote_fail(r, CLASS_PERMANENT, "the result was refused: its URL redirects (%d)",
		    a->status);
	else if (a->status < 200 || a->status >= 300)
		remote_fail(r, CLASS_TRANSIENT, "the result cannot be fetched: %d", a->status);
	else if (a->too_long)
		remote_fail(r, CLASS_PERMANENT,
		    "the result was refused: it has more than %lld bytes", (long long)max);
	else
		remote_fail(r, CLASS_TRANSIENT, "the result cannot be fetched: %s", a->error);
	return false;
}

static bool
fetch_look(struct remote *r, const struct remote_type *t, int fd, struct engine_file *file)
{
	const char *wrong = t->sniff(fd, &file->duration_ms);

	if (wrong != NULL) {
		remote_fail(r, CLASS_TRANSIENT, "the result is not %s: %s", t->name, wrong);
		return false;
	}
	return true;
}

bool
remote_download(struct remote *r, const char *url, enum remote_kind kind, const char *name,
    struct engine_file *file)
{
	const struct remote_type *t = &remote_types[kind];
	const char *path = pool_printf(r->pool, "%s/%s", r->in->directory, name);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
	int64_t max = r->in->conf->pipeline.result_mib * MIB;
	struct http_answer a;
	bool good;

	if (fd < 0) {
		remote_fail(r, CLASS_SYSTEM, "the result cannot be stored: %s", strerror(errno));
		return false;
	}
	*file = (struct engine_file){.name = name, .type = t->type};
	http_fetch(r->http, r->pool, url, fd, max, remote_left_ms(r, REMOTE_FETCH_SEC), &a);
	r->out->status = a.status;
	r->out->retry_after_sec = remote_rest_sec(&a);
	good = a.whole && a.status >= 200 && a.status < 300 ? fetch_look(r, t, fd, file)
							    : fetch_failed(r, max, &a);
	close(fd);
	return good;
}
