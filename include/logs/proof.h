/*
 * What the engine says stands at both ends of a container's log: asked for before its file is believed to be that log. Never waits.
 */
#ifndef PURSER_LOGS_PROOF_H
#define PURSER_LOGS_PROOF_H

#include "logs/enginelog.h"
#include "logs/framer.h"
#include "logs/task.h"

#define PROOF_RECORDS 32

struct proof {
	enum { PROOF_NONE, PROOF_OF_END, PROOF_OF_BEGINNING, PROOF_HAD } stage;
	struct task task;
	struct framer framer;
	char id[CONTAINER_ID_LEN + 1];
	uint64_t newest[PROOF_RECORDS]; /* digests, oldest first */
	size_t newest_nr;
	uint64_t oldest;                /* a digest */
	bool has_oldest;
};

/* Asks the engine. */
int proof_start(struct proof *proof, const struct runtime *runtime, const char *id, struct error *err);
bool proof_active(const struct proof *proof);
/* After poll: 1: the engine has answered, 0: not yet, or nothing was asked, -1: it did not, with *err. */
int proof_step(struct proof *proof, struct error *err);
void proof_abandon(struct proof *proof);

/* Whether `log` begins with what the engine's begins with, and has what that ends with. -1 where it cannot be read. */
int proof_holds(const struct proof *proof, struct enginelog *log, struct error *err);

#endif
