#ifndef TTS_TASK_H
#define TTS_TASK_H

#include <signal.h>

#include "../common/media/media.h"
#include "../common/work/loop.h"
#include "child.h"

/* What all steps of a run of tts-pipeline share. */
struct step_env {
	const struct conf *conf;
	struct db *db;
	const char *who; /* the name of the stage: of its lock and its directories */
	struct stage_worker worker;
	enum rc no_space; /* RC_NO_SPACE once a file could not be stored */
};

/* What a child is asked. */
enum op { OP_PICTURES, OP_SEND, OP_FIND, OP_POLL, OP_FETCH };

enum task_state {
	TASK_CLAIMED,
	TASK_CHILD, /* a child works on it */
	TASK_DONE,  /* there is a result to be written */
	TASK_LOST,  /* there is none: the claim is no longer ours, or has ended already */
};

/* A claim on its way. */
struct task {
	struct work_task base;
	struct pool *pool; /* of its batch */
	struct stage_claim claim;
	const struct engine *engine;
	struct stage_input input;
	enum task_state state;
	enum op op;
	struct child *child;
	char dir[MEDIA_WORK_SIZE]; /* of the child; "" */
	struct stage_result result;
};

/* ------------------------------------------------------------------ pipeline-job/task.c */

/* The task has the result CLASS, and goes on at STEP if it goes on. */
void task_result(struct task *task, enum pipeline_class class, enum stage_step step);

/* A request was sent whose answer is not known, and that nobody has found yet. */
void task_result_sent(struct task *task, const char *message);

/* The task has the result CLASS without any child. */
void task_fail(struct task *task, enum pipeline_class class, const char *message);

/* What was in hand when the program has to leave: back to the queue. */
void task_release(struct task *task);

/* Whether the answer of its child is paid for: it must not be ended without need. */
bool task_is_paid(const struct task *task);

/* End the child, if there is one, and remove its files. */
void task_clear(struct task *task);

/* ------------------------------------------------------------------ pipeline-job/begin.c */

/*
 * Begin the step that comes next for TASK: its state is one of the last three after RC_OK. RC_STALE
 * if the claim is no longer ours. After any other error nothing was begun.
 */
enum rc task_begin(struct step_env *env, struct task *task);

/* Begin it anew, after its pictures were decoded. */
enum rc task_go_on(struct step_env *env, struct task *task);

/* ------------------------------------------------------------------ pipeline-job/end.c */

/* Its child has ended: take the answer. The task is TASK_DONE then, or begun anew. As task_begin.
 */
enum rc task_end(struct step_env *env, struct task *task);

/* Remove the files of a result that nothing names. */
void task_forget_files(const struct step_env *env, const struct task *task);

#endif
