/*
 * How often a container's log is read. Pure.
 *
 * Every 250 ms while there is something new, then less and less often, up to every five seconds. But never less often than four times
 * while the engine, at the rate of late, overwrites all that it keeps of the log; and an unfinished line in so many parts that
 * reading it again takes long is not read again at once.
 *
 * Where what is written wakes the reader, it reads at once, and not without being woken, but for a look now and then. The more windows
 * there are, of all containers, the longer it waits for more to come, up to 250 ms.
 */
#ifndef PURSER_LOGS_PACE_H
#define PURSER_LOGS_PACE_H

#include <stdbool.h>
#include <stdint.h>

#define PACE_MIN_MS 250
#define PACE_MAX_MS 5000
#define PACE_WOKEN_MS 20     /* between windows of a container that is woken by what it writes … */
#define PACE_WATCHED_MS 30000 /* … and of one whose file is watched and not written to */

struct pace {
	int least_ms;        /* behind the last window, whatever wakes it */
	int interval_ms;     /* until the next window, had it nothing to regard but itself */
	int64_t kept;        /* bytes of the log that the engine keeps at least; 0: all */
	double rate;         /* bytes a second: a recent peak, fading */
	int64_t measured_ms; /* when the last window that was read to its end began; 0: none */
};

/* A window, read to its end. */
struct pace_window {
	int64_t began_ms, ended_ms;
	uint64_t records, fresh; /* in it; of these new */
	uint64_t bytes;          /* of the new ones, as an engine stores them */
};

/* How often something happens: about how many times a second of late. */
struct load {
	double a_second;
	int64_t at_ms;
};

void load_count(struct load *load, int64_t now_ms);
double load_now(const struct load *load, int64_t now_ms);

void pace_init(struct pace *pace);
/* There may be something new at once. */
void pace_hurry(struct pace *pace);
/* How many ms to wait behind this window. `followed`: somebody looks on. */
int pace_after(struct pace *pace, const struct pace_window *window, bool followed);
/* How many ms are to lie between the beginnings of two windows, if there is something new all the time. `load`: windows of all containers, a second. */
int pace_woken(const struct pace *pace, double load);
/* The same behind a window that failed. */
int pace_after_failure(struct pace *pace, bool followed);

#endif
