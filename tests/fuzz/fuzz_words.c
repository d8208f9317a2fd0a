/* Any bytes as a line: no crash, and words that come out of it survive being quoted and split again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "command/words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void check_again(const struct strvec *argv)
{
	struct buf line = BUF_INIT(8 * WORDS_LINE_MAX);
	struct words again;
	struct error err;

	strvec_quote(argv, &line);
	require(words_split(buf_text(&line), line.len, WORDS_WHOLE, &again, &err) == 0);
	require(again.argv.nr == argv->nr && again.consumed == line.len);
	for (size_t i = 0; i < argv->nr; i++)
		require(strcmp(again.argv.items[i], argv->items[i]) == 0);
	words_release(&again);
	buf_release(&line);
}

static void split_all(const char *line, size_t len, enum words_mode mode)
{
	struct words words;
	struct error err;

	for (size_t at = 0; at < len; at += words.consumed) {
		if (words_split(line + at, len - at, mode, &words, &err) < 0) {
			require(err.kind == ERROR_USAGE && err.text[0] != '\0');
			return;
		}
		require(words.consumed > 0 && words.consumed <= len - at);
		require(words.ended || words.consumed == len - at);
		require(words.last_start <= words.consumed);
		check_again(&words.argv);
		words_release(&words);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	split_all((const char *)data, size, WORDS_WHOLE);
	split_all((const char *)data, size, WORDS_PARTIAL);
	return 0;
}
