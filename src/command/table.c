/*
 * All commands, in the order of help, under the headings it has there: by what people do. A new one is its row, declared in rows.h,
 * and its place in one of these groups.
 */
#include "command/rows.h"
#include "command/through.h"
#include "base/banned.h"

/* GROUP(heading, rows) */
#define GROUPS(GROUP)                                                                                                  \
	GROUP("Run containers", &cmd_run, &cmd_create, &cmd_start, &cmd_stop, &cmd_restart, &cmd_kill, &cmd_pause,     \
	      &cmd_unpause, &cmd_wait, &cmd_update, &cmd_rename, &cmd_rm, &cmd_container_prune)                        \
	GROUP("Describe one step by step", &cmd_new, &cmd_with, &cmd_show, &cmd_reset, &cmd_describe)                  \
	GROUP("See how they are", &cmd_ps, &cmd_stats, &cmd_health, &cmd_events, &cmd_inspect, &cmd_top, &cmd_port,    \
	      &cmd_watch)                                                                                              \
	GROUP("Read what they wrote", &cmd_logs, &cmd_grep, &cmd_verify, &cmd_track, &cmd_untrack, &cmd_status, &cmd_collect)     \
	GROUP("Work inside of them", &cmd_exec, &cmd_attach, &cmd_cp, &cmd_diff, &cmd_export, &cmd_commit)             \
	GROUP("Images", &cmd_images, &cmd_pull, &cmd_push, &cmd_build, &cmd_tag, &cmd_rmi, &cmd_save, &cmd_load,       \
	      &cmd_import, &cmd_image_inspect, &cmd_image_history, &cmd_image_prune)                                   \
	GROUP("Networks and volumes", &cmd_network_create, &cmd_network_rm, &cmd_network_ls, &cmd_network_inspect,     \
	      &cmd_network_connect, &cmd_network_disconnect, &cmd_network_prune, &cmd_volume_create, &cmd_volume_rm,   \
	      &cmd_volume_ls, &cmd_volume_inspect, &cmd_volume_prune)                                                  \
	GROUP("Runtimes", &cmd_use, &cmd_docker, &cmd_nerdctl, &cmd_podman, &cmd_doctor)                               \
	GROUP("The shell itself", &cmd_help, &cmd_set, &cmd_alias, &cmd_unalias, &cmd_source, &cmd_try, &cmd_history, &cmd_complete, &cmd_quit)

#define ITS_ROWS(heading, ...) __VA_ARGS__,
#define WITH_HEADING(heading, ...) { heading, (const struct command *const[]){ __VA_ARGS__, NULL } },

const struct command *const commands[] = {
	GROUPS(ITS_ROWS)
#define X(word, ...) &cmd_through_##word,
	THROUGH(X)
#undef X
	NULL,
};

const struct command_group command_groups[] = { GROUPS(WITH_HEADING) { 0 } };
