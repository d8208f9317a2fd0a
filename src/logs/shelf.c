#include "logs/shelf.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/banned.h"

void shelf_release(struct shelf_files *files)
{
	free(files->items);
	*files = (struct shelf_files){ 0 };
}

/* What is looked for. */
struct wanted {
	const struct store *store; /* whose templates tell the containers; NULL: not asked */
	const char *whole;         /* NULL: any */
	const char *id;            /* NULL: any */
};

static bool read_name(const struct store *store, const char *whole, struct log_name *out)
{
	for (size_t i = store->templates.nr; i > 0; i--)
		if (log_name_read(store->templates.items[i - 1], whole, out))
			return true;
	return log_name_read(LOG_TEMPLATE_DEFAULT, whole, out);
}

static bool same_id(const char *a, const char *b)
{
	return !strncmp(a, b, CONTAINER_ID_SHORT);
}

static bool is_wanted(const struct wanted *wanted, const char *name, struct shelf_file *out)
{
	*out = (struct shelf_file){ 0 };
	if (!log_part_read(name, out->whole, &out->part))
		return false;
	if (wanted->whole && strcmp(out->whole, wanted->whole) != 0)
		return false;
	if (wanted->store && !read_name(wanted->store, out->whole, &out->of))
		return false;
	if (wanted->id && !same_id(out->of.id, wanted->id))
		return false;
	memcpy(out->file, name, strlen(name) + 1);
	return true;
}

static void list(int dir, const struct wanted *wanted, struct shelf_files *out)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);
	size_t room = 0;

	*out = (struct shelf_files){ 0 };
	if (!stream) {
		fd_close(&fd);
		return;
	}
	for (struct dirent *item; (item = readdir(stream));) {
		if (out->nr == room) {
			room = room ? room * 2 : 16;
			out->items = xrealloc(out->items, room * sizeof *out->items);
		}
		out->nr += is_wanted(wanted, item->d_name, &out->items[out->nr]);
	}
	closedir(stream);
}

static int compare_parts(const struct shelf_file *a, const struct shelf_file *b)
{
	unsigned nr_a = a->part.number ? a->part.number : UINT_MAX, nr_b = b->part.number ? b->part.number : UINT_MAX;
	if (nr_a != nr_b)
		return nr_a < nr_b ? -1 : 1;
	return (int)a->part.packed - (int)b->part.packed;
}

static int by_name(const void *a, const void *b)
{
	const struct shelf_file *left = a, *right = b;
	int order = strcmp(left->whole, right->whole);
	return order ? order : compare_parts(left, right);
}

static int by_part(const void *a, const void *b, void *preferred)
{
	const struct shelf_file *left = a, *right = b;
	int order = compare_parts(left, right);
	if (left->part.number == right->part.number && preferred) {
		bool left_is = log_name_is(left->of.name, preferred), right_is = log_name_is(right->of.name, preferred);
		if (left_is != right_is)
			return left_is ? -1 : 1;
	}
	return order ? order : strcmp(left->file, right->file);
}

/* The first of each number is kept. */
static void keep_each_once(struct shelf_files *files)
{
	size_t kept = 0;
	for (size_t i = 0; i < files->nr; i++)
		if (kept == 0 || files->items[kept - 1].part.number != files->items[i].part.number)
			files->items[kept++] = files->items[i];
	files->nr = kept;
}

static void sort_parts(struct shelf_files *files, const char *preferred)
{
	if (files->nr)
		qsort_r(files->items, files->nr, sizeof *files->items, by_part, (void *)preferred);
}

void shelf_all(const struct store *store, struct shelf_files *out)
{
	list(store->dir, &(struct wanted){ .store = store }, out);
	if (out->nr)
		qsort(out->items, out->nr, sizeof *out->items, by_name);
}

void shelf_every(const struct store *store, const char *id, const char *preferred, struct shelf_files *out)
{
	list(store->dir, &(struct wanted){ .store = store, .id = id }, out);
	sort_parts(out, preferred);
}

void shelf_of(const struct store *store, const char *id, const char *preferred, struct shelf_files *out)
{
	shelf_every(store, id, preferred, out);
	keep_each_once(out);
}

void shelf_siblings(int dir, const char *whole, struct shelf_files *out)
{
	list(dir, &(struct wanted){ .whole = whole }, out);
	sort_parts(out, NULL);
	keep_each_once(out);
}

void shelf_match(const struct store *store, const char *name, struct strvec *ids)
{
	SCOPED(shelf_release) struct shelf_files files;
	size_t hex = strspn(name, "0123456789abcdef");
	bool is_id = !name[hex] && hex >= 4;

	list(store->dir, &(struct wanted){ .store = store }, &files);
	for (size_t i = 0; i < files.nr; i++) {
		struct log_name *of = &files.items[i].of;
		size_t compared = hex < strlen(of->id) ? hex : strlen(of->id);
		bool fits = (*name && log_name_is(of->name, name)) || (is_id && !strncmp(of->id, name, compared));
		of->id[CONTAINER_ID_SHORT] = '\0';
		if (fits && !strvec_has(ids, of->id))
			strvec_push(ids, of->id);
	}
}

void shelf_names(const struct store *store, struct strvec *names)
{
	SCOPED(shelf_release) struct shelf_files files;

	list(store->dir, &(struct wanted){ .store = store }, &files);
	for (size_t i = 0; i < files.nr; i++)
		if (!strvec_has(names, files.items[i].of.name))
			strvec_push(names, files.items[i].of.name);
}
