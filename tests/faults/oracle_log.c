#include "oracle.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answers.h"

#define BUCKETS 65536
#define HASH_SIZE (2 * CRYPT_SHA256_SIZE + 1)

/* How certain it is that something was deleted. */
enum gone { THERE, MAYBE, GONE };

/* A change that was requested for a sentence. */
struct write {
	uint64_t revision; /* 0: unknown whether and when it happened */
	uint64_t speed;
	const char *text; /* hash */
	struct write *next;
};

struct sound {
	uint64_t revision;
	const char *path;
	struct sound *next;
};

struct sentence {
	uint64_t id, project;
	struct write *writes;
	struct sound *sounds;
	enum gone gone;
	struct sentence *next;
};

/* A text from which one sentence was created or, unless ACCEPTED, possibly none. */
struct birth {
	const char *text, *title; /* TITLE: of the new project it is in, or NULL */
	uint64_t project;	  /* the old project it was put in */
	bool accepted;
	uint64_t id; /* what came of it */
	struct birth *next;
};

struct project {
	const char *title;
	uint64_t id; /* 0: not known */
	bool accepted;
	enum gone gone;
	struct project *next;
};

static struct sentence *sentences[BUCKETS];
static struct birth *births[BUCKETS];
static struct project *projects[BUCKETS]; /* by title */

static size_t
bucket_of(const char *hash)
{
	char start[9] = "";

	memcpy(start, hash, strnlen(hash, 8));
	return strtoul(start, NULL, 16) % BUCKETS;
}

static struct sentence *
sentence_of(struct pool *pool, uint64_t id)
{
	struct sentence **bucket = &sentences[id % BUCKETS], *s = *bucket;

	while (s != NULL && s->id != id)
		s = s->next;
	if (s == NULL && pool != NULL) {
		s = pool_alloc(pool, sizeof *s);
		*s = (struct sentence){.id = id, .next = *bucket};
		*bucket = s;
	}
	return s;
}

static struct birth *
birth_of(struct pool *pool, const char *text)
{
	struct birth **bucket = &births[bucket_of(text)], *b = *bucket;

	while (b != NULL && strcmp(b->text, text) != 0)
		b = b->next;
	if (b == NULL && pool != NULL) {
		b = pool_alloc(pool, sizeof *b);
		*b = (struct birth){.text = text, .next = *bucket};
		*bucket = b;
	}
	return b;
}

static struct project *
project_titled(struct pool *pool, const char *title)
{
	struct project **bucket = &projects[bucket_of(title)], *p = *bucket;

	while (p != NULL && strcmp(p->title, title) != 0)
		p = p->next;
	if (p == NULL && pool != NULL) {
		p = pool_alloc(pool, sizeof *p);
		*p = (struct project){.title = title, .next = *bucket};
		*bucket = p;
	}
	return p;
}

static struct project *
project_numbered(uint64_t id)
{
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct project *p = projects[i]; p != NULL; p = p->next)
			if (p->id == id)
				return p;
	return NULL;
}

/* ---------------------------------------------------------------- reading */

struct line {
	const char *operation;
	int outcome;
	uint64_t id, project, revision, speed;
	const char *text, *title, *path;
};

static bool
line_read(struct pool *pool, char *s, struct line *out)
{
	const struct {
		const char *name;
		uint64_t *number;
		const char **string;
	} keys[] = {{"id", &out->id, NULL}, {"project", &out->project, NULL},
	    {"rev", &out->revision, NULL}, {"speed", &out->speed, NULL}, {"text", NULL, &out->text},
	    {"title", NULL, &out->title}, {"path", NULL, &out->path}};
	const char *outcome;
	char *word;

	*out = (struct line){.text = "", .title = "", .path = ""};
	out->operation = strsep(&s, " ");
	outcome = strsep(&s, " ");
	if (outcome == NULL)
		return false;
	out->outcome = outcome[0] == '?' ? ANSWER_UNKNOWN : atoi(outcome);
	while ((word = strsep(&s, " ")) != NULL) {
		const char *name = strsep(&word, "=");

		for (size_t i = 0; word != NULL && i < sizeof keys / sizeof keys[0]; i++) {
			if (strcmp(keys[i].name, name) != 0)
				continue;
			if (keys[i].number != NULL)
				*keys[i].number = strtoull(word, NULL, 10);
			else
				*keys[i].string = pool_strdup(pool, word);
		}
	}
	return true;
}

static void
add_write(struct pool *pool, struct sentence *s, const struct line *l)
{
	struct write *w = pool_alloc(pool, sizeof *w);

	*w = (struct write){l->revision, l->speed, l->text, s->writes};
	s->writes = w;
	if (l->project != 0)
		s->project = l->project;
}

static void
on_project(struct pool *pool, const struct line *l)
{
	struct project *p = project_titled(pool, l->title);

	if (l->id != 0 && p->id != 0 && p->id != l->id)
		broken(I1, "project %" PRIu64 " was made again as %" PRIu64, p->id, l->id);
	if (l->id != 0)
		p->id = l->id;
	p->accepted = p->accepted || l->outcome == 201;
}

