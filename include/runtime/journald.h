/*
 * A container's log in the machine's journal, where its log driver is journald: asked for by journalctl, and not by the runtime's CLI, which prints
 * it without saying where an entry begins (podman), or without times (nerdctl). Pure.
 *
 * Windows are bounded as everywhere, by number and time, and not by the journal's own cursor: where a stored log ends is known by what stands there,
 * also after a crash, and also when the journal was vacuumed meanwhile (systemd.journal-fields(7), journalctl(1)).
 */
#ifndef PURSER_RUNTIME_JOURNALD_H
#define PURSER_RUNTIME_JOURNALD_H

#include "model/action.h"
#include "system/request.h"

/* Fills an initialised request for a VERB_WINDOW of the first target, which is a full id. */
void journald_compose(const struct action *action, struct request *request);

#endif
