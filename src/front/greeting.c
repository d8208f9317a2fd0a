#include "front/greeting.h"

#include <fcntl.h>

#include "base/fd.h"
#include "command/output.h"
#include "front/statedir.h"
#include "base/banned.h"

#define MARKER "greeted" /* in the directory of what a shell keeps */

/* Where that cannot be kept it is never the first time: better told never than whenever. */
static bool is_first(void)
{
	SCOPED(fd_close) int dir = statedir_open();
	SCOPED(fd_close) int marker = dir < 0 ? -1 : openat(dir, MARKER, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return marker >= 0;
}

void greet(const struct session *session)
{
	if (!is_first()) {
		output_line("logs in %s; help lists the commands, Tab completes, Ctrl-D leaves", session->store.path);
		return;
	}
	output_line("Every line that your containers write is kept in %s, also when they are gone: logs NAME shows it.",
		    session->store.path);
	output_line(
		"run IMAGE starts a container, track NAME takes in one that runs already, track --all all of them.");
	output_line("Tab completes and lists, help explains, help keys the keys, Ctrl-D leaves. This is said once.");
}
