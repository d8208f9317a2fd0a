/* The rows of commands, one object each; table.c puts them in order. */
#ifndef PURSER_COMMAND_ROWS_H
#define PURSER_COMMAND_ROWS_H

#include "command/command.h"

extern const struct command cmd_run, cmd_create;                     /* cmd_run.c */
extern const struct command cmd_start, cmd_stop, cmd_restart, cmd_rm; /* cmd_lifecycle.c */
extern const struct command cmd_ps, cmd_images;                      /* cmd_list.c */
extern const struct command cmd_logs;                                /* cmd_logs.c */
extern const struct command cmd_verify;                              /* cmd_verify.c */
extern const struct command cmd_collect;                             /* cmd_collect.c */
extern const struct command cmd_track, cmd_untrack, cmd_status;      /* cmd_track.c */
extern const struct command cmd_use, cmd_help, cmd_history, cmd_quit; /* cmd_shell.c */

#endif
