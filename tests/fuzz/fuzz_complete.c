/* Any bytes before the cursor, any names behind it: each candidate, quoted, fits in the place it is offered for. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "command/complete.h"
#include "command/listing.h"
#include "command/words.h"
#include "model/container.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const hostile[] = {
	"",
	"-",
	"--",
	"--help",
	"web",
	"web",
	"a b",
	"'",
	"\"",
	"\\",
	"a'b",
	"a\"b",
	"a\\",
	"#",
	";",
	"a;b",
	"$(id)",
	"`id`",
	"a\nb",
	"a\tb",
	"\x1b[2J",
	"\xc2\x9b[2J",
	"\xff",
	"\xe2\x80\xae",
	"caf\xc3\xa9",
	"*",
	"?",
	"=",
	"a=b",
	"{{.ID}}",
	"%s%n",
};

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void add_hostile(void *arg, struct strvec *out)
{
	(void)arg;
	for (size_t i = 0; i < ARRAY_LEN(hostile); i++)
		strvec_push(out, hostile[i]);
}

/* Any of them may be any thing, with any other for its labels. */
static const struct seen_list *see_hostile(void *arg, const char *runtime, enum seen_kind kind)
{
	static struct seen items[ARRAY_LEN(hostile)];
	static struct seen_list list = { .items = items, .nr = ARRAY_LEN(hostile) };

	(void)arg;
	require(kind < SEEN_NR);
	require(runtime == NULL || *runtime != '\0');
	for (size_t i = 0; i < ARRAY_LEN(hostile); i++)
		items[i] = (struct seen){ .name = hostile[i], .note = hostile[i], .labels = hostile[ARRAY_LEN(hostile) - 1 - i], .state = CONTAINER_RUNNING };
	return &list;
}

static bool ends_with(const char *text, const char *end)
{
	size_t text_len = strlen(text), end_len = strlen(end);

	return text_len >= end_len && strcmp(text + text_len - end_len, end) == 0;
}

/* The last command of the line must split, and end with what was accepted. */
static void check_accepted(const struct buf *line, const char *candidate)
{
	struct words words;
	struct error err;
	size_t at = 0;

	for (;;) {
		require(words_split(line->bytes + at, line->len - at, WORDS_WHOLE, &words, &err) == 0);
		if (!words.ended)
			break;
		at += words.consumed;
		words_release(&words);
	}
	require(words.argv.nr > 0 && ends_with(words.argv.items[words.argv.nr - 1], candidate));
	words_release(&words);
}

static void check_candidates(const char *line, const struct completion *completion)
{
	for (size_t i = 0; i < completion->nr; i++) {
		struct buf accepted = BUF_INIT(8 * WORDS_LINE_MAX);

		require(i == 0 || strcmp(completion->items[i - 1].word, completion->items[i].word) < 0);
		buf_add(&accepted, line, completion->start);
		word_quote(&accepted, completion->items[i].word);
		check_accepted(&accepted, completion->items[i].word);
		buf_release(&accepted);
	}
}

/* Whatever the notes are, no control character gets to the terminal. */
static void list(const struct completion *completion)
{
	struct buf lines = BUF_INIT(1024 * 1024);

	listing_add(completion, 40, 10, &lines);
	require(memchr(buf_text(&lines), '\x1b', lines.len) == NULL);
	buf_release(&lines);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct complete_source source = {
		.seen = see_hostile, .stored = add_hostile, .drafts = add_hostile, .runtimes = add_hostile
	};
	struct completion completion;

	complete((const char *)data, size, &source, &completion);
	require(completion.start <= size);
	check_candidates((const char *)data, &completion);
	list(&completion);
	completion_release(&completion);
	return 0;
}