static void
on_sentence(struct pool *pool, const struct line *l)
{
	struct birth *b = birth_of(pool, l->text);

	b->title = l->title;
	b->accepted = b->accepted || l->outcome == 201;
}

static void
on_insert(struct pool *pool, const struct line *l)
{
	struct birth *b = birth_of(pool, l->text);

	b->project = l->project;
	b->accepted = b->accepted || l->outcome == 201;
	if (l->id != 0)
		add_write(pool, sentence_of(pool, l->id), l);
}

static void
on_write(struct pool *pool, const struct line *l)
{
	add_write(pool, sentence_of(pool, l->id), l);
}

static void
on_remove(struct pool *pool, const struct line *l)
{
	struct sentence *s = sentence_of(pool, l->id);
	enum gone gone = l->outcome == ANSWER_UNKNOWN ? MAYBE : GONE;

	s->gone = gone > s->gone ? gone : s->gone;
}

static void
on_delete(struct pool *pool, const struct line *l)
{
	struct project *p = project_numbered(l->id);
	enum gone gone = l->outcome == ANSWER_UNKNOWN ? MAYBE : GONE;

	if (p == NULL)
		give_up("project %" PRIu64 " was deleted but never made", l->id);
	p->gone = gone > p->gone ? gone : p->gone;
}

static void
on_sound(struct pool *pool, const struct line *l)
{
	struct sentence *s = sentence_of(pool, l->id);
	struct sound *sound = s->sounds;

	while (sound != NULL && sound->revision != l->revision)
		sound = sound->next;
	if (sound == NULL) {
		sound = pool_alloc(pool, sizeof *sound);
		*sound = (struct sound){l->revision, l->path, s->sounds};
		s->sounds = sound;
	} else if (strcmp(sound->path, l->path) != 0) {
		broken(I3, "audio %" PRIu64 " r%" PRIu64 " had two sounds: %s and %s", l->id,
		    l->revision, sound->path, l->path);
	}
}

static const struct {
	const char *name;
	int success;
	bool may_be_unknown;
	void (*on)(struct pool *pool, const struct line *l);
} operations[] = {
    {"project", 201, true, on_project},
    {"sentence", 201, true, on_sentence},
    {"see", 200, false, on_write},
    {"insert", 201, true, on_insert},
    {"edit", 201, true, on_write},
    {"remove", 201, true, on_remove},
    {"delete", 201, true, on_delete},
    {"sound", 200, false, on_sound},
};

static void
take(struct pool *pool, const struct line *l)
{
	for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++) {
		bool unknown = operations[i].may_be_unknown && l->outcome == ANSWER_UNKNOWN;

		if (strcmp(operations[i].name, l->operation) == 0 &&
		    (unknown || l->outcome == operations[i].success))
			operations[i].on(pool, l);
	}
}

void
answers_read(struct pool *pool, const char *path)
{
	size_t len = 0;
	char *data = (char *)file_read(pool, path, &len), *s;
	struct line line;

	if (data == NULL)
		give_up("cannot read %s", path);
	while ((s = strsep(&data, "\n")) != NULL)
		if (s[0] != '\0' && line_read(pool, s, &line))
			take(pool, &line);
}

/* ---------------------------------------------------------------- checking */

static const char *
hash_of(struct pool *pool, const char *text, size_t len)
{
	uint8_t hash[CRYPT_SHA256_SIZE];
	char *hex = pool_alloc(pool, HASH_SIZE);

	crypt_sha256(hash, text, len);
	crypt_hex(hex, hash, sizeof hash);
	return hex;
}

/* Every sentence comes from one text that was sent, and each text became at most one sentence. */
static void
check_birth(const struct sentence *s, const char *first)
{
	struct birth *b = birth_of(NULL, first);
	const struct project *p =
	    b != NULL && b->title != NULL ? project_titled(NULL, b->title) : NULL;

	if (b == NULL) {
		broken(I1, "audio %" PRIu64 " was made of a text that nobody sent", s->id);
		return;
	}
	if (b->id != 0)
		broken(I1, "audio %" PRIu64 " and %" PRIu64 " were made of one text", b->id, s->id);
	b->id = s->id;
	if (s->project != 0 && p != NULL && p->id != 0 && p->id != s->project)
		broken(I1, "audio %" PRIu64 " is in project %" PRIu64 " instead of %" PRIu64, s->id,
		    s->project, p->id);
	if (s->project != 0 && b->project != 0 && b->project != s->project)
		broken(I1, "audio %" PRIu64 " is in project %" PRIu64 " instead of %" PRIu64, s->id,
		    s->project, b->project);
}

static const char *
first_text(struct pool *pool, const struct sentence *s, const struct row *row)
{
	for (const struct write *w = s->writes; w != NULL; w = w->next)
		if (w->revision == 1)
			return w->text;
	if (row != NULL && row->revision == 1)
		return hash_of(pool, row->text, row->text_len);
	return NULL;
}

