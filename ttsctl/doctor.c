#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sysexits.h>

#include "out.h"
#include "report.h"
#include "ttsctl.h"

/*
 * The five questions that one asks when pipelines do not go on. Each is answered with what was
 * found, and what to do about it.
 */

#define LATE_SEC 60    /* that a run of a stage may be due without being claimed */
#define MANY_STEPS 20  /* steps of one run that had to be tried again */
#define MANY_AGAIN 100 /* the same of a stage, in an hour */
#define FEW_BYTES ((uint64_t)512 << 20)
#define FEW_PERCENT 5
#define FEW_MEMORY_KB (256UL * 1024)

enum question { PROCESSED, RETRIES, CONNECTION, SPACE, STANDSTILL, QUESTIONS };

static const struct {
	const char *name, *text, *good;
} questions[QUESTIONS] = {
    [PROCESSED] = {"processed", "Is anything processed?", "yes"},
    [RETRIES] = {"retries", "Are there endless retries?", "no"},
    [CONNECTION] = {"connection", "Is a connection lost?", "no"},
    [SPACE] = {"space", "Is the memory or a disk full?", "no"},
    [STANDSTILL] = {"standstill", "Does one stage stand still?", "no"},
};

struct doctor {
	struct report *r;
	struct pool *pool;
	struct admin_trouble troubles[STAGES];
	/* Where the findings of each question begin and end. */
	size_t from[QUESTIONS], to[QUESTIONS];
	const char *note[QUESTIONS]; /* what was seen where nothing is wrong; "" */
};

static void
found(struct doctor *d, const char *what, const char *todo)
{
	report_find(d->r, true, what, todo);
}

/* ---------------------------------------------------------------- 1: is anything processed? */

static const struct admin_engine *
engine_of(const struct doctor *d, enum stage stage)
{
	const struct report_pipeline *p = &d->r->pipeline;
	const char *name = d->r->conf->pipeline.stage[stage].engine;

	for (size_t i = 0; i < p->engines_n; i++)
		if (strcmp(p->engines[i].name, name) == 0)
			return &p->engines[i];
	return NULL;
}

/* Why a stage is not done although it is due: what holds it, or that nobody runs. */
static void
ask_stage(struct doctor *d, enum stage stage)
{
	const struct admin_queue *q = &d->r->pipeline.queues[stage];
	const struct report_stage *h = &d->r->pipeline.hosts[stage];
	const struct admin_engine *e = engine_of(d, stage);
	const char *name = stage_name(stage);

	if (q->paused)
		found(d,
		    pool_printf(d->pool, "%s is paused by %s: %s", name, q->changed_by, q->reason),
		    pool_printf(d->pool, "ttsctl stage resume %s", name));
	if (e != NULL && e->disabled)
		found(d,
		    pool_printf(
			d->pool, "%s: its engine %s is disabled: %s", name, e->name, e->reason),
		    pool_printf(d->pool,
			"see whether its key is right (tts-pipeline -t --stage %s), then: ttsctl "
			"engine enable %s",
			name, e->name));
	else if (e != NULL && e->held_sec > 0)
		found(d,
		    pool_printf(d->pool, "%s: its engine %s is not asked for %s: %s", name, e->name,
			text_span(e->held_sec), e->reason),
		    pool_printf(d->pool, "wait, or: ttsctl engine release %s", e->name));
	if (q->overdue_sec > LATE_SEC && !h->locked && q->outstanding == 0)
		found(d,
		    pool_printf(d->pool, "%s has been due for %s, and no tts-pipeline runs for it",
			name, text_span(q->overdue_sec)),
		    pool_printf(d->pool,
			"systemctl status tts-pipeline@%s.timer; journalctl -u tts-pipeline@%s",
			name, name));
}

static void
ask_processed(struct doctor *d)
{
	uint64_t least = UINT64_MAX;

	if (!d->r->conf->pipeline.enabled)
		found(d, "pipeline.enabled is 0: no stage is worked on",
		    "set it in tts.conf, then: tts-setup");
	for (enum stage s = 0; s < STAGES; s++) {
		const struct admin_trouble *t = &d->troubles[s];

		ask_stage(d, s);
		if (t->ended && t->ended_sec < least)
			least = t->ended_sec;
	}
	d->note[PROCESSED] =
	    least == UINT64_MAX
		? "nothing waits; no stage was ever completed"
		: pool_printf(d->pool, "a stage was completed %s ago", text_span(least));
}

/* ---------------------------------------------------------------- 2: endless retries? */

