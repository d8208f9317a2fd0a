/*
 * grep: looks for a pattern in everything that is stored, of containers that run and of those that are gone, and shows what it finds in one
 * order of time; with -f it goes on as more is stored.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "command/drain.h"
#include "command/foundview.h"
#include "command/logset.h"
#include "command/output.h"
#include "command/pager.h"
#include "command/rows.h"
#include "command/selector.h"
#include "command/session.h"
#include "command/stored.h"
#include "logs/chase.h"
#include "logs/turns.h"
#include "base/banned.h"

#define STATUS_NOTHING 1 /* as grep has it */
#define STATUS_FAILED 2
#define LOOK_UP_EVERY 256 /* lines that are printed between two looks at what the user wants */

/* One container's log. */
struct source {
	struct hunt hunt;
	struct quarry quarry; /* the hunt, in the chase */
	struct byline byline;
	char name[STORE_NAME_MAX + 16]; /* web, or web@2 for the one before */
	unsigned long long lines;       /* that fitted */
	struct found found;             /* waits for its turn */
	bool has_found;
};

struct grep {
	struct session *session;
	const struct invocation *call;
	char *const *words; /* whose logs are meant */
	size_t words_nr;
	struct logset set; /* of those that are no patterns */
	struct pattern *pattern;
	struct hunt_wish wish;
	struct chase *chase;
	struct source **sources;
	size_t nr, room;
	struct turns turns;
	struct found_view view;
	const struct source *last; /* whose line was printed last */
	unsigned long long lines;  /* that fitted, of all */
	struct error damage;       /* the first log that could not be read to its end */
};

/* ---- what is asked for ---- */

static int read_time(const struct invocation *call, const char *option, moment *out, struct error *err)
{
	const char *text = invocation_value(call, option);
	if (!text || moment_parse_since(text, moment_now(), out, err) == 0)
		return 0;
	return error_wrap(err, "--%s", option);
}

static int read_lines(const struct invocation *call, const char *option, unsigned *out, struct error *err)
{
	const char *text = invocation_value(call, option);
	if (!text)
		text = invocation_value(call, "context");
	unsigned long long nr = text ? strtoull(text, NULL, 10) : 0;
	if (nr > HUNT_CONTEXT_MAX)
		return error_set(err, ERROR_USAGE, "at most %d lines can be shown around one", HUNT_CONTEXT_MAX);
	*out = (unsigned)nr;
	return 0;
}

static enum stream wanted_stream(const struct invocation *call)
{
	bool out = invocation_has(call, "stdout"), err = invocation_has(call, "stderr");
	return out == err ? 0 : out ? STREAM_STDOUT : STREAM_STDERR;
}

static int read_wish(struct grep *grep, struct error *err)
{
	const struct invocation *call = grep->call;
	struct pattern_wish how = {
		.fixed = invocation_has(call, "fixed-strings"),
		.ignore_case = invocation_has(call, "ignore-case"),
		.words = invocation_has(call, "word-regexp"),
		.lines = invocation_has(call, "line-regexp"),
	};
	grep->pattern = pattern_new(call->operands[0], &how, err);
	if (!grep->pattern || hunt_wish_init(&grep->wish, grep->pattern, err) < 0)
		return -1;
	struct hunt_wish *wish = &grep->wish;
	wish->invert = invocation_has(call, "invert-match");
	wish->goes_on = invocation_has(call, "follow");
	wish->stream = wanted_stream(call);
	if (read_time(call, "since", &wish->since, err) < 0 || read_time(call, "until", &wish->until, err) < 0)
		return -1;
	return read_lines(call, "before-context", &wish->before, err) < 0
		       ? -1
		       : read_lines(call, "after-context", &wish->after, err);
}

static bool only_counts(const struct grep *grep)
{
	return invocation_has(grep->call, "count") || invocation_has(grep->call, "files-with-matches") ||
	       invocation_has(grep->call, "quiet");
}