/* The revisions from 2 on that no answer explains. */
static uint64_t
unexplained(const struct sentence *s, uint64_t newest)
{
	uint64_t n = newest - 1;

	for (const struct write *w = s->writes; w != NULL; w = w->next) {
		const struct write *same = w->next;

		while (same != NULL && same->revision != w->revision)
			same = same->next;
		if (w->revision >= 2 && w->revision <= newest && same == NULL)
			n--;
	}
	return n;
}

static void
check_content(struct pool *pool, const struct sentence *s, const struct row *row)
{
	const char *text = hash_of(pool, row->text, row->text_len);
	uint64_t newest = 1, unknown = 0, left;
	bool is_unknown = false;

	for (const struct write *w = s->writes; w != NULL; w = w->next) {
		newest = w->revision > newest ? w->revision : newest;
		unknown += w->revision == 0;
		if (w->revision == 0 && w->speed == row->speed && strcmp(w->text, text) == 0)
			is_unknown = true;
	}
	if (row->revision < newest)
		broken(I1, "audio %" PRIu64 " is at r%" PRIu64 ", r%" PRIu64 " was accepted", s->id,
		    row->revision, newest);
	for (const struct write *w = s->writes; w != NULL; w = w->next)
		if (w->revision == row->revision &&
		    (w->speed != row->speed || strcmp(w->text, text) != 0))
			broken(I1, "audio %" PRIu64 " r%" PRIu64 " is not what was accepted", s->id,
			    row->revision);
	if (row->revision > newest && !is_unknown)
		broken(I1, "audio %" PRIu64 " r%" PRIu64 " is not what anybody sent", s->id,
		    row->revision);
	left = unexplained(s, row->revision);
	if (left > unknown)
		broken(I1, "audio %" PRIu64 " has %" PRIu64 " revisions too many", s->id,
		    left - unknown);
}

static void
check_sentence(struct pool *pool, const struct snapshot *snapshot, const struct sentence *s)
{
	const struct row *row = row_find(snapshot, s->id);
	const struct project *p = s->project != 0 ? project_numbered(s->project) : NULL;
	const char *first = first_text(pool, s, row);
	bool project_there = s->project == 0 || project_find(snapshot, s->project) != NULL;
	enum gone gone = s->gone;

	if (p != NULL && (p->gone == GONE || (p->gone == MAYBE && !project_there)))
		gone = GONE;
	if (first != NULL)
		check_birth(s, first);
	if (row != NULL && gone == GONE)
		broken(I1, "audio %" PRIu64 " was deleted and is there", s->id);
	else if (row == NULL && gone == THERE)
		broken(I1, "audio %" PRIu64 " is gone, and nobody deleted it", s->id);
	else if (row != NULL && s->writes != NULL)
		check_content(pool, s, row);
	else if (row != NULL && row->revision != 1)
		broken(I1, "audio %" PRIu64 " was edited, and nobody had seen it", s->id);
}

static void
check_births(void)
{
	for (size_t i = 0; i < BUCKETS; i++)
		for (const struct birth *b = births[i]; b != NULL; b = b->next) {
			const struct project *p = b->title != NULL ? project_titled(NULL, b->title)
								   : project_numbered(b->project);

			if (b->accepted && b->id == 0 && (p == NULL || p->gone == THERE))
				broken(I1,
				    "an accepted sentence of project %" PRIu64 " was never made",
				    p != NULL ? p->id : 0);
		}
}

/* A project that exists was created by one request, and one that was created exists. */
static void
check_projects(struct pool *pool, const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->projects_n; i++) {
		const struct project_row *row = &snapshot->projects[i];
		struct project *p =
		    project_titled(NULL, hash_of(pool, row->title, strlen(row->title)));

		if (p == NULL)
			broken(I1, "project %" PRIu64 " was made by nobody", row->id);
		else if (p->id != 0 && p->id != row->id)
			broken(I1, "project %" PRIu64 " and %" PRIu64 " were made by one request",
			    p->id, row->id);
		else if (p->gone == GONE)
			broken(I1, "project %" PRIu64 " was deleted and is there", row->id);
		if (p != NULL)
			p->id = row->id;
	}
	for (size_t i = 0; i < BUCKETS; i++)
		for (const struct project *p = projects[i]; p != NULL; p = p->next)
			if (p->accepted && p->gone == THERE &&
			    (p->id == 0 || project_find(snapshot, p->id) == NULL))
				broken(I1, "project %" PRIu64 " is gone, and nobody deleted it",
				    p->id);
}

void
check_answers(struct pool *pool, const struct snapshot *snapshot)
{
	check_projects(pool, snapshot);
	for (size_t i = 0; i < snapshot->rows_n; i++) {
		struct sentence *s = sentence_of(pool, snapshot->rows[i].id);

		if (s->project == 0)
			s->project = snapshot->rows[i].project;
	}
	for (size_t i = 0; i < BUCKETS; i++)
		for (const struct sentence *s = sentences[i]; s != NULL; s = s->next)
			check_sentence(pool, snapshot, s);
	check_births();
}
