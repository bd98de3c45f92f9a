#ifndef TTS_MEDIA_H
#define TTS_MEDIA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/conf.h"
#include "../base/mem.h"
#include "../base/rc.h"

/*
 * Names and locations of the MP3 files. All paths are relative to media.root and to the URL prefix:
 * "<project / 1000>/<project>/<audio>-r<revision>-<key>.mp3".
 *
 * The files of a pipeline are "pipeline/<pipeline / 1000>/<pipeline>/<kind>-<run>-<key>.<type>",
 * where the key is 32 random hexadecimal digits.
 *
 * Deleting has two steps. The API, which cannot write below media.root, lays a tombstone in
 * media.gone_root ("p<project>", "a<audio>" or "t<pipeline>"); nginx answers 404 for everything
 * that has one. Later the files are unlinked, and after them the tombstone.
 */
#define MEDIA_PATH_SIZE 128
#define MEDIA_PIPELINES "pipeline" /* the directory of those */
#define MEDIA_MARKER ".tts-media"  /* a file in media.root; without it nothing is claimed */

/*
 * Read the media key, which only the program that names files needs: the renderer. Exits if it
 * cannot be read.
 */
void media_init(const struct conf *conf);

/*
 * Write the path of the sound of AUDIO at REVISION. The 32 hexadecimal digits of the key are
 * BLAKE2b-128 of both numbers, keyed with the media key: the same revision always has the same
 * name, and nobody can guess it. Requires media_init.
 */
void media_path(const struct conf *conf, char out[MEDIA_PATH_SIZE], uint64_t project,
    uint64_t audio, uint64_t revision);

/* RC_OK if media.root exists, is writable and contains its marker; otherwise RC_NO_SPACE,
 * logged. With levels (media_level.h) a lower one that is usable is enough. */
enum rc media_check(const struct conf *conf);

/*
 * Files that are published together, because forcing many files to the disk at once costs little
 * more than forcing one. Returns NULL, logged, if memory runs out. Freeing a batch removes the
 * files that were not settled; NULL is ignored.
 *
 * A process that is killed leaves its temporary files behind. So their names contain the host and
 * RUN, and PROJECTS says in whose directories they may be: MEDIA_NOTES numbers, zero at first, in
 * memory that outlives the process, or NULL. One batch uses them at a time.
 */
#define MEDIA_NOTES 64
struct media_batch;
struct media_batch *media_batch_new(
    const struct conf *conf, uint64_t run, uint64_t projects[MEDIA_NOTES]);
void media_batch_free(struct media_batch *batch);

/*
 * Remove the temporary files that earlier runs of this host left in the directories of PROJECTS,
 * and forget these. No earlier run may still be publishing; other hosts may.
 */
void media_remove_leftovers(const struct conf *conf, uint64_t run, uint64_t projects[MEDIA_NOTES]);

/*
 * Publish DATA as PATH, in two steps. Publishing the same bytes twice is harmless.
 *
 * media_publish writes DATA under a unique temporary name in the directory of PATH, and sets *FILE
 * to the file's number in the batch. If it returns RC_NO_SPACE (logged), nothing has changed.
 *
 * media_settle completes everything published since it was last called: it forces the files to the
 * disk, closes and renames them, and then forces each directory once. After RC_NO_SPACE (logged) no
 * new file is left. After RC_OK the files are complete under their names and durable, except those
 * whose directory was removed in the meantime. media_published tells which, until the next
 * media_publish: no row may name a file for which it is false.
 */
enum rc media_publish(
    struct media_batch *batch, const char *path, const void *data, size_t len, size_t *file);
enum rc media_settle(struct media_batch *batch);
bool media_published(const struct media_batch *batch, size_t file);

