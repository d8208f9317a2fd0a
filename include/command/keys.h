/* The keys that move about in a table, from the bytes that a terminal sends for them. Pure. */
#ifndef PURSER_COMMAND_KEYS_H
#define PURSER_COMMAND_KEYS_H

#include <stddef.h>

enum key { KEY_NONE, KEY_UP, KEY_DOWN, KEY_PAGE_UP, KEY_PAGE_DOWN, KEY_HOME, KEY_END, KEY_QUIT };

/* What came of a sequence of bytes that may come in several pieces. */
struct keys {
	char begun[8];
	size_t len;
};

/* The next byte: the key that it ends, KEY_NONE if it ends none, or one that means nothing. */
enum key keys_take(struct keys *keys, char byte);

#endif
