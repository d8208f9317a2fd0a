/* SGR, the control sequence that sets colours: ESC [ 1 ; 31 m. */
#ifndef PURSER_BASE_SGR_H
#define PURSER_BASE_SGR_H

#include <stddef.h>

#include "base/buf.h"

#define SGR_RESET "\033[0m"

/*
 * The length of a sequence at `bytes` that only says how what follows looks, 0 if there is none. What conceals text, or blinks, is none,
 * nor is one of unusual form or with unknown numbers.
 */
size_t sgr_len(const char *bytes, size_t len);

/* text_add_safe of one line, but such sequences are kept; nothing of their effect is left behind its end. */
void sgr_add_safe(struct buf *out, const char *bytes, size_t len);

#endif