static bool stops_at_first(const struct grep *grep)
{
	return invocation_has(grep->call, "files-with-matches") || invocation_has(grep->call, "quiet");
}

static void prepare_view(struct grep *grep)
{
	const struct invocation *call = grep->call;
	found_view_init(&grep->view, grep->wish.invert ? NULL : grep->pattern);
	grep->view.timestamps = invocation_has(call, "timestamps");
	grep->view.only_fits = invocation_has(call, "only-matching");
	grep->view.json = session_wants_json(grep->session, call);
	grep->view.named = grep->words_nr != 1 || logset_is_open(grep->words[0]);
	if (only_counts(grep) || grep->view.only_fits)
		grep->wish.before = grep->wish.after = 0;
}

/* ---- whose logs ---- */

static bool has_source(const struct grep *grep, const char *id)
{
	for (size_t i = 0; i < grep->nr; i++)
		if (!strncmp(grep->sources[i]->hunt.spool.id, id, CONTAINER_ID_SHORT))
			return true;
	return false;
}

/* A log that is deleted meanwhile is none. */
static void add_source(struct grep *grep, const char *id, const char *name, unsigned number)
{
	struct error ignored;
	if (has_source(grep, id))
		return;
	struct source *source = xcalloc(1, sizeof *source);
	snprintf(source->name, sizeof source->name, number > 1 ? "%s@%u" : "%s", name, number);
	if (hunt_open(&source->hunt, &grep->session->store, id, name, &grep->wish, &ignored) < 0) {
		hunt_release(&source->hunt);
		free(source);
		return;
	}
	quarry_init(&source->quarry, &source->hunt);
	if (grep->nr == grep->room) {
		grep->room = grep->room ? grep->room * 2 : 16;
		grep->sources = xrealloc(grep->sources, grep->room * sizeof *grep->sources);
	}
	grep->sources[grep->nr++] = source;
	view_introduce(&grep->view.names, &source->byline, source->name);
}

static size_t add_fitting(struct grep *grep, const char *pattern, const struct runtime *only)
{
	struct stored_logs logs;
	stored_list(grep->session, pattern, only, &logs);
	size_t nr = logs.nr;
	for (size_t i = 0; i < nr; i++)
		add_source(grep, logs.items[i].id, logs.items[i].name, logs.items[i].number);
	stored_logs_release(&logs);
	return nr;
}

static unsigned number_of(const char *word)
{
	char name[STORE_NAME_MAX + 1];
	return selector_read(word).form == SELECTS_NAME ? stored_number(word, name) : 1;
}

/* What was written up to now is to be stored before it is searched. That it cannot be is no reason not to search what is. */
static int drain(struct grep *grep, const char *id, struct error *err)
{
	struct error why;
	if ((id ? session_drain(grep->session, id, &why) : session_drain_all(grep->session, &why)) == 0)
		return 0;
	if (why.kind == ERROR_CANCELLED) {
		*err = why;
		return -1;
	}
	output_warning("what is stored ends early: %s", why.text);
	return 0;
}

static bool has_pattern(const struct grep *grep)
{
	bool has = grep->words_nr == 0;
	for (size_t i = 0; i < grep->words_nr; i++)
		has |= selector_read(grep->words[i]).form == SELECTS_PATTERN;
	return has;
}

static int add_named(struct grep *grep, const char *word, struct error *err)
{
	size_t nr = grep->set.nr, untracked = grep->set.untracked.nr;
	if (logset_add_word(grep->session, word, &grep->set, err) < 0)
		return -1;
	for (; nr < grep->set.nr; nr++) {
		const struct logset_item *item = &grep->set.items[nr];
		if (item->collected && drain(grep, item->id, err) < 0)
			return -1;
		add_source(grep, item->id, item->name, number_of(word));
	}
	for (; untracked < grep->set.untracked.nr; untracked++)
		output_warning("%s is not tracked: nothing of it is stored that could be searched",
			       grep->set.untracked.items[untracked]);
	return 0;
}

