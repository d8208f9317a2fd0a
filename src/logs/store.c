#include "logs/store.h"

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
#define TEMPLATES "names"
#define LOCK "collector.lock"
#define BOOT_ID "/proc/sys/kernel/random/boot_id"
#define TRACKED_LINE_MAX (CONTAINER_ID_LEN + STORE_NAME_MAX + STORE_ENGINE_MAX + 32)
#define TRACKED_FILE_MAX (STORE_TRACKED_MAX * TRACKED_LINE_MAX)
#define TEMPLATES_FILE_MAX (64 * 1024)

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

static int read_templates(struct store *store, struct error *err)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(TEMPLATES_FILE_MAX);
	struct error ignored;
	strvec_release(&store->templates);
	strvec_push(&store->templates, LOG_TEMPLATE_DEFAULT);
	if (faccessat(store->dir, TEMPLATES, F_OK, 0) < 0)
		return 0;
	if (fd_read_file(store->dir, TEMPLATES, &text, err) < 0)
		return error_wrap(err, "%s", store->path);
	for (const char *line = buf_text(&text); *line;) {
		size_t len = strcspn(line, "\n");
		SCOPED(strvec_release) struct strvec one = STRVEC_INIT;
		strvec_push_len(&one, line, len);
		if (log_template_check(one.items[0], &ignored) == 0)
			strvec_push(&store->templates, one.items[0]);
		line += len + (line[len] == '\n');
	}
	return 0;
}

/* Makes the wanted template the present one; those before it are kept, to read the names that they made. */
static int choose_template(struct store *store, struct error *err)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(TEMPLATES_FILE_MAX);
	const char *wanted = store->keeping.template;
	if (!wanted || !strcmp(wanted, store->templates.items[store->templates.nr - 1]))
		return 0;
	for (size_t i = 0; i < store->templates.nr; i++)
		if (strcmp(store->templates.items[i], wanted) != 0)
			buf_printf(&text, "%s\n", store->templates.items[i]);
	if (buf_printf(&text, "%s\n", wanted) < 0)
		return error_set(err, ERROR_FAILED, "%s/" TEMPLATES " has too many lines", store->path);
	if (fd_replace_file(store->dir, TEMPLATES, buf_text(&text), text.len, err) < 0)
		return -1;
	return read_templates(store, err);
}

int store_open(struct store *store, const char *path, const struct keeping *keeping, struct error *err)
{
	*store = (struct store){ .dir = -1, .lock = -1, .keeping = *keeping };
	if (strlen(path) >= sizeof store->path)
		return error_set(err, ERROR_USAGE, "log directory: its path is longer than %d bytes", PATH_MAX);
	snprintf(store->path, sizeof store->path, "%s", path);
	if (make_directories(path, err) < 0)
		return -1;
	store->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (store->dir < 0)
		return error_system(err, "log directory %s", path);
	if (read_templates(store, err) == 0)
		return 0;
	store_close(store);
	return -1;
}

void store_close(struct store *store)
{
	if (store->lock >= 0 && ftruncate(store->lock, 0) == 0) /* closed in good order */
		fsync(store->lock);
	fd_close(&store->lock);
	fd_close(&store->dir);
	strvec_release(&store->templates);
}

#define BOOT_ID_LEN 36

/* Who holds the lock, or held it last and did not close it: pid and boot. */
struct holder {
	pid_t pid;
	char boot[BOOT_ID_LEN + 1];
};

static struct holder read_holder(int fd)
{
	struct holder holder = { 0 };
	char text[64] = { 0 };
	int pid = 0;
	if (fd_read_at(fd, text, sizeof text - 1, 0) > 0)
		sscanf(text, "%d %36[0-9a-f-]", &pid, holder.boot);
	holder.pid = pid;
	return holder;
}

static void read_boot(char boot[BOOT_ID_LEN + 1])
{
	SCOPED(buf_release) struct buf text = BUF_INIT(64);
	struct error ignored;
	fd_read_file(AT_FDCWD, BOOT_ID, &text, &ignored);
	snprintf(boot, BOOT_ID_LEN + 1, "%.*s", BOOT_ID_LEN, buf_text(&text));
}

