#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../store/device.h"
#include "ctl.h"
#include "out.h"
#include "ttsctl.h"

#define PAGE 128

static void
put_json(const struct device *d)
{
	out_open(NULL, '{');
	out_uint("id", d->id);
	out_uint("user", d->user);
	out_string("platform", d->platform);
	out_string("language", d->language);
	out_string("created_at", d->created_at.s);
	out_string("updated_at", d->updated_at.s);
	out_close('}');
}

static void
put_row(const struct device *d)
{
	printf("%10" PRIu64 "  %10" PRIu64 "  %-8s  %-12s  %.19s\n", d->id, d->user, d->platform,
	    d->language, text_moment(d->updated_at.s));
}

/* Where a list is. */
struct listing {
	bool json;
	uint64_t after;
};

static enum rc
list_page(const struct ctl *ctl, struct pool *pool, void *ctx, bool *more)
{
	struct listing *l = ctx;
	struct device *v = pool_array(pool, PAGE, sizeof *v);
	size_t n = 0;
	enum rc rc = device_list_all(ctl->db, pool, l->after, PAGE, v, &n);

	for (size_t i = 0; i < n && rc == RC_OK; i++) {
		l->after = v[i].id;
		(l->json ? put_json : put_row)(&v[i]);
	}
	*more = n == PAGE;
	return rc;
}

static int
list(const struct ctl *ctl, bool json)
{
	struct listing l = {.json = json};
	const struct ctl_pages pages = {"list the devices", json,
	    "        id        user  platform  language      registered", list_page, &l};

	return ctl_list(ctl, &pages);
}

int
cmd_device(const char *conf_path, int argc, char **argv)
{
	static const struct option longs[] = {{"json", no_argument, NULL, 'j'}, {NULL, 0, NULL, 0}};
	bool json = false;
	struct ctl ctl;
	int option, status;

	if (argc < 2 || strcmp(argv[1], "list") != 0)
		return ctl_usage("device");
	while ((option = getopt_long(argc - 1, argv + 1, "j", longs, NULL)) != -1) {
		if (option != 'j')
			return ctl_usage("device");
		json = true;
	}
	if (optind != argc - 1)
		return ctl_usage("device");
	status = ctl_open(&ctl, conf_path);
	if (status == 0)
		status = list(&ctl, json);
	return ctl_close(&ctl, status);
}
