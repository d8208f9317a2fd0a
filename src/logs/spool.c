#include "logs/spool.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/banned.h"

int spool_open(struct spool *spool, const struct store *store, const char *id, const char *name, struct error *err)
{
	*spool = (struct spool){ .store = store };
	snprintf(spool->id, sizeof spool->id, "%s", id);
	snprintf(spool->name, sizeof spool->name, "%s", name);
	shelf_of(store, id, name, &spool->files);
	return spool->files.nr ? 0 : error_set(err, ERROR_NOT_FOUND, "nothing is stored of '%s' yet", name);
}

void spool_release(struct spool *spool)
{
	shelf_release(&spool->files);
}

/* The file that is written to; false: there is none. */
static bool stat_newest(const struct spool *spool, struct stat *st)
{
	const struct shelf_file *file = spool->files.nr ? &spool->files.items[spool->files.nr - 1] : NULL;
	return file && fstatat(spool->store->dir, file->whole, st, AT_SYMLINK_NOFOLLOW) == 0;
}

void spool_note(struct spool *spool)
{
	struct stat st;
	spool->inode = stat_newest(spool, &st) ? st.st_ino : 0;
}

/* Whether the file that was written to is by now called otherwise, compressed or not. */
static bool is_rotated(const struct spool *spool)
{
	char file[LOG_NAME_MAX + 1];
	struct stat st;
	bool found = false;
	for (unsigned packed = 0; packed < 2 && !found; packed++) {
		log_part_make(spool->files.items[0].whole, &(struct log_part){ spool->place.number, packed }, file);
		found = fstatat(spool->store->dir, file, &st, AT_SYMLINK_NOFOLLOW) == 0;
	}
	return found;
}

bool spool_has_more(struct spool *spool)
{
	struct stat st;
	bool same = stat_newest(spool, &st) && st.st_ino == spool->inode && !is_rotated(spool);
	if (same && st.st_size == spool->place.offset)
		return false;
	if (!same) {
		shelf_release(&spool->files);
		shelf_of(spool->store, spool->id, spool->name, &spool->files);
	}
	return true;
}
