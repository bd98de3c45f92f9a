#include "conf_fixture.h"

/* The manual page and the sample name all keys, with their defaults. */

static char *
read_file(const char *path)
{
	struct buf buf;
	char part[4096];
	FILE *f = fopen(path, "r");
	size_t n;

	if (f == NULL)
		fail_msg("cannot open %s: run this from the top of the source", path);
	buf_init(&buf, pool, 0);
	while ((n = fread(part, 1, sizeof part, f)) > 0)
		buf_add(&buf, part, n);
	fclose(f);
	return buf.data;
}

/* The entry for KEY in the manual; "" if there is none. */
static const char *
entry(const char *manual, const struct conf_key *key)
{
	const char *item = pool_printf(pool, "\n.It Va %s\n", key->name);
	const char *from = strstr(manual, item), *to, *end;

	if (from == NULL)
		return "";
	from += strlen(item);
	to = strstr(from, "\n.It ");
	end = strstr(from, "\n.El");
	if (to == NULL || end < to)
		to = end;
	return pool_strndup(pool, from, (size_t)(to + 1 - from));
}

/* All keys, and after them the members of a level. */
static const struct conf_key *
any_key(size_t i)
{
	return i < conf_keys_n ? &conf_keys[i] : &conf_level_keys[i - conf_keys_n];
}

static void
every_key_is_in_the_manual(void **state)
{
	const char *manual = read_file("man/tts.conf.5"), *fact;

	for (size_t i = 0; i < conf_keys_n + conf_level_keys_n; i++) {
		const struct conf_key *key = any_key(i);

		if (key->form != NULL && key->string[0] != '\0')
			fact = pool_printf(pool, "Default\n.Qq %s .\n", key->string);
		else if (key->form != NULL)
			fact = "Default\n.Qq .\n";
		else if (key->numbers != NULL)
			fact = pool_printf(
			    pool, "One of %s, default %d.\n", key->numbers, key->number);
		else
			fact = pool_printf(
			    pool, "Range %d to %d, default %d.\n", key->min, key->max, key->number);
		if (strstr(entry(manual, key), fact) == NULL)
			fail_msg("the manual does not say of %s: %s", key->name, fact);
	}
}

static void
the_manual_has_no_other_keys(void **state)
{
	char *manual = read_file("man/tts.conf.5"), *line;
	size_t n = 0;

	while ((line = strsep(&manual, "\n")) != NULL) {
		size_t i = 0, all = conf_keys_n + conf_level_keys_n;

		if (strncmp(line, ".It Va ", 7) != 0)
			continue;
		while (i < all && strcmp(any_key(i)->name, line + 7) != 0)
			i++;
		if (i == all && strcmp(line + 7, CONF_LEVEL_LIST) != 0)
			fail_msg("there is no key %s", line + 7);
		n++;
	}
	assert_int_equal(n, conf_keys_n + conf_level_keys_n + 1);
}

/* Fill in the default paths, and remove the "# " before each key. */
static const char *
fill_sample(char *sample)
{
	static const char *const places[][2] = {
	    {"@SOCKET@", "/run/mysqld/mysqld.sock"},
	    {"@SECRETS@", "/etc/tts/secrets"},
	    {"@RUN@", "/run/tts"},
	    {"@MEDIA@", "/var/lib/tts/media"},
	    {"@GONE@", "/var/lib/tts/gone"},
	    {"@INBOX@", "/var/lib/tts/inbox"},
	};
	struct buf buf;

	buf_init(&buf, pool, 0);
	for (char *s = sample; *s != '\0';) {
		size_t i, n = sizeof places / sizeof *places;
		size_t word = strspn(s, "# ") == 2
				  ? strspn(s + 2, "abcdefghijklmnopqrstuvwxyz_0123456789")
				  : 0;

		for (i = 0; i < n && strncmp(s, places[i][0], strlen(places[i][0])) != 0; i++)
			continue;
		if (i < n) {
			buf_adds(&buf, places[i][1]);
			s += strlen(places[i][0]);
		} else if (word > 0 && strncmp(s + 2 + word, " = ", 3) == 0) {
			s += 2;
		} else {
			buf_add(&buf, s++, 1);
		}
	}
	return buf.data;
}

static void
the_sample_is_the_defaults(void **state)
{
	const char *sample = fill_sample(read_file("etc/tts.conf.in"));
	const struct conf *given = assert_loads(sample), *defaults = assert_loads("");

	for (size_t i = 0; i < conf_keys_n; i++) {
		const struct conf_key *key = &conf_keys[i];
		const void *a = (const char *)given + key->offset;
		const void *b = (const char *)defaults + key->offset;
		const char *name = strrchr(key->name, '.');

		name = pool_printf(pool, "%s = ", name != NULL ? name + 1 : key->name);
		if (strstr(sample, name) == NULL)
			fail_msg("%s is not in the sample", key->name);
		if (key->form != NULL)
			assert_string_equal(*(const char *const *)a, *(const char *const *)b);
		else
			assert_int_equal(*(const int *)a, *(const int *)b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_key_is_in_the_manual),
	    cmocka_unit_test(the_manual_has_no_other_keys),
	    cmocka_unit_test(the_sample_is_the_defaults),
	};

	return cmocka_run_group_tests(tests, conf_prepare, conf_clean_up);
}
