#include "command/consent.h"

#include <stdlib.h>
#include <string.h>

#include "command/columns.h"
#include "command/output.h"
#include "base/banned.h"

#define NAMED_MAX 8 /* in the question itself */
#define QUESTION_MAX (64u * 1024)
#define ROWS_AROUND 4 /* on the screen: titles, the rest's row, the question, and what was typed */
#define ROWS_MIN 5

void consent_question(const char *what, const struct targets *targets, struct buf *out)
{
	buf_add_text(out, what);
	if (targets->nr > NAMED_MAX) {
		buf_printf(out, " these %zu containers", targets->nr);
		return;
	}
	for (size_t i = 0; i < targets->nr; i++)
		buf_printf(out, " %s", targets->items[i].name);
}

void consent_count(const enum container_state *states, size_t nr, struct buf *out)
{
	for (enum container_state state = CONTAINER_UNKNOWN; state <= CONTAINER_DEAD; state++) {
		size_t count = 0;
		for (size_t i = 0; i < nr; i++)
			count += states[i] == state;
		if (count)
			buf_printf(out, "%s%zu %s", out->len ? ", " : "", count, container_state_name(state));
	}
}

/* How they stand now; what is not known is left empty. */
struct standing {
	enum container_state *states;
	const char **images;
	struct arena arena;
};

static void standing_release(struct standing *standing)
{
	free(standing->states);
	free(standing->images);
	arena_release(&standing->arena);
}

static bool is_meant(const struct target *target, const struct container *container)
{
	return !strcmp(target->id, container->id) || !strcmp(target->id, container->name);
}

static void look_up(const struct targets *targets, const struct runtime *runtime, const struct container_list *list,
		    struct standing *out)
{
	for (size_t i = 0; i < targets->nr; i++)
		for (size_t j = 0; j < list->nr; j++)
			if (targets->items[i].runtime == runtime && is_meant(&targets->items[i], &list->items[j])) {
				out->states[i] = list->items[j].state;
				out->images[i] = arena_text(&out->arena, list->items[j].image);
			}
}

static bool any_of(const struct targets *targets, const struct runtime *runtime)
{
	for (size_t i = 0; i < targets->nr; i++)
		if (targets->items[i].runtime == runtime)
			return true;
	return false;
}

static int find_standing(struct session *session, const struct targets *targets, struct standing *out,
			 struct error *err)
{
	*out = (struct standing){ .states = xcalloc(targets->nr + 1, sizeof *out->states),
				  .images = xcalloc(targets->nr + 1, sizeof *out->images) };
	for (const struct runtime *const *runtime = runtimes; *runtime; runtime++) {
		struct result result;
		if (!any_of(targets, *runtime))
			continue;
		const struct runtime *before = session_turn_to(session, *runtime);
		int failed = session_list(session, &result, err);
		session_turn_to(session, before);
		if (failed)
			return -1;
		look_up(targets, *runtime, &result.containers, out);
		result_release(&result);
	}
	return 0;
}

static size_t rows_shown(size_t nr)
{
	size_t height = output_height();
	size_t room = height > ROWS_AROUND + ROWS_MIN ? height - ROWS_AROUND : ROWS_MIN;
	return nr <= room ? nr : room;
}

static void show(const struct targets *targets, const struct standing *standing)
{
	static const struct column columns[] = { { "NAME", false }, { "STATE", false }, { "IMAGE", true } };
	SCOPED(buf_release) struct buf rest = BUF_INIT(QUESTION_MAX);
	size_t nr = rows_shown(targets->nr);
	const char **cells = xcalloc(nr, ARRAY_LEN(columns) * sizeof *cells), **cell = cells;
	for (size_t i = 0; i < nr; i++) {
		*cell++ = targets->items[i].name;
		*cell++ = container_state_name(standing->states[i]);
		*cell++ = standing->images[i];
	}
	columns_print(columns, ARRAY_LEN(columns), cells, nr);
	free(cells);
	consent_count(standing->states + nr, targets->nr - nr, &rest);
	if (rest.len)
		output_line("… and %zu more: %s", targets->nr - nr, buf_text(&rest));
}

int consent(struct session *session, const char *what, const struct targets *targets, struct error *err)
{
	SCOPED(buf_release) struct buf question = BUF_INIT(QUESTION_MAX);
	SCOPED(standing_release) struct standing standing = { 0 };
	if (session->settings.yes || session->settings.dry_run)
		return 0;
	if (session->interactive) {
		if (find_standing(session, targets, &standing, err) < 0)
			return -1;
		show(targets, &standing);
	}
	consent_question(what, targets, &question);
	int yes = session_confirm(session, buf_text(&question), err);
	if (yes == 0)
		return error_set(err, ERROR_CANCELLED, "nothing done");
	return yes < 0 ? -1 : 0;
}
