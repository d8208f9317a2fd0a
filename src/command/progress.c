#include "command/progress.h"

#include <stdio.h>

#include "base/moment.h"
#include "command/output.h"
#include "runtime/texts.h"
#include "base/banned.h"

#define DRAWN_AFTER_MS 1000
#define SAID_EVERY_MS 5000
#define LOOK_MS 250
#define SPEED_OVER_MS 2000
#define TEXT_MAX 4096
#define BAR_CELLS 20
#define CELLS_WITH_BAR 70 /* numbers count more than a bar */

static void add_bar(int64_t done, int64_t total, struct buf *out)
{
	int64_t filled = done * BAR_CELLS / total;
	buf_add_text(out, " [");
	for (int64_t i = 0; i < BAR_CELLS; i++)
		buf_add_text(out, i < filled ? "#" : "-");
	buf_printf(out, "] %lld%%", (long long)(done * 100 / total));
}

static void add_length(int64_t seconds, struct buf *out)
{
	if (seconds >= 60)
		buf_printf(out, " %lldm%02llds", (long long)(seconds / 60), (long long)(seconds % 60));
	else
		buf_printf(out, " %llds", (long long)seconds);
}

void progress_text(const struct progress_state *state, size_t cells, struct buf *out)
{
	SCOPED(arena_release) struct arena arena = ARENA_INIT;
	bool known = state->total > 0 && state->done >= 0 && state->done <= state->total;
	buf_printf(out, "%s:", state->what);
	if (state->done < 0) {
		add_length(state->seconds, out);
		buf_printf(out, "%s%s", *state->note ? ", " : "", state->note);
		return;
	}
	if (known && cells >= CELLS_WITH_BAR)
		add_bar(state->done, state->total, out);
	buf_printf(out, " %s", text_human_size(state->done, &arena));
	if (known)
		buf_printf(out, " of %s", text_human_size(state->total, &arena));
	if (state->speed >= 0)
		buf_printf(out, ", %s/s", text_human_size(state->speed, &arena));
	if (known && state->speed > 0) {
		buf_add_text(out, ",");
		add_length((state->total - state->done) / state->speed, out);
		buf_add_text(out, " left");
	} else {
		buf_add_text(out, ",");
		add_length(state->seconds, out);
	}
	if (*state->note)
		buf_printf(out, ", %s", state->note);
}

void progress_begin(struct progress *progress, const struct session *session, const char *what, int64_t total)
{
	int64_t now = monotonic_ms();
	*progress = (struct progress){ .quiet = session->settings.quiet, .total = total, .speed = -1 };
	progress->began_ms = progress->said_ms = progress->marked_ms = now;
	snprintf(progress->what, sizeof progress->what, "%s", what);
}

static void measure(struct progress *progress, int64_t done, int64_t now)
{
	int64_t length = now - progress->marked_ms;
	if (length < SPEED_OVER_MS && !(progress->speed < 0 && length >= DRAWN_AFTER_MS))
		return;
	progress->speed = (done - progress->marked) * 1000 / length;
	progress->marked = done;
	progress->marked_ms = now;
}

void progress_show(struct progress *progress, int64_t done, const char *note)
{
	SCOPED(buf_release) struct buf text = BUF_INIT(TEXT_MAX);
	int64_t now = monotonic_ms();
	size_t cells = output_progress_cells();
	measure(progress, done, now);
	if (progress->quiet || now - progress->began_ms < DRAWN_AFTER_MS ||
	    (!cells && now - progress->said_ms < SAID_EVERY_MS))
		return;
	const struct progress_state state = {
		progress->what, note, done, progress->total, progress->speed, (now - progress->began_ms) / 1000
	};
	progress_text(&state, cells, &text);
	progress->said_ms = now;
	if (cells)
		output_progress("%s", buf_text(&text));
	else
		output_warning("%s", buf_text(&text));
}

void progress_end(struct progress *progress)
{
	if (!progress->quiet)
		output_progress("%s", "");
}

/* ---- requests ---- */

struct attended {
	const struct work *work;
	struct progress progress;
};

static bool attend(void *arg, const struct running *running)
{
	struct attended *attended = arg;
	SCOPED(buf_release) struct buf note = BUF_INIT(TEXT_MAX);
	if (!running || running->request->io == REQUEST_TERMINAL)
		return false;
	if (attended->work->tell)
		attended->work->tell(&running->reply.out, &note);
	progress_show(&attended->progress, attended->work->counts ? request_read(running) : -1, buf_text(&note));
	return false;
}

int progress_perform(struct session *session, const struct invocation *call, const struct work *work,
		     const struct action *action, request_sink *sink, void *arg, struct result *out, struct error *err)
{
	struct attended attended = { .work = work };
	const struct beside beside = { { -1, -1 }, LOOK_MS, attend, &attended }, *before = session->beside;
	progress_begin(&attended.progress, session, work->what, work->total);
	attended.progress.quiet |= invocation_has(call, "quiet");
	if (!before)
		session->beside = &beside;
	int failed = session_perform_to(session, action, sink, arg, out, err);
	session->beside = before;
	progress_end(&attended.progress);
	return failed;
}
