#include "command/live.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/moment.h"
#include "base/text.h"
#include "command/grid.h"
#include "command/keys.h"
#include "command/output.h"
#include "command/pager.h"
#include "model/json.h"
#include "base/banned.h"

#define SERVE_MS 250  /* the screen is looked after so often, while something is waited for */
#define OLD_MS 3000   /* rows that are older say so */
#define ROWS_AROUND 2 /* of the screen: the titles, and what it is that is shown */
#define SCREEN_BYTES (4u * 1024 * 1024)
#define OBJECT_MAX (1024u * 1024)

struct live {
	struct session *session;
	const struct live_source *source;
	struct live_rows rows;
	bool known;           /* there was a look that found them … */
	int64_t asked_ms;     /* … and when it began; before that, when the first one did */
	struct error trouble; /* why there are no newer ones */
	size_t *widths;

	/* On a screen. */
	struct grid grid;
	struct keys keys;
	struct strvec lines; /* of all rows, behind the titles; none: to be made */
	size_t width;
	struct buf drawn;
	struct termios before;
	bool has_screen;
	bool has_keys; /* stdin is a terminal as well */
	bool over, unwritable;
};

void live_rows_make(struct live_rows *rows, size_t nr, size_t columns_nr)
{
	*rows = (struct live_rows){ .nr = nr };
	rows->keys = arena_alloc(&rows->arena, (nr + 1) * sizeof *rows->keys);
	rows->names = arena_alloc(&rows->arena, (nr + 1) * sizeof *rows->names);
	rows->cells = arena_alloc(&rows->arena, (nr * columns_nr + 1) * sizeof *rows->cells);
	rows->objects = arena_alloc(&rows->arena, (nr + 1) * sizeof *rows->objects);
	rows->same = arena_alloc(&rows->arena, (nr + 1) * sizeof *rows->same);
}

/* Into *rows, which stays as it is if that fails. */
static int look(struct live *live, struct live_rows *rows, struct error *err)
{
	struct live_rows found = { 0 };
	int64_t asked_ms = monotonic_ms();
	if (live->source->look(live->session, live->source->arg, &found, err) < 0) {
		arena_release(&found.arena);
		return -1;
	}
	*rows = found;
	live->known = true;
	live->asked_ms = asked_ms;
	return 0;
}

/* ---- on a screen ---- */

static void make_lines(struct live *live)
{
	const struct live_source *source = live->source;
	strvec_release(&live->lines);
	columns_lines(source->columns, source->columns_nr, live->rows.cells, live->rows.nr, live->widths, live->width,
		      &live->lines);
}

static void add_state(const struct live *live, struct strvec *shown)
{
	SCOPED(buf_release)
	struct buf text = BUF_INIT(8 * sizeof live->trouble.text), safe = BUF_INIT(32 * sizeof live->trouble.text);
	SCOPED(buf_release) struct buf cut = BUF_INIT(32 * sizeof live->trouble.text);
	const struct grid *grid = &live->grid;
	int64_t age_ms = monotonic_ms() - live->asked_ms;
	bool troubled = live->trouble.kind != ERROR_NONE;
	if (!live->known)
		buf_printf(&text, "waiting for %s", live->source->things);
	else if (live->rows.nr)
		buf_printf(&text, "%zu-%zu of %zu %s", grid->top + 1, grid->top + grid_shown(grid), live->rows.nr,
			   live->source->things);
	else
		buf_printf(&text, "no %s", live->source->things);
	if (age_ms > OLD_MS)
		buf_printf(&text, ", %lld s%s", (long long)age_ms / 1000, live->known ? " old" : "");
	buf_printf(&text, "%s%s", troubled ? ": " : "; ",
		   troubled	    ? live->trouble.text :
		   live->has_keys ? "q leaves" :
				    "Ctrl-C leaves");
	text_add_safe(&safe, buf_text(&text), text.len, false);
	text_add_cells(&cut, buf_text(&safe), live->width, false);
	strvec_push(shown, buf_text(&cut));
}

