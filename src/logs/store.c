#include "logs/store.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fd.h"
#include "base/banned.h"

#define TRACKED "tracked"
#define LOCK "collector.lock"
#define SUFFIX ".log"
#define TRACKED_FILE_MAX (STORE_TRACKED_MAX * (CONTAINER_ID_LEN + STORE_NAME_MAX + 32))

static int make_directories(const char *path, struct error *err)
{
	char part[PATH_MAX];
	snprintf(part, sizeof part, "%s", path);
	for (char *slash = part + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		if (mkdir(part, 0700) < 0 && errno != EEXIST)
			return error_system(err, "log directory %s", part);
		*slash = '/';
	}
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return error_system(err, "log directory %s", path);
	return 0;
}

int store_open(struct store *store, const char *path, struct error *err)
{
	*store = (struct store){ .dir = -1, .lock = -1 };
	if (strlen(path) >= sizeof store->path)
		return error_set(err, ERROR_USAGE, "log directory: its path is longer than %d bytes", PATH_MAX);
	snprintf(store->path, sizeof store->path, "%s", path);
	if (make_directories(path, err) < 0)
		return -1;
	store->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return store->dir < 0 ? error_system(err, "log directory %s", path) : 0;
}

void store_close(struct store *store)
{
	fd_close(&store->lock);
	fd_close(&store->dir);
}

static pid_t read_holder(int fd)
{
	char text[16] = { 0 };
	return fd_read_at(fd, text, sizeof text - 1, 0) > 0 ? (pid_t)strtol(text, NULL, 10) : 0;
}

int store_lock(struct store *store, pid_t *holder, struct error *err)
{
	if (store->lock >= 0)
		return 0;
	SCOPED(fd_close) int fd = openat(store->dir, LOCK, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return error_system(err, "%s/" LOCK, store->path);
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	if (fcntl(fd, F_OFD_SETLK, &whole) < 0) {
		if (errno != EAGAIN && errno != EACCES)
			return error_system(err, "locking %s/" LOCK, store->path);
		*holder = read_holder(fd);
		return 1;
	}
	char text[16];
	int len = snprintf(text, sizeof text, "%d\n", (int)getpid());
	if (ftruncate(fd, 0) < 0 || fd_write_all(fd, text, (size_t)len) < (size_t)len)
		return error_system(err, "%s/" LOCK, store->path); /* a directory that takes no bytes takes no logs */
	store->lock = fd;
	fd = -1;
	return 0;
}

static bool parse_entry(const char *line, size_t len, struct store_entry *out)
{
	char text[CONTAINER_ID_LEN + STORE_NAME_MAX + 64], flag[4];
	int name_at = 0;
	if (len >= sizeof text)
		return false;
	memcpy(text, line, len);
	text[len] = '\0';
	*out = (struct store_entry){ 0 };
	if (sscanf(text, "%64[0-9a-f] %15[a-z] %3[-rm] %n", out->id, out->runtime, flag, &name_at) != 3 || !text[name_at])
		return false;
	if (strlen(out->id) != CONTAINER_ID_LEN)
		return false;
	out->remove = !strcmp(flag, "rm");
	snprintf(out->name, sizeof out->name, "%s", text + name_at);
	return true;
}

int store_tracked(const struct store *store, struct store_entries *out, struct error *err)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(TRACKED_FILE_MAX);
	*out = (struct store_entries){ 0 };
	if (faccessat(store->dir, TRACKED, F_OK, 0) < 0)
		return 0;
	if (fd_read_file(store->dir, TRACKED, &text, err) < 0)
		return error_wrap(err, "%s", store->path);
	out->items = xcalloc(STORE_TRACKED_MAX, sizeof *out->items);
	for (const char *line = buf_text(&text); *line && out->nr < STORE_TRACKED_MAX;) {
		size_t len = strcspn(line, "\n");
		out->nr += parse_entry(line, len, &out->items[out->nr]);
		line += len + (line[len] == '\n');
	}
	return 0;
}

void store_entries_release(struct store_entries *entries)
{
	free(entries->items);
	*entries = (struct store_entries){ 0 };
}

static int save(const struct store *store, const struct store_entries *entries, struct error *err)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(TRACKED_FILE_MAX);
	for (size_t i = 0; i < entries->nr; i++) {
		const struct store_entry *entry = &entries->items[i];
		buf_printf(&text, "%s %s %s %s\n", entry->id, entry->runtime, entry->remove ? "rm" : "-", entry->name);
	}
	return fd_replace_file(store->dir, TRACKED, buf_text(&text), text.len, err);
}

static struct store_entry *find_entry(struct store_entries *entries, const char *id)
{
	for (size_t i = 0; i < entries->nr; i++)
		if (!strcmp(entries->items[i].id, id))
			return &entries->items[i];
	return NULL;
}

