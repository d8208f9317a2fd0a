/* All commands, in the order of help. A new one is its row, declared in rows.h, and a line here. */
#include "command/rows.h"
#include "base/banned.h"

const struct command *const commands[] = {
	&cmd_run,  &cmd_create,  &cmd_start,  &cmd_stop, &cmd_restart, &cmd_rm,      &cmd_ps,   &cmd_images,
	&cmd_logs, &cmd_verify, &cmd_track, &cmd_untrack, &cmd_status, &cmd_collect, &cmd_use,  &cmd_help,    &cmd_history, &cmd_quit, NULL,
};
