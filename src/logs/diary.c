#include "logs/diary.h"

#include <stdio.h>
#include <string.h>

#include "base/banned.h"

void diary_init(struct diary *diary, const char *id, const char *name)
{
	*diary = (struct diary){ 0 };
	snprintf(diary->id, sizeof diary->id, "%s", id);
	snprintf(diary->name, sizeof diary->name, "%s", name);
}

static int recall_mark(void *arg, const struct mark *mark, struct error *err UNUSED)
{
	life_recall(arg, mark);
	return 0;
}

int diary_recall(struct diary *diary, int dir, struct error *err)
{
	struct life life = { 0 };
	if (diary->recalled)
		return 0;
	if (journal_each(dir, diary->id, recall_mark, &life, err) < 0)
		return -1;
	diary->life = life;
	diary->recalled = true;
	return 0;
}

static struct mark new_mark(const struct diary *diary, enum journal_event event, const char *text)
{
	struct mark mark = { .event = event };
	memcpy(mark.id, diary->id, sizeof mark.id);
	memcpy(mark.name, diary->name, sizeof mark.name);
	snprintf(mark.text, sizeof mark.text, "%s", text);
	return mark;
}

static void note(const struct diary *diary, const struct mark *mark)
{
	if (diary->journal)
		journal_note(diary->journal, mark);
}

static void note_start(struct diary *diary, moment at)
{
	struct mark mark = new_mark(diary, diary->life.before ? JOURNAL_RESTARTED : JOURNAL_STARTED, "");
	mark.at = at;
	note(diary, &mark);
}

static void note_end(struct diary *diary, moment at, int code, const char *why)
{
	struct mark mark = new_mark(diary, JOURNAL_EXITED, why);
	mark.at = at;
	mark.code = code;
	note(diary, &mark);
}

void diary_starts(struct diary *diary, moment at)
{
	if (life_starts(&diary->life, at))
		note_start(diary, at);
}

void diary_ends(struct diary *diary, moment at, int code)
{
	if (life_ends(&diary->life, at))
		note_end(diary, at, code, "");
}

void diary_is(struct diary *diary, moment started, bool has_ended, moment ended, int code, bool killed_for_memory)
{
	struct life_news news = life_is(&diary->life, started, has_ended, ended);
	if (news.started)
		note_start(diary, started);
	if (news.ended)
		note_end(diary, ended, code, killed_for_memory ? "killed for memory" : "");
}

void diary_complete(struct diary *diary)
{
	struct mark mark = new_mark(diary, JOURNAL_COMPLETE, "");
	if (!diary->life.complete)
		note(diary, &mark);
	diary->life.complete = true;
}

void diary_renamed(struct diary *diary, const char *name)
{
	struct mark mark = new_mark(diary, JOURNAL_RENAMED, diary->name);
	snprintf(diary->name, sizeof diary->name, "%s", name);
	memcpy(mark.name, diary->name, sizeof mark.name);
	note(diary, &mark);
}

void diary_changed(struct diary *diary, const char *what)
{
	struct mark mark = new_mark(diary, JOURNAL_CHANGED, what);
	note(diary, &mark);
}

void diary_removed(struct diary *diary, const char *by)
{
	struct mark mark = new_mark(diary, JOURNAL_REMOVED, by);
	if (!diary->life.removed)
		note(diary, &mark);
	diary->life.removed = true;
}

void diary_lost_end(struct diary *diary, moment from)
{
	struct mark mark = new_mark(diary, JOURNAL_GAP, "it was removed, records may be missing");
	mark.from = from;
	life_recall(&diary->life, &mark);
	note(diary, &mark);
}

int diary_gap(struct diary *diary, moment from, moment to, uint64_t behind, const char *why, struct error *err)
{
	const struct mark *last = &diary->life.gap;
	struct mark mark = new_mark(diary, JOURNAL_GAP, why);
	mark.from = from;
	mark.to = to;
	mark.behind = behind;
	if (diary->life.gaps && last->behind == behind && last->from == from && last->to == to)
		return 0;
	if (journal_commit(diary->journal, &mark, err) < 0)
		return -1;
	life_recall(&diary->life, &mark);
	return 0;
}
