#include "logs/chase.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include "base/banned.h"

#define MEMORY (16u * 1024 * 1024) /* for lines that were found and not given yet, of all hunts */
#define BATCH_BYTES (64u * 1024)   /* a batch ends with the line that passes them */
#define BATCH_MAX (16u * 1024 * 1024)
#define STEP_BLOCKS 16 /* read in one step, about */

/* What one thread needs of its own. */
struct chaser {
	struct chase *chase;
	struct hunt_wish wish;
	struct pattern *pattern; /* NULL: the caller's */
	pthread_t thread;
};

struct chase {
	struct chaser own, others[CHASE_THREADS_MAX];
	size_t others_nr;
	size_t batch_bytes;
	/*
	 * The mutex protects what follows, and each quarry but what is being given, which is the caller's. While it runs, its hunt, its next batch
	 * and its result are whose step it is.
	 */
	pthread_mutex_t mutex;
	pthread_cond_t sent, news;
	struct quarry *first, **end; /* the queue */
	bool stop;
};

/* ---- batches ---- */

static void batch_add(struct batch *batch, const struct found *line)
{
	batch->begin[batch->nr] = batch->bytes.len;
	batch->lines[batch->nr++] = *line;
	buf_add(&batch->bytes, line->bytes, line->len);
}

static void batch_give(struct batch *batch, struct found *out)
{
	*out = batch->lines[batch->given];
	out->bytes = buf_text(&batch->bytes) + batch->begin[batch->given++];
}

static bool batch_is_full(const struct batch *batch, size_t bytes)
{
	return batch->nr == BATCH_LINES || batch->bytes.len >= bytes;
}

static bool batch_has_more(const struct batch *batch)
{
	return batch->given < batch->nr;
}

/* One long line does not make it large for ever. */
static void batch_clear(struct batch *batch)
{
	batch->nr = batch->given = 0;
	if (batch->bytes.room > 2 * BATCH_BYTES)
		buf_release(&batch->bytes);
	buf_clear(&batch->bytes);
}

void quarry_init(struct quarry *quarry, struct hunt *hunt)
{
	*quarry = (struct quarry){ .hunt = hunt };
	buf_init(&quarry->here.bytes, BATCH_MAX);
	buf_init(&quarry->next.bytes, BATCH_MAX);
}

void quarry_release(struct quarry *quarry)
{
	buf_release(&quarry->here.bytes);
	buf_release(&quarry->next.bytes);
}

/* ---- the queue ---- */

static void put(struct chase *chase, struct quarry *quarry)
{
	quarry->state = QUARRY_QUEUES;
	quarry->queued_behind = NULL;
	*chase->end = quarry;
	chase->end = &quarry->queued_behind;
	pthread_cond_signal(&chase->sent);
}

/* `wanted`, or NULL: whichever is first. NULL if there is none. */
static struct quarry *take(struct chase *chase, const struct quarry *wanted)
{
	struct quarry **at = &chase->first;
	while (*at && wanted && *at != wanted)
		at = &(*at)->queued_behind;
	struct quarry *quarry = *at;
	if (!quarry)
		return NULL;
	*at = quarry->queued_behind;
	if (!*at)
		chase->end = at;
	return quarry;
}

/* ---- steps ---- */

/* Once, or as long as there is something to be found near by and room for it. */
static void step(struct quarry *quarry, const struct chaser *chaser)
{
	struct batch *batch = &quarry->next;
	struct hunt *hunt = quarry->hunt;
	size_t room = chaser->chase->batch_bytes, far = hunt->blocks + STEP_BLOCKS;
	struct found found;
	enum hunt_result result;
	const struct hunt_wish *own = hunt->wish;
	hunt->wish = &chaser->wish;
	while ((result = hunt_next(hunt, &found, &quarry->error)) == HUNT_FOUND) {
		batch_add(batch, &found);
		if (batch_is_full(batch, room))
			break;
		if (hunt->blocks >= far) {
			result = HUNT_LATER;
			break;
		}
	}
	hunt->wish = own;
	quarry->result = result;
	if (result == HUNT_LATER)
		quarry->at = found.at;
	quarry->has_news = true;
}

/* Under the mutex, which is left meanwhile. */
static void go_on(const struct chaser *chaser, struct quarry *quarry)
{
	struct chase *chase = chaser->chase;
	quarry->state = QUARRY_RUNS;
	pthread_mutex_unlock(&chase->mutex);
	step(quarry, chaser);
	pthread_mutex_lock(&chase->mutex);
	if (quarry->result == HUNT_LATER && !quarry->is_left)
		put(chase, quarry);
	else
		quarry->state = QUARRY_IS_HAD;
	pthread_cond_signal(&chase->news);
}

/* ---- threads ---- */

static void *work(void *argument)
{
	const struct chaser *chaser = argument;
	struct chase *chase = chaser->chase;
	pthread_mutex_lock(&chase->mutex);
	while (!chase->stop) {
		struct quarry *quarry = take(chase, NULL);
		if (quarry)
			go_on(chaser, quarry);
		else
			pthread_cond_wait(&chase->sent, &chase->mutex);
	}
	pthread_mutex_unlock(&chase->mutex);
	return NULL;
}

