/*
 * With --json all that a command prints on stdout is objects, one a line. What is an object already stays as it is, an array is one line an item, and
 * any other line becomes {"Command":"rm","Output":"web"}. Of a command that may change something and has nothing to say it is
 * {"Command":"rename","Operands":["web","old"]}. Messages are on stderr as ever.
 */
#ifndef PURSER_COMMAND_OBJECTS_H
#define PURSER_COMMAND_OBJECTS_H

#include "command/command.h"

/* From here on, until objects_end. False: it is not for this command, or is so already, within another one. */
bool objects_begin(const struct invocation *call);
/* `done`: it did what it was to. */
void objects_end(const struct invocation *call, bool done);

#endif
