/*
 * One window under way: the engine gives it, the framer cuts it into records, the intake takes them; or it is read from the engine's own file.
 * Never waits.
 */
#ifndef PURSER_LOGS_READING_H
#define PURSER_LOGS_READING_H

#include "logs/framer.h"
#include "logs/intake.h"
#include "logs/pace.h"
#include "logs/shortcut.h"
#include "logs/task.h"

struct reading {
	struct intake *intake;
	enum window_kind kind;
	struct task task;
	struct framer framer;
	struct shortcut *shortcut; /* the window comes, or came, from the engine's file; NULL: from the engine … */
	bool in_file;              /* … and is being read there */
	bool brought; /* a record */
	struct pace_window window;
};

enum reading_state {
	READING_NONE,       /* nothing is under way */
	READING_ON,
	READING_STORED,     /* everything up to its end is stored */
	READING_AGAIN,      /* another window is needed, at once */
	READING_MISSING,    /* the engine does not have the container */
	READING_UNREADABLE, /* its log driver keeps nothing that can be read */
	READING_NOT_STORED, /* what came could not be stored */
	READING_FAILED,     /* the engine failed, or was not understood; or its file */
};

/* The container's log must be open. Of what this leaves behind, reading_step or reading_abandon frees everything. */
int reading_start(struct reading *reading, struct intake *intake, const struct runtime *runtime, const char *id, enum window_kind kind,
		  struct error *err);
/* The same from the engine's file, which was proven. */
int reading_start_in_file(struct reading *reading, struct intake *intake, struct shortcut *shortcut, struct error *err);
/* After poll; one in a file has no descriptor to wait for. A window's end is told once; *err says why where it did not end well. */
enum reading_state reading_step(struct reading *reading, struct error *err);
bool reading_active(const struct reading *reading);
void reading_abandon(struct reading *reading);

#endif
