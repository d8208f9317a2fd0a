#include "logs/proof.h"

#include <stdio.h>
#include <string.h>

#include "base/banned.h"

#define TAIL_READ 8192 /* records at the file's end in which the engine's newest are looked for: it goes on writing meanwhile */

static int take_record(void *arg, const struct record *record, struct error *err)
{
	struct proof *proof = arg;
	if (proof->stage == PROOF_OF_BEGINNING) {
		proof->oldest = record_digest(record);
		proof->has_oldest = true;
		return error_set(err, ERROR_CANCELLED, "one is enough");
	}
	if (proof->newest_nr == PROOF_RECORDS)
		return error_set(err, ERROR_RUNTIME, "the engine gave more records than it was asked for");
	proof->newest[proof->newest_nr++] = record_digest(record);
	return 0;
}

static int take_bytes(void *arg, enum request_stream stream, const char *bytes, size_t len, struct error *err)
{
	struct proof *proof = arg;
	return framer_feed(&proof->framer, stream == REQUEST_ERR ? STREAM_STDERR : STREAM_STDOUT, bytes, len, err);
}

static int ask(struct proof *proof, const struct runtime *runtime, int64_t tail, struct error *err)
{
	struct action action;
	action_init(&action, VERB_WINDOW);
	action.tail = tail;
	strvec_push(&action.targets, proof->id);
	if (task_start(&proof->task, runtime, &action, take_bytes, proof, err) < 0)
		return -1;
	framer_init(&proof->framer, WINDOW_WRITES, take_record, proof);
	return 0;
}

int proof_start(struct proof *proof, const struct runtime *runtime, const char *id, struct error *err)
{
	*proof = (struct proof){ .stage = PROOF_OF_END };
	snprintf(proof->id, sizeof proof->id, "%s", id);
	if (ask(proof, runtime, PROOF_RECORDS, err) == 0)
		return 0;
	proof->stage = PROOF_NONE;
	return -1;
}

bool proof_active(const struct proof *proof)
{
	return proof->stage == PROOF_OF_END || proof->stage == PROOF_OF_BEGINNING;
}

/* The answer to one of the two questions is over. */
static int take_answer(struct proof *proof, struct error *err)
{
	struct result result = { 0 };
	framer_release(&proof->framer);
	if (task_finish(&proof->task, &result, err) == 0)
		return 0;
	return proof->has_oldest && err->kind == ERROR_CANCELLED ? 0 : -1;
}

int proof_step(struct proof *proof, struct error *err)
{
	const struct runtime *runtime = proof->task.runtime;
	if (!proof_active(proof) || !task_step(&proof->task))
		return 0;
	bool failed = take_answer(proof, err) < 0;
	if (!failed && proof->stage == PROOF_OF_END) {
		proof->stage = PROOF_OF_BEGINNING;
		failed = ask(proof, runtime, TAIL_ALL, err) < 0;
		if (!failed)
			return 0;
	}
	proof->stage = failed ? PROOF_NONE : PROOF_HAD;
	return failed ? -1 : 1;
}

void proof_abandon(struct proof *proof)
{
	if (!proof_active(proof))
		return;
	framer_release(&proof->framer);
	task_abandon(&proof->task);
	proof->stage = PROOF_NONE;
}

static int begins_alike(const struct proof *proof, struct enginelog *log, struct error *err)
{
	struct record record;
	if (enginelog_rewind(log, err) < 0)
		return -1;
	int any = enginelog_next(log, &record, err);
	if (any < 0)
		return -1;
	return any == proof->has_oldest && (!any || record_digest(&record) == proof->oldest);
}

/* Goes through the file's last records with those of the engine as a window of the same length. */
static int has_newest(const struct proof *proof, struct enginelog *log, struct error *err)
{
	uint64_t window[PROOF_RECORDS];
	size_t nr = 0;
	struct record record;
	int any;

	if (proof->newest_nr == 0)
		return 1;
	if (enginelog_go_back(log, TAIL_READ, err) < 0)
		return -1;
	while ((any = enginelog_next(log, &record, err)) > 0) {
		if (nr == proof->newest_nr)
			memmove(window, window + 1, --nr * sizeof *window);
		window[nr++] = record_digest(&record);
		if (nr == proof->newest_nr && !memcmp(window, proof->newest, nr * sizeof *window))
			return 1;
	}
	return any;
}

int proof_holds(const struct proof *proof, struct enginelog *log, struct error *err)
{
	int alike = begins_alike(proof, log, err);
	return alike > 0 ? has_newest(proof, log, err) : alike;
}
