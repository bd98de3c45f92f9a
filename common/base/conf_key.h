#ifndef TTS_CONF_KEY_H
#define TTS_CONF_KEY_H

#include <stdbool.h>
#include <stddef.h>

#include "conf.h"

/*
 * The keys of the file, one row each. conf.c reads the file with this table; the test of
 * tts.conf(5) compares the manual with it.
 */
struct conf_key {
	const char *name;   /* "mp3.quality"; everything before the last dot is the group */
	size_t offset;	    /* in struct conf: of an int, or of a string if FORM is set */
	int min, max;	    /* range of a number */
	int number;	    /* default of a number */
	const char *string; /* default of a string */
	const struct conf_form *form;
	bool (*number_fits)(int); /* checks what a range cannot express; NULL: nothing */
	const char *numbers;	  /* the allowed values, for messages, if NUMBER_FITS is set */
};

/* A form that a string must have. */
struct conf_form {
	const char *name; /* completes "is not …" */
	bool (*fits)(const char *);
};

extern const struct conf_key conf_keys[];
extern const size_t conf_keys_n;

/*
 * The list of levels, the one key that is not in the table above, and the members of a level. Their
 * names have the prefix, their offsets are in struct conf_level_given of conf_reading.h.
 */
#define CONF_LEVEL_LIST "levels.list"
#define CONF_LEVEL_PREFIX CONF_LEVEL_LIST "[]."
extern const struct conf_key conf_level_keys[];
extern const size_t conf_level_keys_n;

/* Find a key by its full name; NULL if there is none. */
const struct conf_key *conf_key(const char *name);

/* Where a value comes from. */
enum conf_origin {
	CONF_DEFAULT,
	CONF_SET,      /* set in the file */
	CONF_COMPUTED, /* not set, or 0: determined from the machine on reading */
};
enum conf_origin conf_origin(const struct conf *conf, const struct conf_key *key);

/* Tell whether NAME is a group, directly or through its subgroups, of any key. */
bool conf_is_group(const char *name);

#endif
