/*
 * What will tell that one container has written something: a watch on the engine's own file (logs/wake.h), or, where nobody but the engine
 * may look at that, a stream over its socket that is closed at the first byte. Hints only, and one may be lost: then the log is read as late as
 * it would be without. Belongs to the collector's thread; never waits.
 */
#ifndef PURSER_LOGS_VIGIL_H
#define PURSER_LOGS_VIGIL_H

#include "logs/task.h"
#include "logs/wake.h"

#define VIGIL_STREAMS_MAX 64 /* at once: each is a connection, here and in the engine */

/* What all of a collector's share. */
struct vigils {
	struct wake wake;
	unsigned streams;
};

struct vigil {
	struct vigils *all;
	int watch;       /* WAKE_NONE: there is none */
	struct task stream;
	moment began;    /* what is written behind this tells */
	bool told;
	bool stream_told;
	unsigned in_vain; /* how often in a row a stream told of something that the window had already: an engine whose clock is ahead */
};

void vigil_init(struct vigil *vigil, struct vigils *all);
void vigil_stop(struct vigil *vigil); /* its stream, so that all of a collector's end side by side */
void vigil_end(struct vigil *vigil);

/* From now on. `log_path`: the engine's file, or NULL. */
void vigil_begin(struct vigil *vigil, const char *log_path);
/* Behind a window that brought nothing, where there is no watch: asks the engine to tell, also of what was written since vigil_begin. */
void vigil_ask(struct vigil *vigil, const struct runtime *runtime, const char *id);
/* Behind one that did. */
void vigil_was_right(struct vigil *vigil);

enum vigil_kind { VIGIL_NONE, VIGIL_STREAM, VIGIL_WATCH };
/* What will tell; VIGIL_NONE once it has. */
enum vigil_kind vigil_kind(const struct vigil *vigil);

/* Its watch has told; `over`: that it is over, which tells as well: until it is armed anew something may go unnoticed. */
void vigil_woken(struct vigil *vigil, bool over);
/* After poll: true if its stream has told just now. */
bool vigil_step(struct vigil *vigil);

#endif
