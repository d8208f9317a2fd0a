/* What this machine's kernel counts for a group of processes. */
#ifndef PURSER_SYSTEM_CGROUP_H
#define PURSER_SYSTEM_CGROUP_H

#include <stddef.h>
#include <stdint.h>

/*
 * Nanoseconds of all processors that the cgroup of process `pid` has used, if the group's name has `mark` (a container's id) in it: else
 * it is another process, of another namespace or a later time. -1 if it cannot be told. Of either version of cgroups.
 */
int64_t cgroup_cpu_time(long long pid, const char *mark);

/*
 * Which file has it, from the text of /proc/PID/cgroup: the path below /sys/fs/cgroup, into `path`. Returns the file's number of nanoseconds in
 * one of its units, 0 if there is none.
 */
int cgroup_cpu_file(const char *groups, const char *mark, char *path, size_t size);

#endif
