#include "runtime/journald.h"

#include "base/banned.h"

void journald_compose(const struct action *action, struct request *request)
{
	struct strvec *argv = &request->argv;
	strvec_push_all(argv, "journalctl", "--quiet", "--no-pager", "--all", "--output=json",
			"--output-fields=MESSAGE,PRIORITY,CONTAINER_PARTIAL_MESSAGE,IMAGE_NAME", NULL);
	if (action->since > 0)
		strvec_pushf(argv, "--since=@%lld", (long long)action->since);
	if (action->tail != TAIL_ALL)
		strvec_pushf(argv, "--lines=%lld", (long long)action->tail);
	strvec_pushf(argv, "CONTAINER_ID_FULL=%s", action->targets.items[0]);
	request->io = REQUEST_STREAM;
}
