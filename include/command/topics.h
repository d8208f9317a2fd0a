/* What help tells beside the commands: keys, how lines are read, what statuses mean. `help keys` and the manual page have the same text. */
#ifndef PURSER_COMMAND_TOPICS_H
#define PURSER_COMMAND_TOPICS_H

struct term {
	const char *name, *meaning; /* name NULL ends the array */
};

struct topic {
	const char *name;    /* one word, no command's; NULL ends the array */
	const char *summary; /* as a command's */
	const struct term *terms;
	const char *text; /* paragraphs below them, or NULL */
};

extern const struct topic topics[];

/* NULL if there is none of that name. */
const struct topic *topic_find(const char *name);

#endif
