#include "logs/pace.h"

#include "base/banned.h"

#define RATE_FADES_MS 60000 /* a peak is forgotten in about that time */
#define OVERWRITE_SHARE 4   /* windows in the time an engine needs to overwrite all it keeps, at least */
#define REREAD_SHARE 4      /* no more than one in so many is the time spent on reading again what is stored */

double load_now(const struct load *load, int64_t now_ms)
{
	int64_t since = now_ms - load->at_ms;
	return since < 1000 ? load->a_second * (double)(1000 - since) / 1000 : 0;
}

void load_count(struct load *load, int64_t now_ms)
{
	load->a_second = load_now(load, now_ms) + 1;
	load->at_ms = now_ms;
}

void pace_init(struct pace *pace)
{
	*pace = (struct pace){ .interval_ms = PACE_MIN_MS };
}

void pace_hurry(struct pace *pace)
{
	pace->interval_ms = PACE_MIN_MS;
}

static void measure(struct pace *pace, const struct pace_window *window)
{
	int64_t since = window->began_ms - pace->measured_ms;
	if (pace->measured_ms && since > 0) {
		double now = (double)window->bytes * 1000 / (double)since;
		double faded = since < RATE_FADES_MS ? pace->rate * (1 - (double)since / RATE_FADES_MS) : 0;
		pace->rate = now > faded ? now : faded;
	}
	pace->measured_ms = window->began_ms;
}

/* A quarter of the time in which the engine overwrites all that it keeps. */
static int most(const struct pace *pace)
{
	if (!pace->kept || pace->rate <= 0)
		return PACE_MAX_MS;
	double ms = (double)pace->kept / pace->rate * 1000 / OVERWRITE_SHARE;
	return ms < PACE_MAX_MS ? (int)ms : PACE_MAX_MS;
}

/* So that reading again what is stored already takes its share of the time and no more. */
static int least(const struct pace_window *window)
{
	uint64_t again = window->records - window->fresh;
	double share = window->records ? (double)again / (double)window->records : 0;
	double ms = share * (double)(window->ended_ms - window->began_ms) * REREAD_SHARE;
	return ms < PACE_MAX_MS ? (int)ms : PACE_MAX_MS;
}

static int set_interval(struct pace *pace, int interval_ms, bool followed)
{
	int max = followed ? PACE_MIN_MS : PACE_MAX_MS;
	pace->interval_ms = interval_ms < max ? interval_ms : max;
	return pace->interval_ms;
}

int pace_after(struct pace *pace, const struct pace_window *window, bool followed)
{
	measure(pace, window);
	pace->least_ms = least(window);
	int wait = set_interval(pace, window->fresh ? PACE_MIN_MS : pace->interval_ms * 2, followed);
	if (wait < pace->least_ms)
		wait = pace->least_ms;
	return wait < most(pace) ? wait : most(pace);
}

int pace_woken(const struct pace *pace, double load)
{
	int wait = load < PACE_MIN_MS ? PACE_WOKEN_MS + (int)load : PACE_MIN_MS;
	if (wait > PACE_MIN_MS)
		wait = PACE_MIN_MS;
	return wait > pace->least_ms ? wait : pace->least_ms;
}

int pace_after_failure(struct pace *pace, bool followed)
{
	int wait = set_interval(pace, pace->interval_ms * 2, followed);
	return wait < most(pace) ? wait : most(pace);
}