static void draw(struct live *live)
{
	size_t width = output_width(), height = output_height();
	SCOPED(strvec_release) struct strvec shown = STRVEC_INIT;
	if (width != live->width || !live->lines.nr) {
		live->width = width;
		make_lines(live);
		buf_clear(&live->drawn);
	}
	if (live->grid.height + ROWS_AROUND != height)
		buf_clear(&live->drawn);
	grid_resize(&live->grid, height > ROWS_AROUND ? height - ROWS_AROUND : 1);
	size_t rows = grid_shown(&live->grid), top = live->grid.top, chosen = live->grid.chosen;
	if (height > 1)
		strvec_push(&shown, live->lines.items[0]);
	for (size_t i = 0; i < live->grid.height; i++)
		strvec_push(&shown, i < rows ? live->lines.items[1 + top + i] : "");
	if (height > ROWS_AROUND)
		add_state(live, &shown);
	if (!output_screen_draw(&shown, chosen == GRID_NONE ? SIZE_MAX : (height > 1) + chosen - top, &live->drawn))
		live->over = live->unwritable = true;
}

static void take_keys(struct live *live)
{
	char bytes[64];
	ssize_t nr = read(STDIN_FILENO, bytes, sizeof bytes);
	live->over |= nr <= 0; /* nobody is there any more */
	for (ssize_t i = 0; i < nr; i++) {
		enum key key = keys_take(&live->keys, bytes[i]);
		live->over |= key == KEY_QUIT;
		grid_move(&live->grid, key);
	}
}

static void take_screen(struct live *live)
{
	live->has_keys = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &live->before) == 0;
	if (live->has_keys) {
		struct termios mode = live->before;
		mode.c_lflag &= ~(tcflag_t)(ECHO | ICANON | IEXTEN);
		mode.c_cc[VMIN] = 1;
		mode.c_cc[VTIME] = 0;
		tcsetattr(STDIN_FILENO, TCSADRAIN, &mode);
	}
	pager_give_up();
	output_screen_begin();
	live->has_screen = true;
}

/* What was typed meanwhile was not for whoever reads next. */
static void give_screen_back(struct live *live)
{
	if (!live->has_screen)
		return;
	output_screen_end();
	if (live->has_keys)
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &live->before);
}

/* A first look that takes its time is not waited for without the screen. */
static bool serve(void *arg, const struct running *running UNUSED)
{
	struct live *live = arg;
	struct pollfd typed = { .fd = STDIN_FILENO, .events = POLLIN };
	signals_take_resize(live->session->signals);
	if (!live->has_screen)
		take_screen(live);
	if (live->has_keys && poll(&typed, 1, 0) > 0)
		take_keys(live);
	if (!live->over)
		draw(live);
	return live->over;
}

static void look_again(struct live *live)
{
	struct live_rows before = live->rows;
	struct error err = { 0 };
	live->session->warned = (struct error){ 0 };
	if (look(live, &live->rows, &err) < 0) {
		live->trouble = err;
		return;
	}
	arena_release(&before.arena);
	live->trouble = live->session->warned;
	grid_take(&live->grid, live->rows.keys, live->rows.nr);
	strvec_release(&live->lines);
}

/* What a wait was ended by. 0: somebody, -1: purser is to end. */
static int stopped(struct live *live, struct error *err)
{
	if (live->unwritable)
		return output_failed(err);
	int number = session_take_stop(live->session);
	if (!number)
		return 0;
	error_set(err, ERROR_SIGNALLED, "ended by a signal");
	err->detail = number;
	return -1;
}

/* What was on the screen last stays. */
static void leave_rows(struct live *live)
{
	size_t rows = grid_shown(&live->grid);
	if (!live->lines.nr)
		make_lines(live);
	for (size_t i = 0; i <= rows; i++)
		output_line("%s", live->lines.items[i ? live->grid.top + i : 0]);
}