static void
ask_retries(struct doctor *d)
{
	uint64_t again = 0;

	for (enum stage s = 0; s < STAGES; s++) {
		const struct admin_trouble *t = &d->troubles[s];
		const char *name = stage_name(s);

		again += t->again;
		if (t->busiest >= MANY_STEPS)
			found(d,
			    pool_printf(d->pool,
				"%s of pipeline %" PRIu64 " was tried again %s times", name,
				t->busiest_of, text_uint(t->busiest)),
			    pool_printf(d->pool,
				"ttsctl pipeline show %" PRIu64
				" says why; to end it: ttsctl pipeline cancel %" PRIu64,
				t->busiest_of, t->busiest_of));
		if (t->again >= MANY_AGAIN)
			found(d,
			    pool_printf(d->pool,
				"%s: %s steps of the last hour had to be tried again, most often: "
				"%s (%s)",
				name, text_uint(t->again), t->error, t->error_class),
			    pool_printf(d->pool,
				"while the cause is looked for: ttsctl stage pause %s", name));
	}
	d->note[RETRIES] = pool_printf(d->pool, "%s in the last hour",
	    text_count(again, "step was tried again", "steps were tried again"));
}

/* ---------------------------------------------------------------- 3: a lost connection? */

static void
ask_connection(struct doctor *d)
{
	for (enum stage s = 0; s < STAGES; s++) {
		const struct admin_engine *e = engine_of(d, s);
		const struct admin_trouble *t = &d->troubles[s];

		if (e != NULL && e->failing_since.s[0] != '\0')
			found(d,
			    pool_printf(d->pool, "the engine %s has not answered since %.19s: %s",
				e->name, text_moment(e->failing_since.s), e->reason),
			    pool_printf(d->pool, "from this machine: tts-pipeline -t --stage %s",
				stage_name(s)));
		else if (t->errors > 0 &&
			 strcmp(t->error_class, pipeline_class_names[CLASS_TRANSIENT]) == 0)
			found(d,
			    pool_printf(d->pool, "%s: %s of the last hour: %s", stage_name(s),
				text_count(t->errors, "failure", "failures"), t->error),
			    "they are tried again by themselves; see whether the service is "
			    "reached from this machine");
	}
	d->note[CONNECTION] = "the database answers";
}

/* ---------------------------------------------------------------- 4: full memory or disk? */

static void
ask_disk(struct doctor *d, const char *key, const char *path)
{
	struct statvfs fs;
	uint64_t all, room;

	if (statvfs(path, &fs) < 0)
		return; /* "status" says that it is missing */
	all = (uint64_t)fs.f_blocks * fs.f_frsize;
	room = (uint64_t)fs.f_bavail * fs.f_frsize;
	if (room < FEW_BYTES || room < all / 100 * FEW_PERCENT)
		found(d, pool_printf(d->pool, "%s, %s, has %s left", key, path, text_bytes(room)),
		    "make room: ttsctl gc; nothing is lost meanwhile");
	if (fs.f_files > 0 && fs.f_favail < fs.f_files / 100 * FEW_PERCENT)
		found(d, pool_printf(d->pool, "%s, %s, has few inodes left", key, path),
		    "move it to a file system with more of them");
}

/* The memory that programs can still get; 0 if that is not known. */
static unsigned long
memory_kb(void)
{
	FILE *f = fopen("/proc/meminfo", "re");
	unsigned long kb = 0;
	char line[128];

	while (f != NULL && fgets(line, sizeof line, f) != NULL)
		if (sscanf(line, "MemAvailable: %lu kB", &kb) == 1)
			break;
	if (f != NULL)
		fclose(f);
	return kb;
}

static void
ask_space(struct doctor *d)
{
	const struct conf *c = d->r->conf;
	unsigned long kb = memory_kb();

	ask_disk(d, "media.root", c->media.root);
	for (size_t i = 0; i < c->levels.n; i++)
		if (i != c->levels.home)
			ask_disk(d, pool_printf(d->pool, "the level %s", c->levels.v[i].name),
			    c->levels.v[i].path);
	ask_disk(d, "pipeline.inbox", c->pipeline.inbox);
	ask_disk(d, "the directory for temporary files", "/tmp");
	if (kb > 0 && kb < FEW_MEMORY_KB)
		found(d,
		    pool_printf(d->pool, "%s of memory are left", text_bytes((uint64_t)kb * 1024)),
		    "lower pipeline.video.concurrency, or MemoryMax of tts-pipeline@video.service");
	for (enum stage s = 0; s < STAGES; s++)
		if (d->troubles[s].lost > 0)
			found(d,
			    pool_printf(d->pool,
				"%s: in the last hour the program ended %s "
				"while a step was in hand",
				stage_name(s), text_count(d->troubles[s].lost, "time", "times")),
			    pool_printf(d->pool,
				"see whether it was killed for its memory: journalctl -u "
				"tts-pipeline@%s; journalctl -k",
				stage_name(s)));
	d->note[SPACE] =
	    pool_printf(d->pool, "%s of memory can be had", text_bytes((uint64_t)kb * 1024));
}

/* ---------------------------------------------------------------- 5: one stage stands still? */

