#ifndef TTS_TEST_LEVELS_FIXTURE_H
#define TTS_TEST_LEVELS_FIXTURE_H

/* Three levels, of which the lowest is media.root, on one file system or on several. */

#include "media_fixture.h"

#include "../../common/media/media_dir.h"
#include "../../common/media/media_level.h"

#define PATH "0/1/2-r1-0123456789abcdef0123456789abcdef.mp3"
#define NAME "0/1/2-r1"

static char silver[sizeof base + 16], gold[sizeof base + 16];
static const char *const dirs[] = {root, silver, gold};

static bool apart; /* the levels are on several file systems */

int
linkat(int old_dir, const char *old, int new_dir, const char *new, int flags)
{
	errno = apart ? EXDEV : record_call("link");
	return errno != 0 ? -1 : (int)syscall(SYS_linkat, old_dir, old, new_dir, new, flags);
}

int
unlinkat(int dir, const char *name, int flags)
{
	errno = is_media(dir) ? record_call("unlink") : 0;
	return errno != 0 ? -1 : (int)syscall(SYS_unlinkat, dir, name, flags);
}

static inline void
set_level(int i, const char *name, const char *path)
{
	conf.levels.v[i] = (struct conf_level){.name = name, .path = path};
}

static inline int
begin(void **state)
{
	snprintf(silver, sizeof silver, "%s/silver", base);
	snprintf(gold, sizeof gold, "%s/gold", base);
	if (prepare_one(state) != 0 || mkdir(silver, 0755) != 0 || mkdir(gold, 0755) != 0)
		return -1;
	write_file(path_in(silver, MEDIA_MARKER), "");
	write_file(path_in(gold, MEDIA_MARKER), "");
	set_level(0, "bronze", root);
	set_level(1, "silver", silver);
	set_level(2, "gold", gold);
	conf.levels.n = 3;
	conf.levels.home = 0;
	apart = false;
	return 0;
}

static inline int
end(void **state)
{
	clean_up_one(state);
	remove_tree(silver);
	remove_tree(gold);
	return 0;
}

#define level_test(function) cmocka_unit_test_setup_teardown(function, begin, end)

static inline void
put(int rank, const char *path, const char *data)
{
	char command[2048];

	snprintf(command, sizeof command, "mkdir -p \"$(dirname '%s/%s')\"", dirs[rank], path);
	assert_int_equal(system(command), 0);
	write_file(path_in(dirs[rank], path), data);
}

/* At which levels PATH is, the hottest last: "010". */
static inline const char *
levels_of(const char *path)
{
	static char out[4];

	for (int i = 0; i < 3; i++)
		out[i] = exists(path_in(dirs[i], path)) ? '1' : '0';
	return out;
}

/* How many temporary files there are. */
static inline int
temporaries(void)
{
	char command[128];
	int n = -1;
	FILE *f;

	snprintf(command, sizeof command, "find %s -name '.tmp-*' | wc -l", base);
	f = popen(command, "r");
	assert_int_equal(fscanf(f, "%d", &n), 1);
	pclose(f);
	return n;
}

#endif
