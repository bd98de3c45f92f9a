#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "../common/base/crypt.h"
#include "../common/base/fault.h"
#include "../common/base/log.h"
#include "../common/media/media.h"
#include "../common/media/media_dir.h"
#include "../common/media/media_level.h"
#include "../common/work/kick.h"
#include "../store/queue.h"
#include "../store/tier_admin.h"
#include "out.h"
#include "progress.h"
#include "sweep.h"
#include "ttsctl.h"

struct options {
	bool json, repair;
	uint64_t project;
};

struct verifying {
	const struct ctl *ctl;
	const struct options *o;
	int error; /* errno if the current file could not be examined */
	uint64_t checked, bytes, broken, queued;
	uint64_t stuck;					/* broken and could not be repaired */
	uint64_t results, result_bytes, results_broken; /* files that pipelines have made */
	struct file_sweep sweep;
};

static bool
verify_parse(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
	    {"json", no_argument, NULL, 'j'},
	    {"repair", no_argument, NULL, 'r'},
	    {"project", required_argument, NULL, 'p'},
	    {NULL, 0, NULL, 0},
	};
	int option;

	*o = (struct options){false, false, 0};
	while ((option = getopt_long(argc, argv, "jrp:", longs, NULL)) != -1) {
		switch (option) {
		case 'j':
			o->json = true;
			break;
		case 'r':
			o->repair = true;
			break;
		case 'p':
			if (!ctl_number("--project", optarg, UINT64_MAX, &o->project))
				return false;
			break;
		default:
			return false;
		}
	}
	return optind == argc;
}

/* ---------------------------------------------------------------- one file */

enum finding { WHOLE, MISSING, NO_FILE, UNREADABLE, OTHER_SIZE, OTHER_BYTES, CANNOT_TELL };

static const char *const findings[] = {
    [WHOLE] = "whole",
    [MISSING] = "missing",
    [NO_FILE] = "not a file",
    [UNREADABLE] = "unreadable",
    [OTHER_SIZE] = "of another size",
    [OTHER_BYTES] = "of other bytes",
};

/* Classify errno. An error that is not about the file itself is no finding; it is kept for the
 * message. */
static enum finding
finding_by_errno(struct verifying *v)
{
	v->error = errno;
	switch (v->error) {
	case ENOENT:
		return MISSING;
	case ENOTDIR:
	case ELOOP:
	case EISDIR:
	case ENXIO:
		return NO_FILE;
	case EIO:
	case EBADMSG:
		return UNREADABLE;
	default:
		return CANNOT_TELL;
	}
}

static enum finding
check_contents(struct verifying *v, int fd, uint64_t size, const uint8_t sha256[CRYPT_SHA256_SIZE])
{
	uint8_t hash[CRYPT_SHA256_SIZE];
	struct stat st;
	uint64_t len;

	if (fstat(fd, &st) < 0)
		return finding_by_errno(v);
	if (!S_ISREG(st.st_mode))
		return NO_FILE;
	if ((uint64_t)st.st_size != size)
		return OTHER_SIZE;
	if (!crypt_sha256_file(hash, fd, size, &len))
		return finding_by_errno(v);
	if (len != size)
		return OTHER_SIZE;
	return memcmp(hash, sha256, sizeof hash) == 0 ? WHOLE : OTHER_BYTES;
}

static enum finding
examine_file(
    struct verifying *v, const char *path, uint64_t size, const uint8_t sha256[CRYPT_SHA256_SIZE])
{
	unsigned rank;
	int fd = media_open(v->ctl->conf, path, &rank);
	enum finding finding;

	if (fd < 0)
		return finding_by_errno(v);
	finding = check_contents(v, fd, size, sha256);
	close(fd);
	return finding;
}

/* The file could not be examined, which says nothing about it. */
static enum rc
cannot_tell(const struct verifying *v, const char *path)
{
	log_error("cannot read %.*s: %s", media_path_loggable(path), path, strerror(v->error));
	return RC_NO_SPACE;
}

