/* The rows of commands, one object each; table.c puts them in order. */
#ifndef PURSER_COMMAND_ROWS_H
#define PURSER_COMMAND_ROWS_H

#include "command/command.h"

extern const struct command cmd_run, cmd_create;                     /* cmd_run.c */
extern const struct command cmd_new, cmd_with, cmd_show, cmd_reset; /* cmd_draft.c */
extern const struct command cmd_describe;                            /* cmd_describe.c */
extern const struct command cmd_start, cmd_stop, cmd_restart, cmd_rm; /* cmd_lifecycle.c */
extern const struct command cmd_kill, cmd_pause, cmd_unpause;        /* cmd_state.c */
extern const struct command cmd_rename, cmd_update;                  /* cmd_change.c */
extern const struct command cmd_wait;                                /* cmd_wait.c */
extern const struct command cmd_container_prune;                     /* cmd_prune.c */
extern const struct command cmd_ps, cmd_images;                      /* cmd_list.c */
extern const struct command cmd_pull, cmd_push;                      /* cmd_transfer.c */
extern const struct command cmd_tag, cmd_rmi, cmd_image_history, cmd_image_inspect; /* cmd_image.c */
extern const struct command cmd_image_prune;                         /* cmd_image_prune.c */
extern const struct command cmd_save, cmd_load, cmd_import;          /* cmd_archive.c */
extern const struct command cmd_build;                               /* cmd_build.c */
extern const struct command cmd_inspect;                             /* cmd_inspect.c */
extern const struct command cmd_stats;                               /* cmd_stats.c */
extern const struct command cmd_health;                              /* cmd_health.c */
extern const struct command cmd_watch;                               /* cmd_watch.c */
extern const struct command cmd_events;                              /* cmd_events.c */
extern const struct command cmd_logs;                                /* cmd_logs.c */
extern const struct command cmd_grep;                                /* cmd_grep.c */
extern const struct command cmd_exec, cmd_attach;                    /* cmd_exec.c */
extern const struct command cmd_cp;                                  /* cmd_copy.c */
extern const struct command cmd_export, cmd_commit;                  /* cmd_export.c */
extern const struct command cmd_diff, cmd_port, cmd_top;             /* cmd_changes.c */
extern const struct command cmd_verify;                              /* cmd_verify.c */
extern const struct command cmd_doctor;                              /* cmd_doctor.c */
extern const struct command cmd_collect;                             /* cmd_collect.c */
extern const struct command cmd_track, cmd_untrack, cmd_status;      /* cmd_track.c */
extern const struct command cmd_network_create, cmd_network_rm, cmd_network_ls, cmd_network_inspect, cmd_network_connect,
	cmd_network_disconnect, cmd_network_prune; /* cmd_network.c */
extern const struct command cmd_volume_create, cmd_volume_rm, cmd_volume_ls, cmd_volume_inspect, cmd_volume_prune; /* cmd_volume.c */
extern const struct command cmd_complete;                            /* cmd_complete.c */
extern const struct command cmd_alias, cmd_unalias, cmd_source, cmd_try; /* cmd_script.c */
extern const struct command cmd_set;                                 /* cmd_set.c */
extern const struct command cmd_docker, cmd_nerdctl, cmd_podman;     /* cmd_shell.c */
extern const struct command cmd_use, cmd_help, cmd_history, cmd_quit; /* cmd_shell.c */

#endif