/*
 * Remove the file PATH (and its directory, if that was the last file in it), all files of a
 * sentence, or the directory of a project with everything in it. It is no error if it does not
 * exist. Links are removed, never followed. RC_NO_SPACE, logged, if something could not be removed.
 * The removal is not forced to the disk: the sweep removes what reappears after a crash of the
 * machine.
 *
 * At most MAX files of a project are removed at a time. *LEFT is set if there may be more: call it
 * again.
 */
enum rc media_unlink(const struct conf *conf, const char *path);
enum rc media_unlink_audio(const struct conf *conf, uint64_t project, uint64_t audio);
enum rc media_unlink_project(const struct conf *conf, uint64_t project, size_t max, bool *left);

/* Remove the directory of a pipeline with everything in it. */
enum rc media_unlink_pipeline(const struct conf *conf, uint64_t pipeline);

/* ------------------------------------------------------------------ common/media/media_file.c */

/*
 * The files of pipelines: "pipeline/<pipeline / 1000>/<pipeline>/<kind>-<run>-<key>.<ext>", N > 1
 * is added to the number of the run. The key is random.
 */
void media_pipeline_path(char out[MEDIA_PATH_SIZE], uint64_t pipeline, const char *kind,
    uint64_t run, unsigned n, const char *ext);

/*
 * Directories in which a program's children make files:
 * "<media.root>/pipeline/.work-<host>-<who>/", or below another level. Only this user can look into
 * them, and nginx serves nothing from there. media_work_begin removes what an earlier program WHO
 * of this host left behind; its lock must be held. media_work_make makes a new directory, whose
 * absolute path it writes to OUT. RC_NO_SPACE, logged.
 */
#define MEDIA_WORK_SIZE 1536
enum rc media_work_begin(const struct conf *conf, const char *who);
enum rc media_work_make(const struct conf *conf, const char *who, char out[MEDIA_WORK_SIZE]);
void media_work_remove(const char *dir);

/*
 * Publish the file NAME of such a directory as PATH: it is complete and durable there after RC_OK.
 * RC_NO_SPACE, logged, if that is not possible now; RC_REFUSED if it is not a file, or is empty, or
 * larger than MAX.
 */
enum rc media_adopt(const struct conf *conf, const char *dir, const char *name, const char *path,
    uint64_t max, uint64_t *size, uint8_t sha256[32]);

/* Lay the tombstone of a project (AUDIO is 0) or of a sentence. It is durable when this returns
 * RC_OK. */
enum rc media_lay_tombstone(const struct conf *conf, uint64_t project, uint64_t audio);

bool media_has_tombstone(const struct conf *conf, uint64_t project, uint64_t audio);

/* Remove a tombstone. Call it after removing the files. */
void media_remove_tombstone(const struct conf *conf, uint64_t project, uint64_t audio);

/* The same three for a pipeline. */
enum rc media_lay_pipeline_tombstone(const struct conf *conf, uint64_t pipeline);
bool media_has_pipeline_tombstone(const struct conf *conf, uint64_t pipeline);
void media_remove_pipeline_tombstone(const struct conf *conf, uint64_t pipeline);

/* The same of one picture of a pipeline. */
enum rc media_lay_picture_tombstone(const struct conf *conf, uint64_t picture);
bool media_has_picture_tombstone(const struct conf *conf, uint64_t picture);
void media_remove_picture_tombstone(const struct conf *conf, uint64_t picture);

/* ------------------------------------------------------------------ common/media/media_inbox.c */

/*
 * What was uploaded and nobody has looked into yet is in pipeline.inbox, under a name of 32
 * hexadecimal digits, readable for those who look into it.
 */
#define MEDIA_INBOX_DIGITS 32

/* Write a file that does not exist yet. It is complete and durable when this returns RC_OK, and not
 * there after RC_NO_SPACE (logged). */
enum rc media_inbox_put(const struct conf *conf, const char *name, const void *data, size_t len);

/* Remove a file. It is no error if there is none. RC_NO_SPACE, logged, if that failed. */
enum rc media_inbox_remove(const struct conf *conf, const char *name);

#endif