/* A pattern, or no word at all, means containers that are gone as well; other words what they mean to logs. */
static int add_kept(struct grep *grep, struct error *err)
{
	if (grep->words_nr == 0)
		add_fitting(grep, NULL, NULL);
	for (size_t i = 0; i < grep->words_nr; i++) {
		struct selector selector = selector_read(grep->words[i]);
		if (selector.form == SELECTS_PATTERN && add_fitting(grep, selector.text, selector.runtime) == 0)
			return error_set(err, ERROR_NOT_FOUND, "no log that is kept fits '%s'", grep->words[i]);
	}
	return 0;
}

static int add_sources(struct grep *grep, struct error *err)
{
	if (has_pattern(grep) && drain(grep, NULL, err) < 0)
		return -1;
	if (add_kept(grep, err) < 0)
		return -1;
	for (size_t i = 0; i < grep->words_nr; i++)
		if (selector_read(grep->words[i]).form != SELECTS_PATTERN && add_named(grep, grep->words[i], err) < 0)
			return -1;
	return 0;
}

/* While it is followed: what has come since. */
static void add_new_sources(struct grep *grep)
{
	struct error ignored;
	size_t nr = grep->set.nr;
	add_kept(grep, &ignored);
	logset_add_new(grep->session, grep->words, grep->words_nr, true, &grep->set);
	for (; nr < grep->set.nr; nr++)
		add_source(grep, grep->set.items[nr].id, grep->set.items[nr].name, 1);
}

/* Those from number `nr` on have not been searched yet; none is being searched. */
static void begin_sources(struct grep *grep, size_t nr)
{
	chase_share(grep->chase, grep->nr);
	for (size_t i = 0; i < grep->nr; i++)
		hunt_share(&grep->sources[i]->hunt, grep->nr);
	for (; nr < grep->nr; nr++) {
		chase_send(grep->chase, &grep->sources[nr]->quarry);
		turns_put(&grep->turns, 0, grep->sources[nr]->name, nr);
	}
}

/* ---- searching ---- */

static int check_wanted(struct grep *grep, struct error *err)
{
	struct pollfd cancel = { .fd = session_cancel_fd(grep->session), .events = POLLIN };
	if (poll(&cancel, 1, 0) > 0)
		return error_set(err, ERROR_CANCELLED, "cancelled");
	if (!output_wanted())
		return error_set(err, ERROR_CANCELLED, "not wanted any more");
	return 0;
}

static bool has_context(const struct grep *grep)
{
	return grep->wish.before || grep->wish.after;
}

static int print(struct grep *grep, struct source *source, struct error *err)
{
	if (has_context(grep) && grep->last && (grep->last != source || source->found.apart))
		found_view_gap(&grep->view);
	grep->last = source;
	return found_view_line(&grep->view, &source->byline, source->hunt.spool.id, &source->found, err);
}

static int take_found(struct grep *grep, struct source *source, struct error *err)
{
	source->has_found = false;
	if (!only_counts(grep) && print(grep, source, err) < 0)
		return -1;
	source->lines += source->found.fits;
	grep->lines += source->found.fits;
	return grep->lines % LOOK_UP_EVERY == 0 ? check_wanted(grep, err) : 0;
}

static void note_damage(struct grep *grep, const struct error *err)
{
	if (!grep->damage.kind)
		grep->damage = *err;
}

/* On to the next line that is for another turn, or to the end of a block. What stands around a line stays with it. */
static int go_on(struct grep *grep, size_t nr, struct error *err)
{
	struct source *source = grep->sources[nr];
	for (;;) {
		enum hunt_result result = chase_next(grep->chase, &source->quarry, &source->found, err);
		source->has_found = result == HUNT_FOUND;
		if (result == HUNT_FAILED)
			return -1;
		if (result == HUNT_DAMAGED)
			note_damage(grep, err);
		if (result == HUNT_LATER && check_wanted(grep, err) < 0)
			return -1;
		if (result < HUNT_FOUND)
			return 0;
		if (result == HUNT_LATER || !has_context(grep) || source->found.apart || grep->last != source) {
			turns_put(&grep->turns, source->found.at, source->name, nr);
			return 0;
		}
		if (take_found(grep, source, err) < 0)
			return -1;
	}
}