/* It has something due, and nothing of it ends although something of another stage does. */
static void
ask_standstill(struct doctor *d)
{
	const struct admin_queue *q = d->r->pipeline.queues;

	for (enum stage s = 0; s < STAGES; s++) {
		const struct admin_trouble *t = &d->troubles[s];
		bool others = false;

		for (enum stage o = 0; o < STAGES; o++)
			others = others || (o != s && d->troubles[o].ended &&
					       d->troubles[o].ended_sec < q[s].overdue_sec);
		if (q[s].overdue_sec > LATE_SEC && others &&
		    (!t->ended || t->ended_sec >= q[s].overdue_sec))
			found(d,
			    pool_printf(d->pool,
				"%s: the first of %s has been due for %s, while other stages go "
				"on; being done: %s",
				stage_name(s), text_uint(q[s].pending), text_span(q[s].overdue_sec),
				text_uint(q[s].outstanding)),
			    pool_printf(d->pool,
				"the answer to the first question, or: journalctl -u "
				"tts-pipeline@%s; ttsctl pipeline list",
				stage_name(s)));
	}
	d->note[STANDSTILL] = "";
}

/* ---------------------------------------------------------------- the answers */

static void
ask_all(struct doctor *d)
{
	static void (*const ask[QUESTIONS])(struct doctor *) = {
	    ask_processed, ask_retries, ask_connection, ask_space, ask_standstill};

	for (enum question q = 0; q < QUESTIONS; q++) {
		d->from[q] = d->r->findings_n;
		ask[q](d);
		d->to[q] = d->r->findings_n;
	}
}

static void
put_text(const struct doctor *d, enum question q)
{
	bool good = d->from[q] == d->to[q];

	printf("%d. %-30s ", q + 1, questions[q].text);
	if (good)
		printf(
		    "%s%s%s\n", questions[q].good, d->note[q][0] != '\0' ? ": " : "", d->note[q]);
	else
		puts(q == PROCESSED ? "not all of it" : "yes");
	for (size_t i = d->from[q]; i < d->to[q]; i++) {
		fputs("   - ", stdout);
		text_put(d->r->findings[i].what);
		fputs("\n     ", stdout);
		text_put(d->r->findings[i].todo);
		putchar('\n');
	}
}

static void
put_json(const struct doctor *d, enum question q)
{
	out_open(NULL, '{');
	out_string("question", questions[q].name);
	out_bool("well", d->from[q] == d->to[q]);
	out_string("seen", d->note[q]);
	out_open("findings", '[');
	for (size_t i = d->from[q]; i < d->to[q]; i++) {
		out_open(NULL, '{');
		out_string("what", d->r->findings[i].what);
		out_string("todo", d->r->findings[i].todo);
		out_close('}');
	}
	out_close(']');
	out_close('}');
}

static void
put_all(const struct doctor *d, bool json)
{
	if (json)
		out_open(NULL, '[');
	for (enum question q = 0; q < QUESTIONS; q++)
		(json ? put_json : put_text)(d, q);
	if (json)
		out_close(']');
}

/* Without the database there is one answer. */
static int
put_database(struct doctor *d, bool json, enum rc rc)
{
	found(d,
	    rc == RC_SCHEMA ? "the database has the schema of another version"
			    : "the database does not answer, or is too busy",
	    rc == RC_SCHEMA ? "ttsctl migrate"
			    : "systemctl status mariadb; journalctl -u mariadb; nothing is lost "
			      "meanwhile, and all goes on by itself");
	d->to[CONNECTION] = 1;
	if (json)
		out_open(NULL, '[');
	(json ? put_json : put_text)(d, CONNECTION);
	if (json)
		out_close(']');
	return CTL_WRONG;
}

static int
examine(const struct ctl *ctl, struct report *r, bool json)
{
	struct doctor d = {.r = r, .pool = r->pool, .note = {"", "", "", "", ""}};
	enum rc rc = db_ready(ctl->db);

	r->conf = ctl->conf;
	report_pipeline_host(r);
	if (rc == RC_OK)
		rc = report_pipeline_read(r, ctl->db);
	if (rc == RC_OK)
		rc = admin_troubles(ctl->db, r->pool, d.troubles);
	if (rc == RC_BUSY || rc == RC_SCHEMA)
		return put_database(&d, json, rc);
	if (rc != RC_OK)
		return ctl_status("ask the database", rc);
	ask_all(&d);
	put_all(&d, json);
	return r->findings_n > 0 ? CTL_WRONG : EX_OK;
}

int
cmd_doctor(const char *conf_path, int argc, char **argv)
{
	static const struct option longs[] = {{"json", no_argument, NULL, 'j'}, {NULL, 0, NULL, 0}};
	struct report r = {.rc = RC_OK};
	bool json = false;
	struct ctl ctl;
	int option, status;

	while ((option = getopt_long(argc, argv, "j", longs, NULL)) != -1) {
		if (option != 'j')
			return ctl_usage("doctor");
		json = true;
	}
	if (optind != argc)
		return ctl_usage("doctor");
	status = ctl_configure(&ctl, conf_path);
	if (status == EX_OK) {
		ctl.db = db_new(ctl.conf, ACCOUNT_MIGRATION);
		r.pool = pool_new();
		status = examine(&ctl, &r, json);
		pool_free(r.pool);
	}
	return ctl_close(&ctl, status);
}
