#include "logs/promise.h"

#include "base/banned.h"

#define WINDOWS "windows of what its engine answers"

const struct promise *promise_of(enum log_form form)
{
	static const struct promise promises[] = {
		[LOG_FORM_UNKNOWN] = { "the engine's answers", WINDOWS, NULL,
				       "each record once; what the engine drops before it was read is a gap" },
		[LOG_FORM_DOCKER] = { "the engine's answers, or its files (`--read-engine-files`)", WINDOWS ", or with --read-engine-files its files",
				      WINDOWS, "each record once; what the engine rotates away before it was read is a gap" },
		[LOG_FORM_NERDCTL] = { "its files", "its files, held open across rotation", "what its CLI prints, which forgets what was rotated",
				       "each record once; what is rotated away while no purser collects is a gap" },
		[LOG_FORM_K8S] = { "its file", "its file, held open across rotation", "what its CLI prints, which forgets what was rotated",
				   "each record once; what is rotated away while no purser collects is a gap" },
		[LOG_FORM_JOURNAL] = { "journalctl", "windows of what journalctl prints", NULL,
				       "each entry once, with a time in microseconds; what leaves the journal before it was read is a gap" },
		[LOG_FORM_NONE] = { "not at all", "nothing: this log driver keeps nothing that can be read again", NULL, "nothing" },
	};
	return &promises[form];
}
