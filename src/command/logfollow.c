/* Logs as they are written, of containers that come, end, run again and are made anew. */
#include <stdlib.h>
#include <string.h>

#include "command/logshow.h"
#include "command/output.h"
#include "base/banned.h"

#define LOOK_EVERY_MS 1000
#define EARLY                                                                                                          \
	(50 *                                                                                                          \
	 (MOMENT_SECOND /                                                                                              \
	  1000)) /* an engine stamps the first record of a run before it takes the run for begun, by less than this */
#define PATIENCE (3 * MOMENT_SECOND) /* what is written down may be known before the records that it comes behind */

/* ---- marks, where they belong ---- */

static bool is_shown(const struct log_show *show, enum journal_event event)
{
	if (event == JOURNAL_COMPLETE)
		return false;
	return show->marks || (show->follows_names &&
			       (event == JOURNAL_EXITED || event == JOURNAL_RESTARTED || event == JOURNAL_REMOVED));
}

static int take_mark(void *arg, const struct mark *mark, struct error *err UNUSED)
{
	struct log_show *show = arg;
	for (size_t i = 0; i < show->nr && is_shown(show, mark->event); i++) {
		struct log_source *source = show->sources[i];
		if (strncmp(source->who.id, mark->id, CONTAINER_ID_SHORT) != 0)
			continue;
		if (source->news_nr == source->news_room) {
			source->news_room = source->news_room ? source->news_room * 2 : 4;
			source->news = xrealloc(source->news, source->news_room * sizeof *source->news);
		}
		source->news[source->news_nr++] = *mark;
		break;
	}
	return 0;
}

static void print_news(struct log_show *show, struct log_source *source, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		view_mark(&show->view, &source->news[i]);
	source->news_nr -= nr;
	if (source->news_nr)
		memmove(source->news, source->news + nr, source->news_nr * sizeof *source->news);
}

/* The end of the last run and the beginning of the next stand before the next one's first record. */
static void print_news_before(struct log_show *show, struct log_source *source, const struct record *record)
{
	for (size_t i = 0; i < source->news_nr; i++) {
		const struct mark *mark = &source->news[i];
		bool begins = mark->event == JOURNAL_STARTED || mark->event == JOURNAL_RESTARTED;
		if (!begins || (mark->at ? mark->at : mark->time) > record->at + EARLY)
			continue;
		print_news(show, source, i + 1);
		return;
	}
}

static void print_due_news(struct log_show *show, struct log_source *source, bool over)
{
	moment now = moment_now();
	size_t due = over ? source->news_nr : 0;
	while (due < source->news_nr && now - source->news[due].time > PATIENCE)
		due++;
	print_news(show, source, due);
}

/* ---- following ---- */

static bool is_over(struct session *session, const struct log_source *source)
{
	struct tracked entry;
	if (!source->who.collected || !tracked_get(session->table, source->who.id, &entry))
		return true;
	return entry.phase == PHASE_COMPLETE || entry.phase == PHASE_GONE || entry.phase == PHASE_UNREADABLE;
}

static void hurry(struct log_show *show, bool hurry)
{
	for (size_t i = 0; i < show->nr; i++)
		if (show->sources[i]->who.collected)
			tracked_hurry(show->session->table, show->sources[i]->who.id, hurry);
}

/* What is known of the one that had the name stands before what is said of the one that has it. */
static void finish_before(struct log_show *show, const char *name)
{
	for (size_t i = 0; i < show->nr; i++)
		if (!strcmp(show->sources[i]->who.name, name))
			print_news(show, show->sources[i], show->sources[i]->news_nr);
}

static void take_in_new(struct log_show *show, struct logset *set)
{
	struct error ignored;
	size_t known = set->nr;
	logset_add_new(show->session, show->call->operands, show->call->operands_nr, show->follows_names, set);
	for (size_t i = known; i < set->nr; i++) {
		finish_before(show, set->items[i].name);
		log_show_add_new(show, &set->items[i]);
		tracked_hurry(show->session->table, set->items[i].id, true);
	}
	for (size_t i = 0; i < show->nr; i++)
		if (!show->sources[i]->merged)
			log_show_merge(show, show->sources[i], &ignored);
}

/* One round. Whether all were over before it began is in *over. */
static int print_new(struct log_show *show, struct logset *set, bool *over, struct error *err)
{
	bool *each = xcalloc(show->nr + 1, sizeof *each);
	size_t nr = show->nr;
	*over = true;
	for (size_t i = 0; i < nr; i++)
		*over &= each[i] = is_over(show->session, show->sources[i]);
	int failed = 0;
	if (show->marks || show->follows_names)
		failed = journal_since(show->session->store.dir, &show->journal, take_mark, show, err);
	merge_go_on(&show->merge);
	if (!failed)
		failed = log_show_print(show, print_news_before, err);
	for (size_t i = 0; i < nr && !failed; i++)
		print_due_news(show, show->sources[i], each[i]);
	take_in_new(show, set);
	*over &= show->nr == nr;
	output_flush();
	free(each);
	return failed;
}

int log_show_follow(struct log_show *show, struct logset *set, struct error *err)
{
	bool over = false, told = false;
	int failed = 0;
	logset_note_present(show->session, set);
	hurry(show, true);
	while (!failed && !(over && !show->follows_names)) {
		failed = print_new(show, set, &over, err);
		if (!failed && over && show->follows_names && !told && !show->session->settings.quiet) {
			view_note(&show->view, "waiting for %s to run again; Ctrl-C ends", show->named ? "them" : "it");
			output_flush();
			told = true;
		}
		if (!failed && !(over && !show->follows_names))
			failed = session_wait_news(show->session, LOOK_EVERY_MS, err);
	}
	hurry(show, false);
	return failed;
}