/* Puts `entry` in the place of the one with `id`; with NULL drops that one. */
static int change(const struct store *store, const char *id, const struct store_entry *entry, struct error *err)
{
	/* A descriptor of its own: flock belongs to the open file, and the store's may be in use by another thread. */
	SCOPED(fd_close) int locked = openat(store->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (locked < 0 || flock(locked, LOCK_EX) < 0)
		return error_system(err, "locking %s", store->path);
	SCOPED(store_entries_release) struct store_entries entries;
	if (store_tracked(store, &entries, err) < 0)
		return -1;
	if (!entries.items)
		entries.items = xcalloc(STORE_TRACKED_MAX, sizeof *entries.items);
	struct store_entry *old = find_entry(&entries, id);
	if (!old && !entry)
		return 0;
	if (!old && entries.nr == STORE_TRACKED_MAX)
		return error_set(err, ERROR_FAILED, "more than %d containers cannot be tracked; untrack some", STORE_TRACKED_MAX);
	if (!old)
		old = &entries.items[entries.nr++];
	if (entry)
		*old = *entry;
	else
		*old = entries.items[--entries.nr];
	return save(store, &entries, err);
}

int store_put(const struct store *store, const struct store_entry *entry, struct error *err)
{
	return change(store, entry->id, entry, err);
}

int store_drop(const struct store *store, const char *id, struct error *err)
{
	return change(store, id, NULL, err);
}

void store_file_name(const char *id, const char *name, char file[STORE_NAME_MAX + 1])
{
	int max = STORE_NAME_MAX - CONTAINER_ID_SHORT - (int)sizeof SUFFIX;
	snprintf(file, STORE_NAME_MAX + 1, "%.*s+%.*s" SUFFIX, CONTAINER_ID_SHORT, id, max, name);
	for (char *c = file + CONTAINER_ID_SHORT + 1; *c; c++)
		if (!isascii((unsigned char)*c) || (!isalnum((unsigned char)*c) && !strchr("_.-", *c)))
			*c = '_';
}

static bool is_log(const char *file)
{
	size_t len = strlen(file);
	return len > CONTAINER_ID_SHORT + sizeof SUFFIX && file[CONTAINER_ID_SHORT] == '+' &&
	       strspn(file, "0123456789abcdef") == CONTAINER_ID_SHORT && !strcmp(file + len - (sizeof SUFFIX - 1), SUFFIX);
}

static void file_container(const char *file, char name[STORE_NAME_MAX + 1])
{
	snprintf(name, STORE_NAME_MAX + 1, "%.*s", (int)(strlen(file) - CONTAINER_ID_SHORT - sizeof SUFFIX),
		 file + CONTAINER_ID_SHORT + 1);
}

/* All log files, in no order. */
static void list_logs(const struct store *store, struct strvec *files)
{
	int fd = openat(store->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		fd_close(&fd);
		return;
	}
	for (struct dirent *item; (item = readdir(dir));)
		if (is_log(item->d_name))
			strvec_push(files, item->d_name);
	closedir(dir);
}

void store_find_file(const struct store *store, const char *id, char file[STORE_NAME_MAX + 1])
{
	SCOPED(strvec_release) struct strvec files = STRVEC_INIT;
	list_logs(store, &files);
	file[0] = '\0';
	for (size_t i = 0; i < files.nr; i++)
		if (!strncmp(files.items[i], id, CONTAINER_ID_SHORT))
			snprintf(file, STORE_NAME_MAX + 1, "%s", files.items[i]);
}

static moment modified(const struct store *store, const char *file)
{
	struct stat st;
	if (fstatat(store->dir, file, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	return st.st_mtim.tv_sec * MOMENT_SECOND + st.st_mtim.tv_nsec;
}

void store_match(const struct store *store, const char *name, struct strvec *matches)
{
	SCOPED(strvec_release) struct strvec files = STRVEC_INIT;
	size_t hex = strspn(name, "0123456789abcdef");
	bool is_id = !name[hex] && hex >= 4;

	list_logs(store, &files);
	for (size_t i = 0; i < files.nr; i++) {
		char container[STORE_NAME_MAX + 1];
		file_container(files.items[i], container);
		size_t compared = hex < CONTAINER_ID_SHORT ? hex : CONTAINER_ID_SHORT;
		if (!strcmp(container, name) || (is_id && !strncmp(files.items[i], name, compared)))
			strvec_push(matches, files.items[i]);
	}
	for (size_t i = 1; i < matches->nr; i++) /* few: a name is used again now and then */
		for (size_t j = i; j > 0 && modified(store, matches->items[j]) > modified(store, matches->items[j - 1]); j--) {
			char *newer = matches->items[j];
			matches->items[j] = matches->items[j - 1];
			matches->items[j - 1] = newer;
		}
}

void store_names(const struct store *store, struct strvec *names)
{
	SCOPED(strvec_release) struct strvec files = STRVEC_INIT;
	list_logs(store, &files);
	for (size_t i = 0; i < files.nr; i++) {
		char container[STORE_NAME_MAX + 1];
		file_container(files.items[i], container);
		if (!strvec_has(names, container))
			strvec_push(names, container);
	}
}