/* ---------------------------------------------------------------- broken files */

static void
report_broken(struct verifying *v, const struct admin_sound *s, enum finding finding)
{
	if (v->o->json) {
		out_open(NULL, '{');
		out_uint("audio", s->id);
		out_uint("project", s->project);
		out_uint("revision", s->audio_revision);
		out_string("file", findings[finding]);
		out_close('}');
		return;
	}
	progress_clear();
	printf("audio %" PRIu64 " of project %" PRIu64 ": the file of revision %" PRIu64 " is %s\n",
	    s->id, s->project, s->audio_revision, findings[finding]);
}

/* Set *CURRENT unless the sentence was edited, deleted or rendered again since its row was read. */
static enum rc
is_current(struct verifying *v, const struct admin_sound *s, bool *current)
{
	struct pool *pool = pool_new();
	struct admin_sound now;
	size_t n = 0;
	enum rc rc = admin_find(v->ctl->db, pool, &s->id, 1, &now, &n);

	*current = rc == RC_OK && n == 1 && strcmp(now.path, s->path) == 0 &&
		   memcmp(now.sha256, s->sha256, sizeof now.sha256) == 0;
	pool_free(pool);
	return rc;
}

/* Check one sentence. *BAD: its sound has to be removed and rendered again. */
static enum rc
check_sound(struct verifying *v, const struct admin_sound *s, bool *bad)
{
	enum finding finding = examine_file(v, s->path, s->size_bytes, s->sha256);
	bool current;
	enum rc rc;

	*bad = false;
	v->checked++;
	v->bytes += s->size_bytes;
	progress_add(1);
	if (finding == CANNOT_TELL)
		return cannot_tell(v, s->path);
	if (finding == WHOLE)
		return RC_OK;
	rc = is_current(v, s, &current);
	if (rc != RC_OK || !current)
		return rc;
	v->broken++;
	report_broken(v, s, finding);
	*bad = true;
	return RC_OK;
}

/*
 * Queue N sentences of one project again. The files are removed first: once a row is queued, a
 * renderer may publish under the same name at any time. Sentences whose file cannot be removed are
 * left alone, because nothing could be published there either.
 */
static enum rc
repair_sounds(struct verifying *v, struct admin_sound *bad, size_t n)
{
	size_t removed = 0, taken;
	uint64_t ids[ADMIN_MAX];
	enum rc rc;

	for (size_t i = 0; i < n; i++) {
		if (media_unlink(v->ctl->conf, bad[i].path) == RC_OK)
			bad[removed++] = bad[i];
		else
			v->stuck++;
	}
	(void)fault("ctl.verify.unlinked");
	if (removed == 0)
		return RC_OK;
	for (size_t i = 0; i < removed; i++)
		ids[i] = bad[i].id;
	rc = tier_admin_lost(v->ctl->db, ids, removed);
	if (rc != RC_OK)
		return rc;
	rc = admin_silence(v->ctl->db, bad, removed, &taken);
	v->queued += taken;
	if (rc == RC_OK && taken > 0)
		kick_renderer(v->ctl->conf);
	return rc;
}

static enum rc
check_some(struct verifying *v, const struct admin_sound *s, size_t n)
{
	struct admin_sound bad[ADMIN_MAX];
	size_t bad_n = 0;
	enum rc rc = RC_OK;

	for (size_t i = 0; i < n && rc == RC_OK; i++) {
		bool is_bad;

		rc = check_sound(v, &s[i], &is_bad);
		if (rc != RC_OK || !is_bad || !v->o->repair)
			continue;
		if (bad_n > 0 && bad[0].project != s[i].project) {
			rc = repair_sounds(v, bad, bad_n);
			bad_n = 0;
		}
		bad[bad_n++] = s[i];
	}
	return rc == RC_OK ? repair_sounds(v, bad, bad_n) : rc;
}