size_t chase_threads(size_t hunts)
{
	cpu_set_t set;
	size_t processors = sched_getaffinity(0, sizeof set, &set) == 0 ? (size_t)CPU_COUNT(&set) : 1;
	size_t of_use = hunts < processors ? hunts : processors;
	return of_use ? of_use - 1 : 0;
}

/* Whether there is one more. */
static bool start_one(struct chase *chase, const struct hunt_wish *wish)
{
	struct chaser *chaser = &chase->others[chase->others_nr];
	chaser->chase = chase;
	chaser->pattern = pattern_twin(wish->pattern);
	hunt_wish_twin(&chaser->wish, wish, chaser->pattern);
	if (pthread_create(&chaser->thread, NULL, work, chaser) == 0) {
		chase->others_nr++;
		return true;
	}
	hunt_wish_release(&chaser->wish);
	pattern_free(chaser->pattern);
	return false;
}

struct chase *chase_new(const struct hunt_wish *wish, size_t threads)
{
	struct chase *chase = xcalloc(1, sizeof *chase);
	pthread_mutex_init(&chase->mutex, NULL);
	pthread_cond_init(&chase->sent, NULL);
	pthread_cond_init(&chase->news, NULL);
	chase->end = &chase->first;
	chase->batch_bytes = BATCH_BYTES;
	chase->own = (struct chaser){ .chase = chase, .wish = *wish };
	while (chase->others_nr < threads && chase->others_nr < CHASE_THREADS_MAX && start_one(chase, wish))
		;
	return chase;
}

void chase_free(struct chase *chase)
{
	if (!chase)
		return;
	pthread_mutex_lock(&chase->mutex);
	chase->stop = true;
	pthread_cond_broadcast(&chase->sent);
	pthread_mutex_unlock(&chase->mutex);
	for (size_t i = 0; i < chase->others_nr; i++) {
		pthread_join(chase->others[i].thread, NULL);
		hunt_wish_release(&chase->others[i].wish);
		pattern_free(chase->others[i].pattern);
	}
	pthread_cond_destroy(&chase->news);
	pthread_cond_destroy(&chase->sent);
	pthread_mutex_destroy(&chase->mutex);
	free(chase);
}

/* ---- the caller ---- */

void chase_share(struct chase *chase, size_t hunts)
{
	chase->batch_bytes = hunts * BATCH_BYTES > MEMORY ? MEMORY / hunts : BATCH_BYTES;
}

void chase_send(struct chase *chase, struct quarry *quarry)
{
	pthread_mutex_lock(&chase->mutex);
	put(chase, quarry);
	pthread_mutex_unlock(&chase->mutex);
}

/* What was found meanwhile is given from now on, and the hunt goes on if it stopped only for that. */
static void turn_over(struct chase *chase, struct quarry *quarry)
{
	struct batch given = quarry->here;
	quarry->here = quarry->next;
	quarry->next = given;
	batch_clear(&quarry->next);
	if (quarry->state == QUARRY_IS_HAD && quarry->result == HUNT_FOUND)
		put(chase, quarry);
}

/* Rather than wait, the caller goes on with a hunt that nobody else does, and with this one if it can. */
static void help(struct chase *chase, struct quarry *quarry)
{
	struct quarry *other = take(chase, quarry->state == QUARRY_QUEUES ? quarry : NULL);
	if (other)
		go_on(&chase->own, other);
	else
		pthread_cond_wait(&chase->news, &chase->mutex);
}

/* Under the mutex. HUNT_FOUND: there are more lines to be given. */
static enum hunt_result await(struct chase *chase, struct quarry *quarry, struct found *out, struct error *err)
{
	for (;; help(chase, quarry)) {
		if (quarry->state == QUARRY_RESTS)
			put(chase, quarry);
		if (quarry->state == QUARRY_RUNS)
			continue;
		if (batch_has_more(&quarry->next)) {
			turn_over(chase, quarry);
			return HUNT_FOUND;
		}
		if (quarry->state == QUARRY_IS_HAD) {
			quarry->state = QUARRY_RESTS;
			if (quarry->result < HUNT_END)
				*err = quarry->error;
			return quarry->result;
		}
		if (quarry->has_news) {
			quarry->has_news = false;
			out->at = quarry->at;
			return HUNT_LATER;
		}
	}
}

enum hunt_result chase_next(struct chase *chase, struct quarry *quarry, struct found *out, struct error *err)
{
	enum hunt_result result = HUNT_FOUND;
	if (!batch_has_more(&quarry->here)) {
		pthread_mutex_lock(&chase->mutex);
		result = await(chase, quarry, out, err);
		pthread_mutex_unlock(&chase->mutex);
	}
	if (result == HUNT_FOUND)
		batch_give(&quarry->here, out);
	return result;
}

void chase_leave(struct chase *chase, struct quarry *quarry)
{
	pthread_mutex_lock(&chase->mutex);
	quarry->is_left = true;
	if (quarry->state == QUARRY_QUEUES) {
		take(chase, quarry);
		quarry->state = QUARRY_RESTS;
	}
	pthread_mutex_unlock(&chase->mutex);
}
