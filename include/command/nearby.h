/* "did you mean": what is there whose name is near to one that is not, as far as it was seen. Nobody is asked. */
#ifndef PURSER_COMMAND_NEARBY_H
#define PURSER_COMMAND_NEARBY_H

#include "command/session.h"

/* If err is that there is no `word`, and it has no hint yet. Kinds that have no names are passed over. */
void nearby_hint(struct session *session, enum kind kind, const char *word, struct error *err);
/* The same for whatever the call names but containers, of which target.h knows more. */
void nearby_hint_call(struct session *session, const struct invocation *call, struct error *err);

#endif
