/* A directory of our own, and what others put into it. */
#ifndef PURSER_BASE_TREE_H
#define PURSER_BASE_TREE_H

/*
 * Removes the directory `path` with all that is in it, also where modes forbid its owner to; nothing outside is touched, whatever links there
 * are. -1 with errno if something stays.
 */
int tree_remove(const char *path);

#endif
