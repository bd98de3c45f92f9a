#include <getopt.h>
#include <stdio.h>
#include <sysexits.h>

#include "out.h"
#include "progress.h"
#include "sweep.h"
#include "ttsctl.h"

struct options {
	bool json, dry_run, verbose;
};

/* A line of the report, one for each kind. */
struct report_line {
	const char *json, *text;
	const struct swept *swept;
};

static bool
gc_parse(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
	    {"json", no_argument, NULL, 'j'},
	    {"dry-run", no_argument, NULL, 'n'},
	    {"verbose", no_argument, NULL, 'v'},
	    {NULL, 0, NULL, 0},
	};
	int option;

	*o = (struct options){false, false, false};
	while ((option = getopt_long(argc, argv, "jnv", longs, NULL)) != -1) {
		switch (option) {
		case 'j':
			o->json = true;
			break;
		case 'n':
			o->dry_run = true;
			break;
		case 'v':
			o->verbose = true;
			break;
		default:
			return false;
		}
	}
	return optind == argc;
}

static void
report_json_sums(
    const struct file_sweep *s, const struct report_line *lines, size_t n, uint64_t keys)
{
	out_open(NULL, '{');
	out_bool("dry_run", !s->remove);
	for (size_t i = 0; i < n; i++) {
		out_open(lines[i].json, '{');
		out_uint("removed", lines[i].swept->n);
		out_uint("bytes", lines[i].swept->bytes);
		out_uint("kept", lines[i].swept->young);
		out_uint("stuck", lines[i].swept->stuck);
		out_close('}');
	}
	out_uint("restored", s->restored);
	out_uint("idempotency_keys", keys);
	sweep_foreign_json(s);
	out_close('}');
}

static void
report_text_sums(
    const struct file_sweep *s, const struct report_line *lines, size_t n, uint64_t keys)
{
	printf("%-22s %14s %12s %12s\n", "", s->remove ? "removed" : "to be removed", "size",
	    "too young");
	for (size_t i = 0; i < n; i++)
		printf("%-22s %14s %12s %12s\n", lines[i].text, text_uint(lines[i].swept->n),
		    lines[i].swept->bytes > 0 ? text_bytes(lines[i].swept->bytes) : "",
		    text_uint(lines[i].swept->young));
	printf("%-22s %14s\n", "old idempotency keys", text_uint(keys));
	if (s->restored > 0)
		printf("%s hid something that is there\n",
		    text_count(s->restored, "tombstone", "tombstones"));
	sweep_foreign_text(s);
}

static int
collect_garbage(const struct ctl *ctl, const struct options *o)
{
	struct file_sweep s = {.ctl = ctl,
	    .pool = pool_new(),
	    .remove = !o->dry_run,
	    .list = o->verbose && !o->json,
	    .quiet = o->json,
	    .now = time(NULL)};
	const struct report_line lines[] = {
	    {"files", "unnamed files", &s.files},
	    {"second_copies", "second copies", &s.second},
	    {"temporary_files", "temporary files", &s.temporaries},
	    {"directories", "empty directories", &s.dirs},
	    {"tombstones", "tombstones", &s.tombstones},
	};
	uint64_t keys = 0;
	enum rc rc;

	progress_begin("files", 0);
	rc = sweep_media(&s);
	if (rc == RC_OK)
		rc = sweep_pipelines(&s);
	/* If some files could not be examined, tombstones may still be needed. */
	if (rc == RC_OK)
		rc = sweep_tombstones(&s);
	if (rc == RC_OK)
		rc = admin_forget_keys(ctl->db, o->dry_run, &keys);
	progress_end();
	(o->json ? report_json_sums : report_text_sums)(
	    &s, lines, sizeof lines / sizeof *lines, keys);
	pool_free(s.pool);
	for (size_t i = 0; i < sizeof lines / sizeof *lines && rc == RC_OK; i++)
		if (lines[i].swept->stuck > 0)
			return EX_IOERR;
	if (rc == RC_OK && s.foreign > 0)
		return CTL_WRONG;
	return ctl_status("sweep everything", rc);
}

int
cmd_gc(const char *conf_path, int argc, char **argv)
{
	struct options o;
	struct ctl ctl;
	int status;

	if (!gc_parse(argc, argv, &o))
		return ctl_usage("gc");
	status = ctl_open(&ctl, conf_path);
	if (status == EX_OK)
		status = collect_garbage(&ctl, &o);
	return ctl_close(&ctl, status);
}