/* All there is of each, earliest first; or up to the first line. */
static int search(struct grep *grep, struct error *err)
{
	size_t nr;
	bool first_only = stops_at_first(grep), any_is_enough = invocation_has(grep->call, "quiet");
	while (turns_take(&grep->turns, &nr)) {
		struct source *source = grep->sources[nr];
		if (source->has_found && take_found(grep, source, err) < 0)
			return -1;
		if (any_is_enough && grep->lines)
			return 0;
		if (first_only && source->lines)
			chase_leave(grep->chase, &source->quarry);
		else if (go_on(grep, nr, err) < 0)
			return -1;
	}
	return 0;
}

static void print_sums(struct grep *grep)
{
	bool counted = invocation_has(grep->call, "count");
	if (invocation_has(grep->call, "quiet") || !only_counts(grep))
		return;
	for (size_t i = 0; i < grep->nr; i++)
		if (counted || grep->sources[i]->lines)
			found_view_sum(&grep->view, &grep->sources[i]->byline, grep->sources[i]->hunt.spool.id,
				       grep->sources[i]->lines, counted);
}

/* ---- following ---- */

static void hurry(struct grep *grep, bool on)
{
	struct tracked entry;
	for (size_t i = 0; i < grep->nr; i++)
		if (session_find_tracked(grep->session, NULL, grep->sources[i]->hunt.spool.id, &entry))
			tracked_hurry(grep->session->table, entry.id, on);
}

static int follow(struct grep *grep, struct error *err)
{
	int failed = 0;
	pager_give_up();
	logset_note_present(grep->session, &grep->set);
	while (!failed) {
		hurry(grep, true);
		output_flush();
		size_t before = grep->nr;
		failed = session_wait_news(grep->session, 1000, err);
		for (size_t i = 0; i < before && !failed; i++)
			if (hunt_go_on(&grep->sources[i]->hunt))
				turns_put(&grep->turns, 0, grep->sources[i]->name, i);
		add_new_sources(grep);
		begin_sources(grep, before);
		if (!failed)
			failed = search(grep, err);
	}
	hurry(grep, false);
	return failed;
}

/* ---- all of it ---- */

static int find(struct grep *grep, struct error *err)
{
	if (session_store(grep->session, err) < 0 || read_wish(grep, err) < 0)
		return -1;
	prepare_view(grep);
	if (add_sources(grep, err) < 0)
		return -1;
	grep->chase = chase_new(&grep->wish, chase_threads(grep->nr));
	begin_sources(grep, 0);
	if (search(grep, err) < 0)
		return -1;
	if (invocation_has(grep->call, "follow") && !only_counts(grep)) {
		if (grep->damage.kind)
			output_warning("%s", grep->damage.text);
		return follow(grep, err);
	}
	print_sums(grep);
	if (grep->damage.kind) {
		*err = grep->damage;
		return -1;
	}
	if (grep->lines)
		return 0;
	error_set(err, ERROR_STATUS, "nothing found");
	err->detail = STATUS_NOTHING;
	return -1;
}

static void release(struct grep *grep)
{
	chase_free(grep->chase);
	for (size_t i = 0; i < grep->nr; i++) {
		quarry_release(&grep->sources[i]->quarry);
		hunt_release(&grep->sources[i]->hunt);
		free(grep->sources[i]);
	}
	free(grep->sources);
	logset_release(&grep->set);
	turns_release(&grep->turns);
	found_view_release(&grep->view);
	hunt_wish_release(&grep->wish);
	pattern_free(grep->pattern);
}

