/* What an engine tells of itself. Pure values; what it does not tell is "" and 0. */
#ifndef PURSER_MODEL_ENGINE_H
#define PURSER_MODEL_ENGINE_H

#include <limits.h>
#include <stdbool.h>

#include "base/moment.h"

#define ENGINE_WORD_MAX 63

struct engine_info {
	char version[ENGINE_WORD_MAX + 1];    /* never "" */
	char log_driver[ENGINE_WORD_MAX + 1]; /* of containers that are made without one */
	char root[PATH_MAX];                  /* where it keeps their files, on its machine */
	moment clock;                         /* when it said this */
	bool remote;                          /* it says that it is on another machine */
};

#endif
