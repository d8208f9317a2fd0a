#include "logs/notices.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/banned.h"

#define QUIET_MS 150        /* then no more of the same are to be expected */
#define GATHER_MS 1000      /* nobody waits longer for the first … */
#define GATHER_MANY_MS 5000 /* … while there are many */

static void release(struct notice *notice)
{
	strvec_release(&notice->names);
	strvec_release(&notice->texts);
}

static void forget_oldest(struct notices *notices)
{
	release(&notices->items[0]);
	memmove(notices->items, notices->items + 1, --notices->nr * sizeof *notices->items);
}

void notices_release(struct notices *notices)
{
	while (notices->nr)
		forget_oldest(notices);
}

static struct notice *of_kind(struct notices *notices, enum notice_kind kind)
{
	for (size_t i = 0; i < notices->nr && kind != NOTICE_OTHER; i++)
		if (notices->items[i].kind == kind)
			return &notices->items[i];
	if (notices->nr == NOTICES_MAX)
		forget_oldest(notices);
	struct notice *notice = &notices->items[notices->nr++];
	*notice = (struct notice){ .kind = kind };
	return notice;
}

void notices_add(struct notices *notices, enum notice_kind kind, const char *name, const char *text, int64_t now_ms)
{
	if (!notices->nr)
		notices->first_ms = now_ms;
	notices->last_ms = now_ms;
	struct notice *notice = of_kind(notices, kind);
	notice->nr++;
	if (notice->names.nr < NOTICES_NAMED)
		strvec_push(&notice->names, name);
	if (notice->texts.nr < NOTICES_APART)
		strvec_push_len(&notice->texts, text, strnlen(text, NOTICE_LEN - 1));
}

int notices_wait_ms(const struct notices *notices, int64_t now_ms)
{
	int64_t quiet = notices->last_ms + QUIET_MS,
		latest = notices->first_ms + (notices->stormy ? GATHER_MANY_MS : GATHER_MS);
	int64_t until = quiet < latest ? quiet : latest;
	if (!notices->nr)
		return -1;
	return until > now_ms ? (int)(until - now_ms) : 0;
}

static const char *what_many_did(enum notice_kind kind)
{
	static const char *const did[] = {
#define X(kind, text) [NOTICE_##kind] = text,
		NOTICE_KINDS(X)
#undef X
	};
	return did[kind];
}

/* "12 containers exited: a, b (3), c, …" */
static void add_many(const struct notice *notice, size_t cells, struct strvec *lines)
{
	char text[NOTICE_LEN] = "";
	int len = snprintf(text, sizeof text, "%zu containers %s:", notice->nr, what_many_did(notice->kind));
	size_t named = 0;
	for (; named < notice->names.nr; named++) {
		const char *name = notice->names.items[named];
		size_t more = text_cells(name) + 2, room = sizeof "…" + 3;
		if (named &&
		    (text_cells(text) + more + 3 > cells || (size_t)len + strlen(name) + 3 + room > sizeof text))
			break;
		len += snprintf(text + len, sizeof text - (size_t)len, "%s %.100s", named ? "," : "", name);
	}
	strvec_pushf(lines, "%s%s", text, named < notice->nr ? ", …" : "");
}

void notices_take(struct notices *notices, size_t cells, struct strvec *lines)
{
	if (!notices->nr)
		return;
	notices->stormy = false;
	for (size_t i = 0; i < notices->nr; i++) {
		const struct notice *notice = &notices->items[i];
		bool many = notice->nr > NOTICES_APART;
		notices->stormy |= many;
		if (many)
			add_many(notice, cells, lines);
		for (size_t t = 0; t < notice->texts.nr && !many; t++)
			strvec_push(lines, notice->texts.items[t]);
	}
	notices_release(notices);
}
