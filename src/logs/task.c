#include "logs/task.h"

#include "base/moment.h"
#include "base/banned.h"

int task_start(struct task *task, const struct runtime *runtime, struct action *action, request_sink *sink, void *arg,
	       struct error *err)
{
	*task = (struct task){ .runtime = runtime, .action = *action, .started_ms = monotonic_ms() };
	*action = (struct action){ 0 };
	request_init(&task->request);
	task->request.sink = sink;
	task->request.sink_arg = arg;
	if (runtime->compose(runtime, &task->action, &task->request, err) == 0 &&
	    request_start(&task->running, &task->request, err) == 0) {
		task->active = true;
		return 0;
	}
	request_release(&task->request);
	action_release(&task->action);
	return -1;
}

bool task_step(struct task *task)
{
	return task->active && request_step(&task->running);
}

int task_finish(struct task *task, struct result *out, struct error *err)
{
	struct reply reply;
	int failed = request_finish(&task->running, &reply, err);
	if (!failed)
		failed = task->runtime->decode(task->runtime, &task->action, &reply, out, err);
	reply_release(&reply);
	request_release(&task->request);
	action_release(&task->action);
	task->active = false;
	return failed;
}

void task_stop(struct task *task)
{
	if (task->active)
		request_stop(&task->running, ERROR_CANCELLED, "abandoned");
}

void task_abandon(struct task *task)
{
	if (!task->active)
		return;
	task_stop(task);
	while (!request_step(&task->running)) {
		struct pollfd fds[REQUEST_FDS];
		poll(fds, request_fds(&task->running, fds), request_wait_ms(&task->running));
	}
	struct result result = { 0 };
	struct error err;
	if (task_finish(task, &result, &err) == 0)
		result_release(&result);
}
