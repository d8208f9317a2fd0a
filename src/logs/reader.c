#include "logs/reader.h"

#include <string.h>

#include "base/fd.h"
#include "logs/logfile.h"
#include "base/banned.h"

struct filter {
	const struct selection *selection;
	record_fn *each;
	void *arg;
};

static int pass_selected(void *arg, const struct record *record, struct error *err)
{
	const struct filter *filter = arg;
	if (filter->selection->since && record->at < filter->selection->since)
		return 0;
	if (filter->selection->until && record->at > filter->selection->until)
		return 0;
	return filter->each(filter->arg, record, err);
}

/* Where the last `lines` lines before `end` begin. */
static int tail_start(int fd, off_t end, long long lines, off_t *start, struct error *err)
{
	char bytes[16 * 1024];
	if (lines == 0) {
		*start = end;
		return 0;
	}
	lines++; /* the newline in front of the first of them */
	while (end > 0) {
		size_t len = end < (off_t)sizeof bytes ? (size_t)end : sizeof bytes;
		ssize_t got = fd_read_at(fd, bytes, len, end - (off_t)len);
		if (got < 0)
			return error_system(err, "reading");
		for (size_t left = (size_t)got; left > 0;) {
			const char *newline = memrchr(bytes, '\n', left);
			if (!newline)
				break;
			left = (size_t)(newline - bytes);
			if (--lines == 0) {
				*start = end - (off_t)len + (off_t)left + 1;
				return 0;
			}
		}
		end -= (off_t)len;
	}
	*start = 0;
	return 0;
}

int reader_select(int fd, off_t end, const struct selection *selection, record_fn *each, void *arg, struct error *err)
{
	struct filter filter = { selection, each, arg };
	off_t start = 0;
	if (selection->tail >= 0 && tail_start(fd, end, selection->tail, &start, err) < 0)
		return -1;
	return logfile_each(fd, start, end, pass_selected, &filter, err);
}