static enum rc
check_rows(struct verifying *v)
{
	struct pool *pool = pool_new();
	struct admin_sound rows[ADMIN_MAX];
	int64_t cursor = -1;
	size_t n = 0;
	enum rc rc = RC_OK;

	do {
		pool_reset(pool);
		rc = admin_sounds(v->ctl->db, pool, v->o->project, cursor, rows, &n);
		if (rc == RC_OK && n > 0) {
			cursor = rows[n - 1].cursor;
			rc = check_some(v, rows, n);
		}
	} while (rc == RC_OK && n == ADMIN_MAX);
	pool_free(pool);
	return rc;
}

/* ---------------------------------------------------------------- what pipelines have made */

static void
report_broken_result(const struct verifying *v, const struct admin_result *r, enum finding finding)
{
	if (v->o->json) {
		out_open(NULL, '{');
		out_uint("pipeline", r->pipeline);
		out_string("stage", r->stage);
		out_uint("run", r->run);
		out_string("file", findings[finding]);
		out_close('}');
		return;
	}
	progress_clear();
	printf("%s of pipeline %" PRIu64 ": the file of run %" PRIu64 " is %s\n", r->stage,
	    r->pipeline, r->run, findings[finding]);
}

static enum rc
check_result(struct verifying *v, const struct admin_result *r)
{
	enum finding finding = examine_file(v, r->path, r->size_bytes, r->sha256);
	bool named[ADMIN_MAX] = {false};
	enum rc rc;

	v->results++;
	v->result_bytes += r->size_bytes;
	progress_add(1);
	if (finding == CANNOT_TELL)
		return cannot_tell(v, r->path);
	if (finding == WHOLE)
		return RC_OK;
	rc = admin_named(v->ctl->db, false, &r->path, 1, named);
	if (rc != RC_OK || !named[0]) /* it was deleted in the meantime */
		return rc;
	v->results_broken++;
	report_broken_result(v, r, finding);
	return RC_OK;
}

static enum rc
check_results(struct verifying *v)
{
	struct pool *pool = pool_new();
	struct admin_result rows[ADMIN_MAX];
	uint64_t after = 0;
	size_t n = 0;
	enum rc rc = RC_OK;

	do {
		pool_reset(pool);
		rc = admin_results(v->ctl->db, pool, after, rows, &n);
		for (size_t i = 0; i < n && rc == RC_OK; i++) {
			after = rows[i].id;
			rc = check_result(v, &rows[i]);
		}
	} while (rc == RC_OK && n == ADMIN_MAX);
	pool_free(pool);
	return rc;
}

/* ---------------------------------------------------------------- the whole check */

static void
report_results(const struct verifying *v)
{
	if (v->results == 0)
		return;
	printf("%s checked, %s", text_count(v->results, "file of pipelines", "files of pipelines"),
	    text_bytes(v->result_bytes));
	printf(": %s broken\n", v->results_broken == 0 ? "none" : text_uint(v->results_broken));
	if (v->results_broken > 0)
		printf("\"ttsctl pipeline retry\" has a stage of a pipeline done again\n");
}

