#include "logs/engineparts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/buf.h"
#include "base/banned.h"

#define NUMBER_DIGITS_MAX 6
#define OPEN_TRIES 32
#define OPEN_PAUSE_NS 100000

/* Whose parts are looked for. */
struct place {
	const char *path, *name; /* the end of it */
	enum parts_order order;
	DIR *dir;
};

void enginepart_name(const char *name, const struct enginepart *part, char file[NAME_MAX + 1])
{
	if (part->number == 0)
		snprintf(file, NAME_MAX + 1, "%s", name);
	else
		snprintf(file, NAME_MAX + 1, "%s.%u%s", name, part->number, part->packed ? ".gz" : "");
}

/* Whether an engine calls a part of the log so. */
static bool parse_name(const struct place *place, const char *file, struct enginepart *out)
{
	size_t len = strlen(place->name), digits;
	if (strncmp(file, place->name, len) != 0)
		return false;
	*out = (struct enginepart){ .fd = -1 };
	file += len;
	if (*file == '\0')
		return true;
	digits = strspn(file + 1, "0123456789");
	if (place->order == PARTS_ONE || *file != '.' || file[1] == '0' || digits == 0 || digits > NUMBER_DIGITS_MAX)
		return false;
	out->number = (unsigned)strtoul(file + 1, NULL, 10);
	file += 1 + digits;
	out->packed = !strcmp(file, ".gz");
	return out->packed || *file == '\0';
}

static bool is_earlier(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec : a->tv_nsec < b->tv_nsec;
}

static bool is_older(const struct place *place, const struct enginepart *a, const struct enginepart *b)
{
	if (place->order == PARTS_TIMED && a->number && b->number)
		return is_earlier(&a->changed, &b->changed) || (!is_earlier(&b->changed, &a->changed) && a->number < b->number);
	if (place->order == PARTS_TIMED)
		return b->number == 0 && a->number != 0;
	return a->number > b->number;
}

/* false: too many. */
static bool insert(struct engineparts *parts, size_t at, const struct enginepart *part)
{
	if (parts->nr == ENGINEPARTS_MAX)
		return false;
	parts->items = xrealloc(parts->items, (parts->nr + 1) * sizeof *part);
	memmove(parts->items + at + 1, parts->items + at, (parts->nr - at) * sizeof *part);
	parts->items[at] = *part;
	parts->nr++;
	return true;
}

/* While docker compresses a file there are both; the one that is not compressed is whole. false: too many. */
static bool add(const struct place *place, struct engineparts *parts, const struct enginepart *part)
{
	size_t at = 0;
	for (size_t i = 0; i < parts->nr; i++)
		if (parts->items[i].number == part->number) {
			parts->items[i].packed &= part->packed;
			return true;
		}
	while (at < parts->nr && is_older(place, &parts->items[at], part))
		at++;
	return insert(parts, at, part);
}

