/*
 * Which rows of a table are on a screen that holds fewer of them, while rows come and go and somebody moves about. Pure.
 *
 * A row is known by its key. As long as none is chosen the screen has the first rows; a chosen one stays where it is on the screen, whatever comes and
 * goes around it, and when it goes itself the next one that is still there is chosen instead.
 */
#ifndef PURSER_COMMAND_GRID_H
#define PURSER_COMMAND_GRID_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strvec.h"
#include "command/keys.h"

#define GRID_NONE ((size_t)-1)

struct grid {
	struct strvec keys; /* of the rows */
	size_t height;      /* rows that the screen holds; at least 1 */
	size_t top;         /* the first one on it */
	size_t chosen;      /* GRID_NONE: none */
};

void grid_init(struct grid *grid);
void grid_release(struct grid *grid);

/* The rows as they are now. */
void grid_take(struct grid *grid, const char *const *keys, size_t nr);
void grid_resize(struct grid *grid, size_t height);
/* false: that is no movement. */
bool grid_move(struct grid *grid, enum key key);
/* How many rows are on the screen, from `top` on. */
size_t grid_shown(const struct grid *grid);

#endif