static void
report_sums(const struct verifying *v)
{
	const struct swept *files = &v->sweep.files, *temporaries = &v->sweep.temporaries;
	uint64_t unnamed = files->n + temporaries->n;

	if (v->o->json) {
		out_close(']');
		out_uint("checked", v->checked);
		out_uint("bytes", v->bytes);
		out_uint("broken_count", v->broken);
		out_uint("queued", v->queued);
		out_uint("pipeline_files", v->results);
		out_uint("pipeline_bytes", v->result_bytes);
		out_uint("pipeline_files_broken", v->results_broken);
		out_uint("unnamed", unnamed);
		out_uint("second_copies", v->sweep.second.n);
		out_uint("restored", v->sweep.restored);
		sweep_foreign_json(&v->sweep);
		out_close('}');
		return;
	}
	printf("%s checked, %s", text_count(v->checked, "sound", "sounds"), text_bytes(v->bytes));
	printf(": %s broken\n", v->broken == 0 ? "none" : text_uint(v->broken));
	if (v->broken > 0 && v->o->repair)
		printf("%s again\n",
		    text_count(v->queued, "sentence is rendered", "sentences are rendered"));
	else if (v->broken > 0)
		printf("\"ttsctl verify --repair\" has them rendered again\n");
	report_results(v);
	if (unnamed > 0)
		printf("%s no row names%s\n",
		    text_count(unnamed, "old file that", "old files that"),
		    v->o->repair ? ": removed" : "; \"ttsctl gc\" removes them");
	if (v->sweep.second.n > 0)
		printf("%s of files on another level of storage%s\n",
		    text_count(v->sweep.second.n, "second copy", "second copies"),
		    v->o->repair ? ": removed" : "; \"ttsctl gc\" removes them");
	if (v->sweep.restored > 0)
		printf("%s something that is there%s\n",
		    text_count(v->sweep.restored, "tombstone hides", "tombstones hide"),
		    v->o->repair ? ": removed" : "; \"ttsctl gc\" removes them");
	sweep_foreign_text(&v->sweep);
}

static enum rc
check_everything(struct verifying *v)
{
	struct queue_numbers queue = {0};
	enum rc rc = queue_numbers(v->ctl->db, &queue);

	progress_begin("sounds", v->o->project == 0 ? queue.ready : 0);
	if (rc == RC_OK)
		rc = check_rows(v);
	progress_begin("files of pipelines", 0);
	if (rc == RC_OK && v->o->project == 0)
		rc = check_results(v);
	progress_begin("files", 0);
	if (rc == RC_OK)
		rc = sweep_media(&v->sweep);
	if (rc == RC_OK && v->o->project == 0)
		rc = sweep_pipelines(&v->sweep);
	if (rc == RC_OK && v->o->project == 0)
		rc = sweep_tombstones(&v->sweep);
	progress_end();
	return rc;
}

static bool
is_wrong(const struct verifying *v)
{
	const struct file_sweep *s = &v->sweep;

	if (s->foreign + v->results_broken > 0)
		return true;
	return !v->o->repair && v->broken + s->files.n + s->temporaries.n + s->restored > 0;
}

static int
run_verify(const struct ctl *ctl, const struct options *o)
{
	struct pool *pool = pool_new();
	struct verifying v = {.ctl = ctl, .o = o};
	int status;
	enum rc rc;

	v.sweep = (struct file_sweep){.ctl = ctl,
	    .pool = pool,
	    .remove = o->repair,
	    .quiet = o->json,
	    .project = o->project,
	    .now = time(NULL)};
	if (o->json) {
		out_open(NULL, '{');
		out_open("broken", '[');
	}
	rc = check_everything(&v);
	report_sums(&v);
	if (rc != RC_OK)
		status = ctl_status("check everything", rc);
	else if (v.stuck + v.sweep.files.stuck + v.sweep.temporaries.stuck + v.sweep.second.stuck >
		 0)
		status = EX_IOERR;
	else
		status = is_wrong(&v) ? CTL_WRONG : EX_OK;
	pool_free(pool);
	return status;
}

/* Reject a project that does not exist instead of reporting it as intact. */
static int
find_project(const struct ctl *ctl, uint64_t project)
{
	enum rc rc = project == 0 ? RC_OK : admin_project(ctl->db, project);

	if (rc == RC_NOT_FOUND) {
		log_error("there is no project %" PRIu64, project);
		return EX_NOINPUT;
	}
	return ctl_status("find the project", rc);
}

int
cmd_verify(const char *conf_path, int argc, char **argv)
{
	struct options o;
	struct ctl ctl;
	int status;

	if (!verify_parse(argc, argv, &o))
		return ctl_usage("verify");
	status = ctl_open(&ctl, conf_path);
	if (status == EX_OK)
		status = find_project(&ctl, o.project);
	if (status == EX_OK)
		status = run_verify(&ctl, &o);
	return ctl_close(&ctl, status);
}