static int follow_on_screen(struct live *live, struct error *err)
{
	struct session *session = live->session;
	const struct beside beside = { { STDIN_FILENO, session->signals->resize_fd }, SERVE_MS, serve, live };
	grid_init(&live->grid);
	buf_init(&live->drawn, SCREEN_BYTES);
	live->asked_ms = monotonic_ms();
	session->beside = &beside;
	int first = look(live, &live->rows, err);
	if (first == 0) {
		grid_take(&live->grid, live->rows.keys, live->rows.nr);
		strvec_release(&live->lines);
		if (!live->has_screen)
			take_screen(live);
		draw(live);
	}
	while (first == 0 && !live->over && session_pause(session, live->source->every_ms)) {
		look_again(live);
		if (live->trouble.kind == ERROR_CANCELLED)
			break;
		if (!live->over)
			draw(live);
	}
	session->beside = NULL;
	bool left = first == 0 || live->over || (live->has_screen && err->kind == ERROR_CANCELLED);
	give_screen_back(live);
	if (live->known)
		leave_rows(live);
	grid_release(&live->grid);
	strvec_release(&live->lines);
	buf_release(&live->drawn);
	return left ? stopped(live, err) : -1;
}

/* ---- as lines ---- */

/* Where in `rows` that key is; it is mostly near where it was. SIZE_MAX: nowhere. */
static size_t find_key(const struct live_rows *rows, const char *key, size_t near)
{
	if (near < rows->nr && !strcmp(rows->keys[near], key))
		return near;
	for (size_t i = 0; i < rows->nr; i++)
		if (!strcmp(rows->keys[i], key))
			return i;
	return SIZE_MAX;
}

static bool has_changed(const struct live_rows *before, const struct live_rows *rows, size_t row)
{
	size_t was = find_key(before, rows->keys[row], row);
	return !rows->same[row] || was == SIZE_MAX || strcmp(before->same[was], rows->same[row]) != 0;
}

static void print_gone(const struct live *live, const struct live_rows *before, size_t row)
{
	const struct field fields[] = { { "ID", before->keys[row] },
					{ live->source->name_key, before->names[row] },
					{ "State", "gone" } };
	SCOPED(buf_release) struct buf object = BUF_INIT(OBJECT_MAX);
	if (!live->source->json) {
		output_line("%s gone", before->names[row]);
		return;
	}
	output_add_object(&object, fields, ARRAY_LEN(fields));
	output_bytes(&object);
}

static void print_object(const char *text)
{
	SCOPED(buf_release) struct buf object = BUF_INIT(OBJECT_MAX);
	buf_add_text(&object, text);
	output_text(&object);
}

/* The titles stand above the first rows, and above all where these are the same ones each time. */
static void print_changes(struct live *live, const struct live_rows *before, bool first)
{
	const struct live_rows *rows = &live->rows;
	live->width = output_width();
	make_lines(live);
	if (!live->source->json && (first || (rows->nr && !rows->same[0])))
		output_line("%s", live->lines.items[0]);
	for (size_t i = 0; i < before->nr; i++)
		if (find_key(rows, before->keys[i], i) == SIZE_MAX)
			print_gone(live, before, i);
	for (size_t i = 0; i < rows->nr; i++) {
		if (!has_changed(before, rows, i))
			continue;
		if (live->source->json)
			print_object(rows->objects[i]);
		else
			output_line("%s", live->lines.items[i + 1]);
	}
}

/* A look that fails is a warning, once; the next one that goes well tells what has changed since. */
static int follow_in_lines(struct live *live, struct error *err)
{
	struct live_rows before = { 0 };
	if (look(live, &live->rows, err) < 0)
		return -1;
	pager_give_up();
	print_changes(live, &before, true);
	while (output_flush()) {
		if (!session_pause(live->session, live->source->every_ms))
			return error_set(err, ERROR_CANCELLED, "cancelled");
		struct error trouble = { 0 };
		before = live->rows;
		if (look(live, &live->rows, &trouble) == 0) {
			print_changes(live, &before, false);
			arena_release(&before.arena);
		} else if (trouble.kind == ERROR_CANCELLED) {
			*err = trouble;
			return -1;
		} else if (live->trouble.kind == ERROR_NONE) {
			output_warning("%s", trouble.text);
		}
		live->trouble = trouble;
	}
	return output_failed(err);
}

int live_follow(struct session *session, const struct live_source *source, struct error *err)
{
	struct live live = { .session = session, .source = source };
	live.widths = xcalloc(source->columns_nr, sizeof *live.widths);
	int failed = output_can_draw() && !source->json ? follow_on_screen(&live, err) : follow_in_lines(&live, err);
	arena_release(&live.rows.arena);
	strvec_release(&live.lines);
	free(live.widths);
	return failed;
}
