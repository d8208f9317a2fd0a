/*
 * Compresses one rotated log file, a slice at a time, so that whoever does it can do other things in between.
 *
 * What is written is called .packing until it is on the disk; then it gets its name, and the plain file is removed. A crash leaves the
 * plain file, beside it perhaps .packing, which the next one overwrites, or the whole compressed one.
 */
#ifndef PURSER_LOGS_PACK_H
#define PURSER_LOGS_PACK_H

#include <stdbool.h>
#include <zlib.h>

#include "base/error.h"
#include "logs/logname.h"

#define PACK_TEMPORARY ".packing" /* only one file is compressed at a time */

struct pack {
	bool active;
	int dir, in, out;
	char file[LOG_NAME_MAX + 1], packed[LOG_NAME_MAX + 1];
	z_stream stream;
};

/* `whole` and `number`: of the rotated file. */
int pack_start(struct pack *pack, int dir, const char *whole, unsigned number, struct error *err);
/* One slice. 1: done, 0: there is more, -1: it failed, and the plain file stays. */
int pack_step(struct pack *pack, struct error *err);
void pack_abandon(struct pack *pack);

/* Whether the compressed file has all that the plain one beside it has. */
bool pack_is_whole(int dir, const char *whole, unsigned number);

#endif
