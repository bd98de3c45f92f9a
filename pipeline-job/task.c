#include "task.h"

/* What a claim has come to, wherever in its step that is known. */

#define FIND_MS 2000 /* the questions for a request whose answer is not known */

void
task_result(struct task *task, enum pipeline_class class, enum stage_step step)
{
	task->result = (struct stage_result){.claim = &task->claim,
	    .class = class,
	    .step = step,
	    .message = "",
	    .remote = task->engine != NULL && task->engine->remote && task->child != NULL &&
		      task->op != OP_PICTURES,
	    .began = task->op == OP_SEND,
	    .progress = -1};
	task->state = TASK_DONE;
}

void
task_result_sent(struct task *task, const char *message)
{
	if (task->claim.late) {
		task_result(task, CLASS_TIMEOUT, STEP_SENT);
		task->result.message = "it is not known what became of the request, which may have "
				       "been paid for";
		task->result.final = true;
	} else {
		task_result(task, CLASS_WAIT, STEP_SENT);
		task->result.message = message;
		task->result.wait_ms = FIND_MS;
	}
	task->result.remote = false;
}

void
task_fail(struct task *task, enum pipeline_class class, const char *message)
{
	if (task->claim.step == STEP_SENT && class == CLASS_NOT_READY) {
		task_result_sent(task, message);
		return;
	}
	task_result(task, class, task->claim.step);
	task->result.message = message;
	task->result.remote = false;
}

void
task_release(struct task *task)
{
	task_result(task, CLASS_OK, task->claim.step);
	task->result.released = true;
}

bool
task_is_paid(const struct task *task)
{
	return task->state == TASK_CHILD && task->op == OP_SEND && task->engine->paid;
}

void
task_clear(struct task *task)
{
	child_free(task->child);
	task->child = NULL;
	if (task->dir[0] != '\0')
		media_work_remove(task->dir);
	task->dir[0] = '\0';
}
