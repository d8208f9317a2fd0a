#include "command/keys.h"

#include <stdbool.h>
#include <string.h>

#include "base/macros.h"
#include "base/banned.h"

#define ESCAPE '\033'

/* Of xterm, and of the consoles and multiplexers that have other sequences for Home and End; as less and vi have letters. */
static const struct {
	const char *bytes;
	enum key key;
} known[] = {
	{ "\033[A", KEY_UP },
	{ "\033OA", KEY_UP },
	{ "k", KEY_UP },
	{ "\020", KEY_UP },
	{ "\033[B", KEY_DOWN },
	{ "\033OB", KEY_DOWN },
	{ "j", KEY_DOWN },
	{ "\016", KEY_DOWN },
	{ "\r", KEY_DOWN },
	{ "\n", KEY_DOWN },
	{ "\033[5~", KEY_PAGE_UP },
	{ "b", KEY_PAGE_UP },
	{ "\002", KEY_PAGE_UP },
	{ "\033[6~", KEY_PAGE_DOWN },
	{ " ", KEY_PAGE_DOWN },
	{ "\006", KEY_PAGE_DOWN },
	{ "\033[H", KEY_HOME },
	{ "\033OH", KEY_HOME },
	{ "\033[1~", KEY_HOME },
	{ "\033[7~", KEY_HOME },
	{ "g", KEY_HOME },
	{ "\033[F", KEY_END },
	{ "\033OF", KEY_END },
	{ "\033[4~", KEY_END },
	{ "\033[8~", KEY_END },
	{ "G", KEY_END },
	{ "q", KEY_QUIT },
	{ "Q", KEY_QUIT },
	{ "\004", KEY_QUIT },
};

/* ESC [ parameters, and a letter or ~; ESC O and a letter; else the byte itself. */
static bool is_whole(const char *bytes, size_t len)
{
	char last = bytes[len - 1];
	if (*bytes != ESCAPE)
		return true;
	return len > 2 && (bytes[1] == 'O' || (last >= '@' && last <= '~'));
}

static enum key meaning(const char *bytes, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (strlen(known[i].bytes) == len && memcmp(known[i].bytes, bytes, len) == 0)
			return known[i].key;
	return KEY_NONE;
}

enum key keys_take(struct keys *keys, char byte)
{
	if (byte == ESCAPE || (keys->len == 1 && byte != '[' && byte != 'O')) /* the escape key alone means nothing */
		keys->len = 0;
	if (keys->len == sizeof keys->begun) /* one that is too long means nothing either, once it has ended */
		keys->len--;
	keys->begun[keys->len++] = byte;
	if (!is_whole(keys->begun, keys->len))
		return KEY_NONE;
	enum key key = meaning(keys->begun, keys->len);
	keys->len = 0;
	return key;
}
