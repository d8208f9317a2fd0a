#include "logs/verify.h"

#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

#define DIGESTS_MAX 1000000 /* kept: 8 MB */

static void glimpse_at(struct glimpse *glimpse, const struct record *record)
{
	glimpse->at = record->at;
	glimpse->stream = record->stream;
	glimpse->len = record->len;
	glimpse->shown = record->len < VERIFY_SHOWN ? record->len : VERIFY_SHOWN;
	memcpy(glimpse->bytes, record->bytes, glimpse->shown);
}

static void start_from(struct verify *verify, struct place place)
{
	int dir = verify->scan.dir;
	const struct shelf_files *files = verify->scan.files;
	scan_release(&verify->scan);
	scan_init(&verify->scan, dir, files, place);
}

int verify_open(struct verify *verify, int dir, const struct shelf_files *files, struct error *err)
{
	struct record record;
	*verify = (struct verify){ .digests = xmalloc(DIGESTS_MAX * sizeof(uint64_t)) };
	scan_init(&verify->scan, dir, files, (struct place){ 0 });
	int more = scan_next(&verify->scan, &record, err);
	if (more > 0)
		verify->oldest = record_digest(&record);
	start_from(verify, (struct place){ 0 });
	return more < 0 ? -1 : 0;
}

void verify_release(struct verify *verify)
{
	scan_release(&verify->scan);
	free(verify->digests);
}

/* ---- where the stretch begins ---- */

/* The next stored record with this digest, from where the scan is. 1: the scan is behind it, 0: there is none, -1: *err. */
static int find(struct verify *verify, uint64_t digest, struct error *err)
{
	struct record record;
	int more;
	while ((more = scan_next(&verify->scan, &record, err)) > 0)
		if (record_digest(&record) == digest)
			break;
	verify->tried = verify->scan.place;
	return more;
}

/* Whether what is stored from the scan on is the engine's records number `from` to `to`. */
static int follows(struct verify *verify, size_t from, size_t to, struct error *err)
{
	struct record record;
	int more = 1;
	for (size_t i = from; i < to; i++) {
		more = scan_next(&verify->scan, &record, err);
		if (more <= 0 || record_digest(&record) != verify->digests[i])
			return more < 0 ? -1 : 0;
	}
	return 1;
}

/* Takes the stretch to begin at the next record that is like its first one, if all the first `nr` are there. 1, 0, or -1. */
static int align_anew(struct verify *verify, size_t nr, struct error *err)
{
	for (;;) {
		start_from(verify, verify->tried);
		int found = find(verify, verify->digests[0], err);
		if (found <= 0)
			return found;
		int same = follows(verify, 1, nr, err);
		if (same)
			return same;
	}
}

static int begin(struct verify *verify, uint64_t digest, struct error *err)
{
	verify->begun = true;
	int found = find(verify, digest, err);
	verify->aligned = found > 0;
	if (found == 0)
		start_from(verify, (struct place){ 0 });
	return found < 0 ? -1 : 0;
}

/* The engine has what was deleted here, or was never stored. */
static void pass_over(struct verify *verify, const struct record *record, uint64_t digest, struct error *err)
{
	struct record oldest;
	if (verify->oldest && digest == verify->oldest && scan_next(&verify->scan, &oldest, err) > 0) {
		verify->aligned = true;
		verify->tried = verify->scan.place;
		return;
	}
	if (verify->verdict.not_kept++ == 0)
		glimpse_at(&verify->verdict.engine, record);
}

/* ---- comparing ---- */

static void count_same(struct verify *verify, const struct record *record)
{
	verify->verdict.same++;
	verify->verdict.same_stderr += record->stream == STREAM_STDERR;
}

static bool remember(struct verify *verify, uint64_t digest)
{
	if (verify->digests_nr == DIGESTS_MAX) {
		verify->forgotten = true;
		if (verify->compared < verify->digests_nr)
			return false; /* much was written since; what is kept will do */
		verify->digests_nr = verify->compared = 0;
	}
	verify->digests[verify->digests_nr++] = digest;
	return true;
}

static int compare(struct verify *verify, const struct record *record, struct error *err)
{
	struct record stored;
	if (verify->compared + 1 < verify->digests_nr)
		return 0; /* behind what is stored: later */
	int more = scan_next(&verify->scan, &stored, err);
	if (more <= 0)
		return more;
	uint64_t digest = verify->digests[verify->digests_nr - 1];
	struct glimpse differs;
	glimpse_at(&differs, &stored);
	int same = record_digest(&stored) == digest;
	if (!same && !verify->forgotten)
		same = align_anew(verify, verify->digests_nr, err);
	if (same < 0)
		return -1;
	if (same) {
		verify->compared = verify->digests_nr;
		count_same(verify, record);
		return 0;
	}
	verify->over = true;
	verify->verdict.result = VERIFY_DIFFERS;
	verify->verdict.stored = differs;
	glimpse_at(&verify->verdict.engine, record);
	return 0;
}

int verify_take(struct verify *verify, const struct record *record, struct error *err)
{
	uint64_t digest = record_digest(record);
	if (verify->over)
		return 0;
	if (!verify->begun && begin(verify, digest, err) < 0)
		return -1;
	if (!verify->aligned)
		pass_over(verify, record, digest, err);
	if (!verify->aligned)
		return 0;
	bool first = verify->digests_nr == 0 && !verify->forgotten;
	if (!remember(verify, digest))
		return 0;
	if (!first)
		return compare(verify, record, err);
	verify->compared = 1;
	count_same(verify, record);
	return 0;
}

/* ---- the end ---- */

/* What had not been stored when the engine was read. */
static int compare_rest(struct verify *verify, struct error *err)
{
	struct record stored;
	while (verify->compared < verify->digests_nr) {
		int more = scan_next(&verify->scan, &stored, err);
		if (more < 0)
			return -1;
		if (more == 0) {
			verify->verdict.result = VERIFY_ENDS_EARLY;
			return 0;
		}
		if (record_digest(&stored) != verify->digests[verify->compared]) {
			verify->verdict.result = VERIFY_DIFFERS;
			glimpse_at(&verify->verdict.stored, &stored);
			return 0;
		}
		verify->compared++;
		count_same(verify, &stored);
	}
	return 0;
}

static int compare_ends(struct verify *verify, struct error *err)
{
	struct record stored;
	int more;
	while ((more = scan_next(&verify->scan, &stored, err)) > 0) {
		glimpse_at(&verify->verdict.stored, &stored);
		if (verify->forgotten || align_anew(verify, verify->digests_nr, err) <= 0) {
			verify->verdict.result = VERIFY_GOES_ON;
			return 0;
		}
	}
	return more;
}

int verify_end(struct verify *verify, const struct shelf_files *files, bool ended, struct error *err)
{
	struct verdict *verdict = &verify->verdict;
	verify->scan.files = files;
	start_from(verify, verify->scan.place);
	if (verify->over)
		return 0;
	if (verify->aligned && compare_rest(verify, err) < 0)
		return -1;
	if (verdict->result == VERIFY_SAME && ended && verify->aligned && compare_ends(verify, err) < 0)
		return -1;
	bool all_kept = files->nr == 0 || scan_number(files, 0) == 1;
	if (verdict->result == VERIFY_SAME && verdict->not_kept && all_kept)
		verdict->result = VERIFY_BEGINS_LATE;
	return 0;
}
