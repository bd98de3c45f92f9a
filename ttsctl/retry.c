#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "../common/base/log.h"
#include "../common/work/kick.h"
#include "../store/admin.h"
#include "../store/queue.h"
#include "ctl.h"
#include "out.h"
#include "progress.h"
#include "ttsctl.h"

struct options {
	bool json, all;
	uint64_t project, audio; /* 0: not given */
};

static bool
retry_parse(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
	    {"json", no_argument, NULL, 'j'},
	    {"all", no_argument, NULL, 'a'},
	    {"project", required_argument, NULL, 'p'},
	    {NULL, 0, NULL, 0},
	};
	int option;

	*o = (struct options){false, false, 0, 0};
	while ((option = getopt_long(argc, argv, "jap:", longs, NULL)) != -1) {
		switch (option) {
		case 'j':
			o->json = true;
			break;
		case 'a':
			o->all = true;
			break;
		case 'p':
			if (!ctl_number("--project", optarg, UINT64_MAX, &o->project))
				return false;
			break;
		default:
			return false;
		}
	}
	if (optind + 1 == argc && !ctl_number("audio-id", argv[optind++], UINT64_MAX, &o->audio))
		return false;
	return optind == argc && o->all + (o->project != 0) + (o->audio != 0) == 1;
}

static enum rc
retry_project(struct db *db, uint64_t project, uint64_t *queued)
{
	int64_t cursor = -1;
	size_t seen;

	do {
		uint64_t more;

		enum rc rc = admin_retry_project(db, project, &cursor, &seen, &more);
		if (rc != RC_OK)
			return rc;
		*queued += more;
		progress_add(more);
	} while (seen == ADMIN_MAX);
	return RC_OK;
}

/* Those that wait for their next try, of one project or (0) of all. */
static enum rc
retry_waiting(struct db *db, uint64_t project, uint64_t *queued)
{
	struct admin_turn cursor = {0, 0};
	size_t seen;

	do {
		uint64_t more;

		enum rc rc = admin_retry_waiting(db, project, &cursor, &seen, &more);
		if (rc != RC_OK)
			return rc;
		*queued += more;
		progress_add(more);
	} while (seen == ADMIN_MAX);
	return RC_OK;
}

static enum rc
retry_all(struct db *db, uint64_t *queued)
{
	struct queue_numbers queue;
	uint64_t ids[ADMIN_MAX], after = 0;
	size_t n;
	enum rc rc = queue_numbers(db, &queue);

	if (rc != RC_OK)
		return rc;
	progress_begin("queued", queue.failed + queue.later + queue.stranded);
	do {
		rc = admin_failed_projects(db, after, ids, &n);
		for (size_t i = 0; i < n && rc == RC_OK; i++) {
			after = ids[i];
			rc = retry_project(db, ids[i], queued);
			if (rc == RC_NOT_FOUND)
				rc = RC_OK; /* deleted in the meantime */
		}
	} while (rc == RC_OK && n == ADMIN_MAX);
	if (rc == RC_OK)
		rc = retry_waiting(db, 0, queued);
	progress_end();
	return rc;
}

static int
retry_selected(const struct ctl *ctl, const struct options *o)
{
	uint64_t queued = 0;
	const char *why = "";
	enum rc rc;

	if (o->audio != 0) {
		rc = admin_retry(ctl->db, o->audio);
		queued = rc == RC_OK ? 1 : 0;
		if (rc == RC_NOT_FAILED) {
			why = ": it has not failed";
			rc = RC_OK;
		}
	} else if (o->project != 0) {
		progress_begin("queued", 0);
		rc = retry_project(ctl->db, o->project, &queued);
		if (rc == RC_OK)
			rc = retry_waiting(ctl->db, o->project, &queued);
		progress_end();
	} else {
		rc = retry_all(ctl->db, &queued);
	}
	if (queued > 0)
		kick_renderer(ctl->conf);
	if (rc == RC_NOT_FOUND) {
		log_error("there is no %s %" PRIu64, o->audio != 0 ? "sentence" : "project",
		    o->audio != 0 ? o->audio : o->project);
		return EX_NOINPUT;
	}
	if (o->json) {
		out_open(NULL, '{');
		out_uint("queued", queued);
		out_close('}');
	} else {
		printf("%s queued again%s\n", text_count(queued, "sentence", "sentences"), why);
	}
	return ctl_status("queue everything again", rc);
}

int
cmd_retry(const char *conf_path, int argc, char **argv)
{
	struct options o;
	struct ctl ctl;
	int status;

	if (!retry_parse(argc, argv, &o))
		return ctl_usage("retry");
	status = ctl_open(&ctl, conf_path);
	if (status == EX_OK)
		status = retry_selected(&ctl, &o);
	return ctl_close(&ctl, status);
}
