#include "command/logshow.h"

#include <stdlib.h>
#include <string.h>

#include "command/output.h"
#include "base/banned.h"

void log_show_init(struct log_show *show, struct session *session, const struct invocation *call, bool named)
{
	*show = (struct log_show){
		.session = session, .call = call, .named = named, .marks = invocation_has(call, "marks")
	};
	view_init(&show->view, invocation_has(call, "timestamps"), invocation_has(call, "raw-colors"));
	show->view.json = session->settings.json;
	merge_init(&show->merge, &session->store);
	journal_end(session->store.dir, &show->journal);
}

void log_show_release(struct log_show *show)
{
	for (size_t i = 0; i < show->nr; i++) {
		chronicle_release(&show->sources[i]->marks);
		free(show->sources[i]->news);
		free(show->sources[i]);
	}
	free(show->sources);
	free(show->of_log);
	merge_release(&show->merge);
	view_release(&show->view);
}

/* ---- what is selected ---- */

static int read_selection(const struct invocation *call, struct selection *out, struct error *err)
{
	const char *tail = invocation_value(call, "tail"), *since = invocation_value(call, "since");
	const char *until = invocation_value(call, "until");
	*out = (struct selection){ .tail = -1 };
	if (tail && strcmp(tail, "all") != 0)
		out->tail = strtoll(tail, NULL, 10);
	if (since && moment_parse_since(since, moment_now(), &out->since, err) < 0)
		return error_wrap(err, "--since");
	if (until && moment_parse_since(until, moment_now(), &out->until, err) < 0)
		return error_wrap(err, "--until");
	return 0;
}

/* What the journal has, where it is needed. */
static int read_chronicle(const struct log_show *show, struct log_source *source, struct error *err)
{
	const char *run = invocation_value(show->call, "run");
	SCOPED(shelf_release) struct shelf_files files = { 0 };
	struct chronicle chronicle;
	if (!run && !show->marks)
		return 0;
	shelf_of(&show->session->store, source->who.id, source->who.name, &files);
	if (chronicle_read(&chronicle, show->session->store.dir, source->who.id, &files, err) < 0)
		return -1;
	unsigned nth = run && *run == '-' ? (unsigned)strtoul(run + 1, NULL, 10) : 1;
	bool known = !run || chronicle_run(&chronicle, nth, &source->selection.from, &source->selection.to);
	if (show->marks)
		source->marks = chronicle;
	else
		chronicle_release(&chronicle);
	return known ? 0 : error_set(err, ERROR_NOT_FOUND, "run %s of '%s' is not known", run, source->who.name);
}

int log_show_merge(struct log_show *show, struct log_source *source, struct error *err)
{
	if (merge_add(&show->merge, source->who.id, source->who.name, &source->selection, err) < 0)
		return -1;
	show->of_log = xrealloc(show->of_log, show->merge.nr * sizeof(struct log_source *));
	show->of_log[show->merge.nr - 1] = source;
	source->merged = true;
	return 0;
}

/* Another container of a name that is known has its colour. */
static void introduce(struct log_show *show, struct log_source *source)
{
	for (size_t i = 0; i < show->nr; i++)
		if (!strcmp(show->sources[i]->who.name, source->who.name)) {
			source->byline = (struct byline){ source->who.name, show->sources[i]->byline.colour };
			return;
		}
	view_introduce(&show->view, &source->byline, source->who.name);
}

static struct log_source *new_source(struct log_show *show, const struct logset_item *who)
{
	struct log_source *source = xcalloc(1, sizeof *source);
	source->who = *who;
	source->selection.tail = -1;
	if (show->named)
		introduce(show, source);
	if (show->nr == show->room) {
		show->room = show->room ? show->room * 2 : 16;
		show->sources = xrealloc(show->sources, show->room * sizeof(struct log_source *));
	}
	show->sources[show->nr++] = source;
	return source;
}

int log_show_add(struct log_show *show, const struct logset_item *who, struct error *err)
{
	struct log_source *source = new_source(show, who);
	if (read_selection(show->call, &source->selection, err) < 0 || read_chronicle(show, source, err) < 0)
		return -1;
	return log_show_merge(show, source, err);
}

void log_show_add_new(struct log_show *show, const struct logset_item *who)
{
	struct error ignored;
	struct log_source *source = new_source(show, who);
	if (show->follows_names || show->marks)
		view_note(&show->view, "%s is a new container %.12s", who->name, who->id);
	log_show_merge(show, source, &ignored);
}

/* ---- marks ---- */

static void print_marks_before(struct log_show *show, struct log_source *source, struct place place)
{
	const struct chronicle *marks = &source->marks;
	for (; source->next_mark < marks->nr && place_compare(marks->items[source->next_mark].place, place) <= 0;
	     source->next_mark++)
		view_mark(&show->view, &marks->items[source->next_mark].mark);
}

/* Behind the last record that was chosen, where others follow, only what ended there: what begins there is the next one's. */
static void print_last_marks(struct log_show *show, struct log_source *source)
{
	const struct chronicle *marks = &source->marks;
	const struct selection *selection = &source->selection;
	for (; source->next_mark < marks->nr && !selection->until; source->next_mark++) {
		const struct chronicle_item *item = &marks->items[source->next_mark];
		bool begins = item->mark.event == JOURNAL_STARTED || item->mark.event == JOURNAL_RESTARTED;
		if (selection->to.number && (begins || place_compare(item->place, selection->to) > 0))
			return;
		view_mark(&show->view, &item->mark);
	}
}

/* What lies before the first record that was chosen is not shown. */
static void skip_marks(struct log_source *source, struct place first)
{
	const struct selection *selection = &source->selection;
	const struct chronicle *marks = &source->marks;
	if (selection->tail < 0 && !selection->since && !selection->from.number)
		return;
	while (source->next_mark < marks->nr && place_compare(marks->items[source->next_mark].place, first) < 0)
		source->next_mark++;
}

/* ---- printing ---- */

static int print_merged(struct log_show *show, const struct merged *merged, log_show_fn *before, struct error *err)
{
	struct log_source *source = show->of_log[merged->nr];
	if (!source->begun)
		skip_marks(source, merged->begins);
	source->begun = true;
	print_marks_before(show, source, merged->begins);
	if (before)
		before(show, source, &merged->record);
	if (show->view.json)
		return view_object(&show->view, source->who.name, source->who.id, &merged->record, err);
	return view_record(&show->view, show->named ? &source->byline : NULL, &merged->record, err);
}

int log_show_print(struct log_show *show, log_show_fn *before, struct error *err)
{
	struct merged merged;
	int more = 0;
	while (output_wanted() && (more = merge_next(&show->merge, &merged, err)) > 0)
		if (print_merged(show, &merged, before, err) < 0)
			return -1;
	for (size_t i = 0; i < show->nr && more == 0; i++)
		print_last_marks(show, show->sources[i]);
	output_flush();
	return more < 0 ? -1 : 0;
}
