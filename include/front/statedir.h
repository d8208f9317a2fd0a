/* The directory of what a shell keeps: $XDG_STATE_HOME/purser, else ~/.local/state/purser. */
#ifndef PURSER_FRONT_STATEDIR_H
#define PURSER_FRONT_STATEDIR_H

/* Opened, and made if it is not there, for its owner only. -1: it cannot be had. */
int statedir_open(void);

#endif
