#include "logs/verify.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/banned.h"

#define WRITE_AT (64u * 1024)
#define PLACES_MAX 10000 /* that are tried; only records that are alike make many */

/* ---- rows of digests ---- */

static int digests_open(struct digests *digests, int dir, struct error *err)
{
	*digests = (struct digests){ .fd = openat(dir, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600) };
	buf_init(&digests->waiting, 2 * WRITE_AT);
	if (digests->fd < 0) /* not every file system can */
		digests->fd = memfd_create("purser", MFD_CLOEXEC);
	return digests->fd < 0 ? error_system(err, "a temporary file") : 0;
}

static int digests_write(struct digests *digests, struct error *err)
{
	size_t written = fd_write_all(digests->fd, buf_text(&digests->waiting), digests->waiting.len);
	if (written < digests->waiting.len)
		return error_system(err, "a temporary file");
	buf_clear(&digests->waiting);
	return 0;
}

/* The lowest bit tells the stream, so that it can be counted. */
static int digests_add(struct digests *digests, const struct record *record, struct error *err)
{
	uint64_t digest = (record_digest(record) & ~UINT64_C(1)) | (record->stream == STREAM_STDERR);
	buf_add(&digests->waiting, &digest, sizeof digest);
	digests->nr++;
	return digests->waiting.len >= WRITE_AT ? digests_write(digests, err) : 0;
}

static int digests_end(struct digests *digests, struct error *err)
{
	if (digests_write(digests, err) < 0)
		return -1;
	if (digests->nr == 0)
		return 0;
	void *row = mmap(NULL, digests->nr * sizeof(uint64_t), PROT_READ, MAP_PRIVATE, digests->fd, 0);
	if (row == MAP_FAILED)
		return error_system(err, "a temporary file");
	digests->row = row;
	return 0;
}

static void digests_release(struct digests *digests)
{
	if (digests->row)
		munmap((void *)digests->row, digests->nr * sizeof(uint64_t));
	fd_close(&digests->fd);
	buf_release(&digests->waiting);
}

int verify_open(struct verify *verify, int dir, struct error *err)
{
	*verify = (struct verify){ .dir = dir, .engine = { .fd = -1 }, .stored = { .fd = -1 } };
	if (digests_open(&verify->engine, dir, err) < 0)
		return -1;
	return digests_open(&verify->stored, dir, err);
}

void verify_release(struct verify *verify)
{
	digests_release(&verify->engine);
	digests_release(&verify->stored);
}

int verify_take(struct verify *verify, const struct record *record, struct error *err)
{
	return digests_add(&verify->engine, record, err);
}

static int read_stored(struct verify *verify, const struct shelf_files *files, struct error *err)
{
	struct record record;
	struct scan scan;
	int more;
	scan_init(&scan, verify->dir, files, (struct place){ 0 });
	while ((more = scan_next(&scan, &record, err)) > 0 && digests_add(&verify->stored, &record, err) == 0)
		;
	scan_release(&scan);
	return more == 0 ? digests_end(&verify->stored, err) : -1;
}

/* ---- where the two rows agree ---- */

/* The engine's record number `engine` stands at `stored`, and so do those behind it. */
struct place_tried {
	size_t engine, stored, same;
};

static size_t count_same(const struct verify *verify, size_t engine, size_t stored)
{
	size_t same = 0;
	while (engine + same < verify->engine.nr && stored + same < verify->stored.nr &&
	       verify->engine.row[engine + same] == verify->stored.row[stored + same])
		same++;
	return same;
}

/* All that both have from there on is the same, and neither has more than it may. */
static bool agrees(const struct verify *verify, const struct place_tried *place, bool ended)
{
	size_t engine_ends = place->engine + place->same, stored_ends = place->stored + place->same;
	return engine_ends == verify->engine.nr && (!ended || stored_ends == verify->stored.nr);
}

struct search {
	const struct verify *verify;
	bool ended;
	size_t tried;
	struct place_tried best;
	bool found;
};

static bool try_place(struct search *search, size_t engine, size_t stored)
{
	struct place_tried place = { engine, stored, count_same(search->verify, engine, stored) };
	search->tried++;
	search->found = place.same > 0 && place.same >= search->best.same && agrees(search->verify, &place, search->ended);
	if (search->found || place.same > search->best.same)
		search->best = place;
	return search->found || search->tried == PLACES_MAX;
}

