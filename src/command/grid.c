#include "command/grid.h"

#include <string.h>

#include "base/banned.h"

void grid_init(struct grid *grid)
{
	*grid = (struct grid){ .height = 1, .chosen = GRID_NONE };
}

void grid_release(struct grid *grid)
{
	strvec_release(&grid->keys);
}

static size_t last_top(const struct grid *grid)
{
	return grid->keys.nr > grid->height ? grid->keys.nr - grid->height : 0;
}

/* No screen ends behind the last row, and the chosen one is on it. */
static void settle(struct grid *grid)
{
	size_t least = grid->chosen >= grid->height ? grid->chosen - grid->height + 1 : 0;
	if (grid->chosen == GRID_NONE) {
		grid->top = 0;
		return;
	}
	if (grid->top > last_top(grid))
		grid->top = last_top(grid);
	if (grid->top > grid->chosen)
		grid->top = grid->chosen;
	if (grid->top < least)
		grid->top = least;
}

static size_t place_of(const char *key, const char *const *keys, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (!strcmp(keys[i], key))
			return i;
	return GRID_NONE;
}

/* Where the chosen row is now; else the nearest one behind it that is still there, else before it. */
static size_t find_chosen(const struct grid *grid, const char *const *keys, size_t nr)
{
	size_t at = GRID_NONE;
	for (size_t i = grid->chosen; i < grid->keys.nr && at == GRID_NONE; i++)
		at = place_of(grid->keys.items[i], keys, nr);
	for (size_t i = grid->chosen; i > 0 && at == GRID_NONE; i--)
		at = place_of(grid->keys.items[i - 1], keys, nr);
	return at;
}

void grid_take(struct grid *grid, const char *const *keys, size_t nr)
{
	if (grid->chosen != GRID_NONE) {
		size_t row = grid->chosen - grid->top; /* on the screen */
		grid->chosen = find_chosen(grid, keys, nr);
		if (grid->chosen != GRID_NONE)
			grid->top = grid->chosen > row ? grid->chosen - row : 0;
	}
	strvec_release(&grid->keys);
	for (size_t i = 0; i < nr; i++)
		strvec_push(&grid->keys, keys[i]);
	settle(grid);
}

void grid_resize(struct grid *grid, size_t height)
{
	grid->height = height > 0 ? height : 1;
	settle(grid);
}

static size_t down(const struct grid *grid, size_t by)
{
	size_t last = grid->keys.nr - 1;
	return grid->chosen < last && by < last - grid->chosen ? grid->chosen + by : last;
}

static size_t up(const struct grid *grid, size_t by)
{
	return grid->chosen > by ? grid->chosen - by : 0;
}

/* A page is what is on the screen: with it the screen moves, too. */
static void turn_page(struct grid *grid, bool forth)
{
	size_t row = grid->chosen - grid->top;
	grid->chosen = forth ? down(grid, grid->height) : up(grid, grid->height);
	grid->top = grid->chosen > row ? grid->chosen - row : 0;
}

static void choose_from(struct grid *grid, enum key key)
{
	switch (key) {
	case KEY_UP:
		grid->chosen = up(grid, 1);
		break;
	case KEY_DOWN:
		grid->chosen = down(grid, 1);
		break;
	case KEY_PAGE_UP:
	case KEY_PAGE_DOWN:
		turn_page(grid, key == KEY_PAGE_DOWN);
		break;
	case KEY_END:
		grid->chosen = grid->keys.nr - 1;
		break;
	default:
		break;
	}
}

bool grid_move(struct grid *grid, enum key key)
{
	if (key == KEY_NONE || key == KEY_QUIT)
		return false;
	if (!grid->keys.nr)
		return true;
	bool chooses_first = grid->chosen == GRID_NONE && (key == KEY_DOWN || key == KEY_UP);
	if (grid->chosen == GRID_NONE)
		grid->chosen = 0;
	if (key == KEY_HOME)
		grid->chosen = GRID_NONE; /* whatever comes is shown above all others again */
	else if (!chooses_first)
		choose_from(grid, key);
	settle(grid);
	return true;
}

size_t grid_shown(const struct grid *grid)
{
	size_t below = grid->keys.nr - grid->top;
	return below < grid->height ? below : grid->height;
}
