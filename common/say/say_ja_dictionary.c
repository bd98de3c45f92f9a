#include "say_ja.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <mecab.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/log.h"
#include "say_ja_missing.h"

/*
 * The analyser and its dictionary are loaded when the first Japanese text is said: other languages
 * need neither, and a machine may have neither. The dictionary comes without the file that says how
 * it is to be read, and the analyser looks for that beside it: so it is opened through a directory
 * of links, which is removed at once.
 */
#define LIBRARY "libmecab.so.2"
#define DICTIONARY "/var/lib/mecab/dic/open-jtalk/naist-jdic"
#define SETTINGS                                                                                   \
	"dictionary-charset = utf8\n"                                                              \
	"cost-factor = 800\n"                                                                      \
	"bos-feature = BOS/EOS,*,*,*,*,*,*,*,*\n"

static const char *const files[] = {"sys.dic", "matrix.bin", "char.bin", "unk.dic"};

/* The functions of the library. */
static struct {
	__typeof__(mecab_model_new) *model_new;
	__typeof__(mecab_model_new_tagger) *new_tagger;
	__typeof__(mecab_model_new_lattice) *new_lattice;
	__typeof__(mecab_parse_lattice) *parse;
	__typeof__(mecab_lattice_set_sentence2) *set_sentence;
	__typeof__(mecab_lattice_set_boundary_constraint) *set_boundary;
	__typeof__(mecab_lattice_get_bos_node) *first_node;
} lib;

static enum { UNKNOWN, MISSING, OPEN } state;
static mecab_t *tagger;
static mecab_lattice_t *lattice;

static bool
library_open(void)
{
	const struct {
		const char *name;
		void *to;
	} functions[] = {{"mecab_model_new", &lib.model_new},
	    {"mecab_model_new_tagger", &lib.new_tagger},
	    {"mecab_model_new_lattice", &lib.new_lattice}, {"mecab_parse_lattice", &lib.parse},
	    {"mecab_lattice_set_sentence2", &lib.set_sentence},
	    {"mecab_lattice_set_boundary_constraint", &lib.set_boundary},
	    {"mecab_lattice_get_bos_node", &lib.first_node}};
	void *handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);

	for (size_t i = 0; handle != NULL && i < SAY_COUNT(functions); i++) {
		void *found = dlsym(handle, functions[i].name);

		if (found == NULL)
			return false;
		memcpy(functions[i].to, &found, sizeof found);
	}
	return handle != NULL;
}

/* The path of the file NAME in DIR. */
static const char *
path_in(char path[PATH_MAX], const char *dir, const char *name)
{
	snprintf(path, PATH_MAX, "%s/%s", dir, name);
	return path;
}

static bool
links_make(const char *dir)
{
	char at[PATH_MAX], to[PATH_MAX];
	FILE *settings = fopen(path_in(at, dir, "dicrc"), "we");
	bool written = settings != NULL && fputs(SETTINGS, settings) >= 0;

	if (settings != NULL)
		written = fclose(settings) == 0 && written;
	for (size_t i = 0; written && i < SAY_COUNT(files); i++)
		written =
		    symlink(path_in(to, DICTIONARY, files[i]), path_in(at, dir, files[i])) == 0;
	return written;
}

static void
links_remove(const char *dir)
{
	char at[PATH_MAX];

	unlink(path_in(at, dir, "dicrc"));
	for (size_t i = 0; i < SAY_COUNT(files); i++)
		unlink(path_in(at, dir, files[i]));
	rmdir(dir);
}

/* Load the dictionary through DIR. */
static bool
dictionary_load(char *dir)
{
	char name[] = "tts", rc[] = "-r", none[] = "/dev/null", at[] = "-d";
	char *arguments[] = {name, rc, none, at, dir, NULL};
	mecab_model_t *model = lib.model_new(SAY_COUNT(arguments) - 1, arguments);

	if (model == NULL)
		return false;
	tagger = lib.new_tagger(model);
	lattice = lib.new_lattice(model);
	return tagger != NULL && lattice != NULL;
}

const char *
say_ja_missing(void)
{
	char path[PATH_MAX];
	void *handle = dlopen(LIBRARY, RTLD_LAZY | RTLD_LOCAL);

	if (handle == NULL)
		return "libmecab2";
	dlclose(handle);
	for (size_t i = 0; i < SAY_COUNT(files); i++)
		if (access(path_in(path, DICTIONARY, files[i]), R_OK) < 0)
			return "open-jtalk-mecab-naist-jdic";
	return NULL;
}

static bool
dictionary_open(void)
{
	char dir[] = "/tmp/tts-japanese-XXXXXX";
	bool made;

	if (say_ja_missing() != NULL || !library_open())
		return false;
	if (mkdtemp(dir) == NULL) {
		log_warn("cannot read Japanese: cannot make %s: %s", dir, strerror(errno));
		return false;
	}
	made = links_make(dir) && dictionary_load(dir);
	if (!made)
		log_warn("cannot read Japanese: cannot open the dictionary in " DICTIONARY);
	links_remove(dir);
	return made;
}

/* Take over the words that were found. */
static void
words_take(struct pool *pool, struct say_ja_words *words)
{
	const mecab_node_t *first = lib.first_node(lattice)->next;
	size_t n = 0, end = 0;

	for (const mecab_node_t *node = first; node->next != NULL; node = node->next)
		n++;
	words->v = pool_array(pool, n + 1, sizeof(*words->v));
	words->n = 0;
	for (const mecab_node_t *node = first; node->next != NULL; node = node->next) {
		end += node->rlength; /* with the spaces before it */
		words->v[words->n++] = (struct say_ja_word){.at = end - node->length,
		    .len = node->length,
		    .feature = node->feature,
		    .unknown = node->stat == MECAB_UNK_NODE};
	}
}

bool
say_ja_words(struct pool *pool, const char *text, size_t len, const uint8_t *entire,
    struct say_ja_words *words)
{
	if (state == UNKNOWN)
		state = dictionary_open() ? OPEN : MISSING;
	if (state == MISSING)
		return false;
	lib.set_sentence(lattice, text, len);
	for (size_t i = 0; i <= len; i++)
		if (entire[i] != SAY_JA_ANY)
			lib.set_boundary(lattice, i,
			    entire[i] == SAY_JA_EDGE ? MECAB_TOKEN_BOUNDARY : MECAB_INSIDE_TOKEN);
	if (!lib.parse(tagger, lattice))
		return false;
	words_take(pool, words);
	return true;
}
