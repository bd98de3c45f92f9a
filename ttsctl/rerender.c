#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "../common/base/log.h"
#include "../common/base/made_with.h"
#include "../common/say/voice.h"
#include "../common/work/kick.h"
#include "../store/admin.h"
#include "ctl.h"
#include "out.h"
#include "progress.h"
#include "ttsctl.h"

#define KICK_EVERY 4096 /* sentences queued: the renderer need not wait for all of them */

struct options {
	bool json, preview;
	const char *user, *language, *older_than; /* NULL: not given */
	uint64_t project;			  /* 0: not given */
};

static bool
rerender_parse(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
	    {"json", no_argument, NULL, 'j'},
	    {"preview", no_argument, NULL, 'n'},
	    {"user", required_argument, NULL, 'u'},
	    {"project", required_argument, NULL, 'p'},
	    {"language", required_argument, NULL, 'l'},
	    {"older-than", required_argument, NULL, 'o'},
	    {NULL, 0, NULL, 0},
	};
	int option;

	*o = (struct options){0};
	while ((option = getopt_long(argc, argv, "jnu:p:l:o:", longs, NULL)) != -1) {
		switch (option) {
		case 'j':
			o->json = true;
			break;
		case 'n':
			o->preview = true;
			break;
		case 'u':
			o->user = optarg;
			break;
		case 'p':
			if (!ctl_number("--project", optarg, UINT64_MAX, &o->project))
				return false;
			break;
		case 'l':
			o->language = optarg;
			break;
		case 'o':
			o->older_than = optarg;
			break;
		default:
			return false;
		}
	}
	return optind == argc;
}

/* What the options mean. Returns EX_OK, or the exit status after saying why not. */
static int
rerender_select(
    const struct ctl *ctl, struct pool *pool, const struct options *o, struct admin_rerender *r)
{
	struct admin_user user;
	int status = EX_OK;

	*r = (struct admin_rerender){.project = o->project,
	    .language = o->language,
	    .older_than = o->older_than,
	    .preview = o->preview};
	if (o->user != NULL) {
		status = ctl_user(ctl, pool, o->user, &user);
		if (status == EX_OK)
			r->user = user.user.id;
	}
	if (status == EX_OK && o->project != 0) {
		enum rc rc = admin_project(ctl->db, o->project);

		if (rc == RC_NOT_FOUND) {
			log_error("there is no project %" PRIu64, o->project);
			return EX_NOINPUT;
		}
		status = ctl_status("find the project", rc);
	}
	return status;
}

static enum rc
rerender_all(const struct ctl *ctl, struct admin_rerender *r)
{
	struct admin_content content;
	uint64_t seen = 0, kicked = 0;
	enum rc rc = admin_content(ctl->db, &content);

	if (rc != RC_OK)
		return rc;
	progress_begin("checked", r->user == 0 && r->project == 0 ? content.sentences : 0);
	while (rc == RC_OK && !r->done) {
		rc = admin_rerender(ctl->db, r);
		progress_add(r->seen - seen);
		seen = r->seen;
		if (!r->preview && r->sentences >= kicked + KICK_EVERY) {
			kick_renderer(ctl->conf);
			kicked = r->sentences;
		}
	}
	progress_end();
	if (!r->preview && r->sentences > kicked)
		kick_renderer(ctl->conf);
	return rc;
}

static int
rerender_selected(const struct ctl *ctl, const struct options *o)
{
	struct pool *pool = pool_new();
	struct admin_rerender r;
	int status = rerender_select(ctl, pool, o, &r);

	if (status == EX_OK) {
		enum rc rc = rerender_all(ctl, &r);

		if (o->json) {
			out_open(NULL, '{');
			out_uint(r.preview ? "sentences" : "queued", r.sentences);
			out_uint("duration_ms", r.sound_ms);
			out_close('}');
		} else {
			printf("%s%s, %s of sound\n",
			    text_count(r.sentences, "sentence", "sentences"),
			    r.preview ? " would be queued again" : " queued again",
			    text_span(r.sound_ms / 1000));
		}
		status = ctl_status("queue everything again", rc);
	}
	pool_free(pool);
	return status;
}

int
cmd_rerender(const char *conf_path, int argc, char **argv)
{
	struct options o;
	struct ctl ctl;
	int status;

	if (!rerender_parse(argc, argv, &o))
		return ctl_usage("rerender");
	if (o.older_than != NULL && !made_with_version(o.older_than)) {
		fprintf(stderr, "ttsctl: --older-than: \"%s\" is not a version\n", o.older_than);
		return EX_USAGE;
	}
	if (o.language != NULL && voice_by_language(o.language) == NULL) {
		fprintf(stderr, "ttsctl: --language: no voice speaks \"%s\"\n", o.language);
		return EX_USAGE;
	}
	status = ctl_open(&ctl, conf_path);
	if (status == EX_OK)
		status = rerender_selected(&ctl, &o);
	return ctl_close(&ctl, status);
}