/*
 * The engine's first record is looked for in what is stored, then the first one stored in what the engine has. What has ended is
 * tried from the end first: there the two must meet.
 */
static void search_all(struct search *search)
{
	size_t engine = search->verify->engine.nr, stored = search->verify->stored.nr;
	if (engine == 0 || stored == 0)
		return;
	if (search->ended) {
		search->best = (struct place_tried){ engine > stored ? engine - stored : 0, stored > engine ? stored - engine : 0, 0 };
		if (try_place(search, search->best.engine, search->best.stored))
			return;
	}
	for (size_t at = 0; at < stored; at++)
		if (search->verify->stored.row[at] == search->verify->engine.row[0] && try_place(search, 0, at))
			return;
	for (size_t at = 1; at < engine; at++)
		if (search->verify->engine.row[at] == search->verify->stored.row[0] && try_place(search, at, 0))
			return;
}

/* ---- what is found ---- */

static void glimpse_at(struct glimpse *glimpse, const struct record *record)
{
	glimpse->digest = record_digest(record);
	glimpse->at = record->at;
	glimpse->stream = record->stream;
	glimpse->len = record->len;
	glimpse->shown = record->len < VERIFY_SHOWN ? record->len : VERIFY_SHOWN;
	memcpy(glimpse->bytes, record->bytes, glimpse->shown);
}

static int look_at_stored(struct verify *verify, const struct shelf_files *files, size_t nr, struct error *err)
{
	struct record record;
	struct scan scan;
	int more;
	scan_init(&scan, verify->dir, files, (struct place){ 0 });
	while ((more = scan_next(&scan, &record, err)) > 0 && nr > 0)
		nr--;
	if (more > 0)
		glimpse_at(&verify->verdict.stored, &record);
	scan_release(&scan);
	return more < 0 ? -1 : 0;
}

void verify_look(struct verify *verify, const struct record *record)
{
	struct glimpse *glimpse = &verify->verdict.engine;
	if (glimpse->digest && !glimpse->at && (record_digest(record) & ~UINT64_C(1)) == (glimpse->digest & ~UINT64_C(1)))
		glimpse_at(glimpse, record);
}

/* `all_kept`: nothing was ever deleted here. */
static int judge(struct verify *verify, const struct search *search, const struct shelf_files *files, bool all_kept, struct error *err)
{
	const struct place_tried *best = &search->best;
	struct verdict *verdict = &verify->verdict;
	size_t engine = best->engine + best->same, stored = best->stored + best->same;
	bool engine_ends = engine == verify->engine.nr, stored_ends = stored == verify->stored.nr;

	verdict->same = best->same;
	verdict->not_kept = best->engine;
	for (size_t i = 0; i < best->same; i++)
		verdict->same_stderr += verify->engine.row[best->engine + i] & 1;
	if (engine_ends && stored_ends)
		verdict->result = VERIFY_SAME;
	else if (engine_ends)
		verdict->result = search->ended && verify->engine.nr > 0 ? VERIFY_GOES_ON : VERIFY_SAME;
	else
		verdict->result = stored_ends ? VERIFY_ENDS_EARLY : VERIFY_DIFFERS;
	if (verdict->result == VERIFY_SAME && verdict->not_kept && all_kept) {
		verdict->result = VERIFY_BEGINS_LATE;
		engine = 0;
	}
	if (verdict->result == VERIFY_DIFFERS || verdict->result == VERIFY_ENDS_EARLY || verdict->result == VERIFY_BEGINS_LATE)
		verdict->engine.digest = verify->engine.row[engine];
	if (verdict->result == VERIFY_DIFFERS || verdict->result == VERIFY_GOES_ON)
		return look_at_stored(verify, files, stored, err);
	return 0;
}

int verify_compare(struct verify *verify, const struct shelf_files *files, bool ended, struct error *err)
{
	struct search search = { .verify = verify, .ended = ended };
	if (digests_end(&verify->engine, err) < 0 || read_stored(verify, files, err) < 0)
		return -1;
	search_all(&search);
	return judge(verify, &search, files, files->nr == 0 || scan_number(files, 0) == 1, err);
}
