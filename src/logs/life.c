#include "logs/life.h"

#include "base/banned.h"

static void begin(struct life *life, moment at)
{
	life->before = life->ended ? life->ended : life->started;
	life->started = at;
	life->ended = 0;
	life->complete = false;
}

void life_recall(struct life *life, const struct mark *mark)
{
	switch (mark->event) {
	case JOURNAL_STARTED:
	case JOURNAL_RESTARTED:
		begin(life, mark->at);
		break;
	case JOURNAL_EXITED:
		life->ended = mark->at;
		break;
	case JOURNAL_COMPLETE:
		life->complete = true;
		break;
	case JOURNAL_GAP:
		life->gaps += !life->gaps || life->gap.behind != mark->behind || life->gap.from != mark->from;
		life->gap = *mark;
		break;
	default:
		break;
	}
}

bool life_starts(struct life *life, moment at)
{
	bool first = !life->started && !life->ended;
	if (!first && (!life->ended || at <= life->ended))
		return false;
	begin(life, at);
	return true;
}

bool life_ends(struct life *life, moment at)
{
	if (life->ended || at <= life->started)
		return false;
	life->ended = at;
	return true;
}

struct life_news life_is(struct life *life, moment started, bool has_ended, moment ended)
{
	struct life_news news = { 0 };
	bool exact = life->inspected && life->inspected == life->started; /* not from an event, which is a little later */
	bool earlier = started < life->before;                            /* the clock was set back */
	if (started && started != life->inspected && (exact || earlier || started > life->started)) {
		begin(life, started);
		news.started = true;
	}
	if (started)
		life->inspected = started;
	if (started && has_ended && !life->ended) {
		life->ended = ended ? ended : started;
		news.ended = true;
	}
	return news;
}
