/* Any bytes before the cursor, any names behind it: each candidate, quoted, fits in the place it is offered for. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "command/complete.h"
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

static void add_containers(void *arg, unsigned states, struct strvec *out)
{
	require(states != 0);
	add_hostile(arg, out);
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
	const struct strvec *candidates = &completion->candidates;

	for (size_t i = 0; i < candidates->nr; i++) {
		struct buf accepted = BUF_INIT(8 * WORDS_LINE_MAX);

		require(i == 0 || strcmp(candidates->items[i - 1], candidates->items[i]) < 0);
		buf_add(&accepted, line, completion->start);
		word_quote(&accepted, candidates->items[i]);
		check_accepted(&accepted, candidates->items[i]);
		buf_release(&accepted);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct complete_source source = {
		.containers = add_containers, .stored = add_hostile, .images = add_hostile, .runtimes = add_hostile
	};
	struct completion completion;

	complete((const char *)data, size, &source, &completion);
	require(completion.start <= size);
	check_candidates((const char *)data, &completion);
	completion_release(&completion);
	return 0;
}
