#ifndef TTS_MEDIA_H
#define TTS_MEDIA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/conf.h"
#include "../base/mem.h"
#include "../base/rc.h"

/*
 * The names and places of MP3 files. All paths are relative to media.root and to the URL prefix:
 * "<project / 1000>/<project>/<audio>-r<revision>-<key>.mp3".
 *
 * Deleting has two steps. The API, which cannot write below media.root, lays a tombstone into
 * media.gone_root ("p<project>" or "a<audio>"); nginx answers 404 for whatever has one. The
 * renderer then unlinks the files and after that the tombstones.
 */
#define MEDIA_PATH_SIZE 128
#define MEDIA_MARKER                                                                               \
	".tts-media" /* a file directly in media.root; without it nothing is claimed               \
		      */

/*
 * Read the media key. Only who names files needs it: the renderer, once its children can no longer
 * have it. Ends the process if it cannot.
 */
void media_init(const struct conf *conf);

/*
 * Write the path of AUDIO's sound at REVISION. The 32 hexadecimal digits of the key are BLAKE2b-128
 * of both numbers under the media key: the same revision always has the same name and nobody can
 * guess it. Needs media_init.
 */
void media_path(const struct conf *conf, char out[MEDIA_PATH_SIZE], uint64_t project,
    uint64_t audio, uint64_t revision);

/* RC_OK if media.root is there, writable and carries its marker; else RC_NO_SPACE, logged. */
enum rc media_check(const struct conf *conf);

/*
 * Publish DATA as PATH, in two steps, as to force many files to the disk costs little more than to
 * force one.
 *
 * media_publish writes DATA under a unique temporary name in the same directory. After RC_OK it is
 * there; after RC_NO_SPACE (logged) there is nothing that was not there before.
 *
 * media_settle does the rest for all that was published since it was last called: fsync and close
 * the files, rename them, then fsync each directory once. After RC_OK all of them are whole under
 * their names and durable; but LOST (if not NULL, room for all of them, in their order) says whose
 * directory was removed meanwhile, which no row may name. After RC_NO_SPACE (logged) none of it is
 * there that was not there before. Publishing the same bytes twice is harmless.
 */
enum rc media_publish(const struct conf *conf, const char *path, const void *data, size_t len);
enum rc media_settle(bool *lost);

/*
 * Remove the file PATH, all files of a sentence, the directory of a project with everything in it.
 * That it is not there is no error. Links are removed, never followed. RC_NO_SPACE, logged, if
 * something could not be removed. The removal is not forced to the disk: what comes back when the
 * machine itself crashes is swept.
 */
enum rc media_unlink(const struct conf *conf, const char *path);
enum rc media_unlink_audio(const struct conf *conf, uint64_t project, uint64_t audio);
enum rc media_unlink_project(const struct conf *conf, uint64_t project);

/* Lay the tombstone of a project (AUDIO 0) or of one sentence; durable when it returns RC_OK. */
enum rc media_bury(const struct conf *conf, uint64_t project, uint64_t audio);

/* Remove a tombstone, after the files. */
void media_unbury(const struct conf *conf, uint64_t project, uint64_t audio);

#endif
