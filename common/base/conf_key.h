#ifndef TTS_CONF_KEY_H
#define TTS_CONF_KEY_H

#include <stdbool.h>
#include <stddef.h>

#include "conf.h"

/*
 * What the file may say: one row for each key. conf.c reads by it, and the test of tts.conf(5)
 * walks it.
 */
struct conf_key {
	const char *name;   /* as in "mp3.quality"; the group is all before the last dot */
	size_t offset;	    /* in struct conf: of an int, or of a string if FORM is set */
	int min, max;	    /* of a number */
	int number;	    /* its default */
	const char *string; /* the default of a string */
	const struct conf_form *form;
	bool (*number_fits)(int); /* where a range does not tell all; NULL otherwise */
	const char *numbers;	  /* says which ones fit then */
};

/* A form that strings may have. */
struct conf_form {
	const char *name; /* completes "is not …" */
	bool (*fits)(const char *);
};

extern const struct conf_key conf_keys[];
extern const size_t conf_keys_n;

/* Find by full name; NULL if there is none. */
const struct conf_key *conf_key(const char *name);

/* Where a value comes from. */
enum conf_origin {
	CONF_DEFAULT,
	CONF_SET,      /* the file gives it */
	CONF_COMPUTED, /* not given, or 0 for "as the machine is": found out when the file was read
			*/
};
enum conf_origin conf_origin(const struct conf *conf, const struct conf_key *key);

/* Tell whether NAME is a group that has keys, or groups that have. */
bool conf_is_group(const char *name);

#endif