static int run_grep(struct session *session, const struct invocation *call, struct error *err)
{
	struct grep grep = {
		.session = session, .call = call, .words = call->operands + 1, .words_nr = call->operands_nr - 1
	};
	int failed = find(&grep, err);
	release(&grep);
	output_flush();
	if (failed && error_status(err) == STATUS_NOTHING && err->kind != ERROR_STATUS)
		err->status = STATUS_FAILED;
	return failed;
}

const struct command cmd_grep = {
	.name = "grep",
	.summary = "find lines in all stored logs, also of containers that are gone",
	.details =
		"Everything that is stored is searched, rotated and compressed files included, or the logs of the containers that are\n"
		"named. What is found comes in one order of time. PATTERN is a regular expression of PCRE2, which knows all that\n"
		"grep -E and most that grep -P does; it sees the text of a line, not its time. In a pipe a line is \"web | LINE\", one\n"
		"beside it \"web - LINE\"; web@2 is the container before that was called web. A line that was stored in parts is one, up\n"
		"to 1 MiB; a longer one is searched in pieces. The status is 0 if lines were found, 1 if none were, 2 if something failed.",
	.options =
		(const struct option[]){
			{ "ignore-case", 'i', KIND_FLAG, NULL, "upper and lower case are the same" },
			{ "fixed-strings", 'F', KIND_FLAG, NULL, "PATTERN is plain text" },
			{ "extended-regexp", 'E', KIND_FLAG, NULL, "PATTERN is a regular expression, as it is anyway" },
			{ "perl-regexp", 'P', KIND_FLAG, NULL, "likewise" },
			{ "word-regexp", 'w', KIND_FLAG, NULL, "only whole words" },
			{ "line-regexp", 'x', KIND_FLAG, NULL, "only whole lines" },
			{ "invert-match", 'v', KIND_FLAG, NULL, "lines that PATTERN does not fit" },
			{ "count", 'c', KIND_FLAG, NULL, "only how many lines of each container" },
			{ "files-with-matches", 'l', KIND_FLAG, NULL, "only which containers" },
			{ "only-matching", 'o', KIND_FLAG, NULL, "only what PATTERN fits, each place by itself" },
			{ "quiet", 'q', KIND_FLAG, NULL, "nothing but the status" },
			{ "after-context", 'A', KIND_COUNT, "NUMBER", "so many lines behind each, too" },
			{ "before-context", 'B', KIND_COUNT, "NUMBER", "so many lines before each, too" },
			{ "context", 'C', KIND_COUNT, "NUMBER", "so many lines on both sides" },
			{ "since", 0, KIND_SINCE, "TIME", "from then on: 10m, 2026-11-22T04:00:00Z" },
			{ "until", 0, KIND_SINCE, "TIME", "up to then" },
			{ "follow", 'f', KIND_FLAG, NULL, "go on with what is stored from now on, until Ctrl-C" },
			{ "timestamps", 't', KIND_FLAG, NULL, "put its whole time before each line" },
			{ "stdout", 0, KIND_FLAG, NULL, "only what was written to stdout" },
			{ "stderr", 0, KIND_FLAG, NULL, "only what was written to stderr" },
			{ 0 } },
	.operands =
		(const struct operand[]){
			{ "PATTERN", KIND_TEXT, 1, 1, .help = "what to look for" },
			{ "CONTAINER", KIND_LOG, 0, 0,
			  .help = "name, NAME@2, id or pattern; podman:NAME, label=KEY, @PROJECT, -; none: all whose log is kept" },
			{ 0 } },
	.examples =
		(const struct example[]){
			{ "grep -i error", "in everything that is stored" },
			{ "grep -C 3 --since 1h 'status=5..' 'web*'", "with three lines on both sides" },
			{ "grep -f -E 'timeout|refused' web db", "and what comes from now on" },
			{ "grep -c deadlock web web@2", "how often, now and in the container before" },
			{ 0 } },
	.flags = COMMAND_HARMLESS | COMMAND_COLLECTS | COMMAND_OFFLINE | COMMAND_PAGES,
	.run = run_grep,
};