static int list(const struct place *place, struct engineparts *out, struct error *err)
{
	struct enginepart part;
	struct stat st;
	rewinddir(place->dir);
	for (;;) {
		errno = 0;
		const struct dirent *item = readdir(place->dir);
		if (!item)
			return errno ? error_system(err, "listing the files of %s", place->path) : 0;
		if (!parse_name(place, item->d_name, &part))
			continue;
		if (place->order == PARTS_TIMED && fstatat(dirfd(place->dir), item->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			part.changed = st.st_mtim;
		if (!add(place, out, &part))
			return error_set(err, ERROR_FAILED, "%s has more than %d files", place->path, ENGINEPARTS_MAX);
	}
}

/* 1: open, 0: gone meanwhile, -1: *err. */
static int open_part(const struct place *place, struct enginepart *part, struct error *err)
{
	char file[NAME_MAX + 1];
	struct stat st;
	enginepart_name(place->name, part, file);
	part->fd = openat(dirfd(place->dir), file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
	if (part->fd < 0 && errno == ENOENT)
		return 0;
	if (part->fd < 0 && errno != ELOOP && errno != ENXIO) /* a link, a socket */
		return error_system(err, "%s", file);
	if (part->fd < 0 || fstat(part->fd, &st) < 0 || !S_ISREG(st.st_mode))
		return error_set(err, ERROR_FAILED, "%s is not a regular file", file);
	part->device = st.st_dev;
	part->inode = st.st_ino;
	return 1;
}

static bool is_same_file(const struct enginepart *part, dev_t device, ino_t inode)
{
	return part->device == device && part->inode == inode;
}

/* Whether the directory has exactly these. 1: yes, 0: no, -1: *err. */
static int stand(const struct place *place, const struct engineparts *parts, struct error *err)
{
	SCOPED(engineparts_close) struct engineparts now = { 0 };
	if (list(place, &now, err) < 0)
		return -1;
	if (now.nr != parts->nr)
		return 0;
	for (size_t i = 0; i < now.nr; i++) {
		const struct enginepart *part = &parts->items[i];
		char file[NAME_MAX + 1];
		struct stat st;
		enginepart_name(place->name, part, file);
		if (now.items[i].number != part->number || now.items[i].packed != part->packed ||
		    fstatat(dirfd(place->dir), file, &st, AT_SYMLINK_NOFOLLOW) < 0 || !is_same_file(part, st.st_dev, st.st_ino))
			return 0;
	}
	return 1;
}

/* 1: what stood there at one moment is open, 0 with *err: the engine came in between, -1: *err. */
static int try_open(const struct place *place, struct engineparts *out, struct error *err)
{
	if (list(place, out, err) < 0)
		return -1;
	if (out->nr == 0 || out->items[out->nr - 1].number != 0) { /* it was renamed, and not made anew yet? */
		errno = ENOENT;
		error_system(err, "%s", place->path);
		return out->nr == 0 ? -1 : 0;
	}
	error_set(err, ERROR_FAILED, "the files of %s change faster than they can be opened", place->path);
	for (size_t i = 0; i < out->nr; i++) {
		int opened = open_part(place, &out->items[i], err);
		if (opened <= 0)
			return opened;
	}
	return stand(place, out, err);
}

static int open_in(const struct place *place, struct engineparts *out, struct error *err)
{
	for (unsigned tries = 1;; tries++) {
		int opened = try_open(place, out, err);
		if (opened > 0)
			return 0;
		engineparts_close(out);
		if (opened < 0 || tries == OPEN_TRIES)
			return -1;
		nanosleep(&(struct timespec){ .tv_nsec = OPEN_PAUSE_NS }, NULL);
	}
}

int engineparts_open(const char *path, enum parts_order order, struct engineparts *out, struct error *err)
{
	const char *slash = strrchr(path, '/');
	struct place place = { .path = path, .name = slash ? slash + 1 : path, .order = order };
	char directory[PATH_MAX] = ".";
	*out = (struct engineparts){ 0 };
	if (slash && snprintf(directory, sizeof directory, "%.*s", (int)(place.name - path), path) >= PATH_MAX)
		return error_set(err, ERROR_FAILED, "the path of %.80s… is too long", path);
	place.dir = opendir(directory);
	int failed = place.dir ? open_in(&place, out, err) : error_system(err, "%s", path);
	if (place.dir)
		closedir(place.dir);
	return failed;
}

/* Takes over those of `now` that are behind the newest of `parts`; if none is that one, all of them are. */
static int take_newer(struct engineparts *parts, struct engineparts *now)
{
	const struct enginepart newest = parts->items[parts->nr - 1];
	size_t from = now->nr;
	while (from > 0 && !is_same_file(&now->items[from - 1], newest.device, newest.inode))
		from--;
	int taken = 0;
	for (size_t i = from; i < now->nr && insert(parts, parts->nr, &now->items[i]); i++) {
		now->items[i].fd = -1;
		taken++;
	}
	return taken;
}

int engineparts_follow(const char *path, enum parts_order order, struct engineparts *parts, struct error *err)
{
	const struct enginepart *newest = &parts->items[parts->nr - 1];
	SCOPED(engineparts_close) struct engineparts now = { 0 };
	struct stat st;
	if (stat(path, &st) == 0 && is_same_file(newest, st.st_dev, st.st_ino))
		return 0;
	if (engineparts_open(path, order, &now, err) < 0)
		return -1;
	return take_newer(parts, &now);
}

void engineparts_close(struct engineparts *parts)
{
	for (size_t i = 0; i < parts->nr; i++)
		fd_close(&parts->items[i].fd);
	free(parts->items);
	*parts = (struct engineparts){ 0 };
}

void engineparts_drop(struct engineparts *parts, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		fd_close(&parts->items[i].fd);
	parts->nr -= nr;
	memmove(parts->items, parts->items + nr, parts->nr * sizeof *parts->items);
}