static int write_holder(const struct store *store, int fd, struct error *err)
{
	char text[64], boot[BOOT_ID_LEN + 1];
	read_boot(boot);
	int len = snprintf(text, sizeof text, "%d %s\n", (int)getpid(), boot);
	if (ftruncate(fd, 0) < 0 || fd_write_all(fd, text, (size_t)len) < (size_t)len)
		return error_system(err, "%s/" LOCK, store->path); /* a directory that takes no bytes takes no logs */
	return 0;
}

bool store_locked(const struct store *store)
{
	struct stat ours, named, dir;
	if (store->lock < 0)
		return false;
	if (fstat(store->dir, &dir) == 0 && dir.st_nlink == 0)
		return true; /* the directory itself is gone: nobody else can collect into it */
	return fstat(store->lock, &ours) == 0 && fstatat(store->dir, LOCK, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
	       ours.st_ino == named.st_ino && ours.st_dev == named.st_dev;
}

int store_lock(struct store *store, pid_t *holder, struct error *err)
{
	if (store_locked(store))
		return 0;
	fd_close(&store->lock);
	SCOPED(fd_close) int fd = openat(store->dir, LOCK, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return error_system(err, "%s/" LOCK, store->path);
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	if (fcntl(fd, F_OFD_SETLK, &whole) < 0) {
		if (errno != EAGAIN && errno != EACCES)
			return error_system(err, "locking %s/" LOCK, store->path);
		*holder = read_holder(fd).pid;
		return 1;
	}
	char boot[BOOT_ID_LEN + 1];
	struct holder before = read_holder(fd);
	read_boot(boot);
	store->power_lost = before.boot[0] && strcmp(before.boot, boot) != 0;
	if (write_holder(store, fd, err) < 0 || choose_template(store, err) < 0)
		return -1;
	store->lock = fd;
	fd = -1;
	return 0;
}

int store_collector(const struct store *store, pid_t *holder, struct error *err)
{
	SCOPED(fd_close) int fd = openat(store->dir, LOCK, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 || fcntl(fd, F_OFD_GETLK, &whole) < 0)
		return error_system(err, "%s/" LOCK, store->path);
	*holder = read_holder(fd).pid;
	return whole.l_type != F_UNLCK;
}

static bool parse_entry(const char *line, size_t len, struct store_entry *out)
{
	char text[TRACKED_LINE_MAX], flag[4];
	_Static_assert(STORE_NAME_MAX == 255 && STORE_ENGINE_MAX == 127 && CONTAINER_ID_LEN == 64, "as in the format");
	if (len >= sizeof text)
		return false;
	memcpy(text, line, len);
	text[len] = '\0';
	*out = (struct store_entry){ 0 };
	if (sscanf(text, "%64[0-9a-f] %15[a-z] %3[-rm] %255s %127s", out->id, out->runtime, flag, out->name, out->engine) < 4)
		return false;
	if (strlen(out->id) != CONTAINER_ID_LEN)
		return false;
	if (!strcmp(out->engine, "-"))
		out->engine[0] = '\0';
	out->remove = !strcmp(flag, "rm");
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

/* A word of the list: what an engine calls a container may have any byte in it. */
static const char *one_word(const char *name, char word[STORE_NAME_MAX + 1])
{
	snprintf(word, STORE_NAME_MAX + 1, "%s", *name ? name : "-");
	for (char *c = word; *c; c++)
		if ((unsigned char)*c <= ' ')
			*c = '_';
	return word;
}

static int save(const struct store *store, const struct store_entries *entries, struct error *err)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(TRACKED_FILE_MAX);
	for (size_t i = 0; i < entries->nr; i++) {
		const struct store_entry *entry = &entries->items[i];
		char name[STORE_NAME_MAX + 1], engine[STORE_NAME_MAX + 1];
		buf_printf(&text, "%s %s %s %s %s\n", entry->id, entry->runtime, entry->remove ? "rm" : "-",
			   one_word(entry->name, name), one_word(entry->engine, engine));
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

void store_file_name(const struct store *store, const struct log_name *of, char file[LOG_NAME_MAX + 1])
{
	log_name_make(store->templates.items[store->templates.nr - 1], of, file);
}
