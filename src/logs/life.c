#include "logs/life.h"

#include "base/banned.h"

static void begin(struct life *life, moment at)
{
	life->before = life->ended ? life->ended : life->started;
	if (life->inspected)
		life->inspected_before = life->inspected;
	life->started_before = life->started;
	life->started = at;
	life->ended = life->inspected = 0;
	life->start_told = life->complete = life->removed = false;
}

/* An end that was learned before its beginning was: it is not the end of the run that was known. */
static void begin_before_its_end(struct life *life, moment at)
{
	bool is_its_own = life->ended > at || (life->ended == at && !life->started);
	moment end = at > life->started && is_its_own ? life->ended : 0;
	if (end)
		life->ended = 0;
	begin(life, at);
	life->ended = end;
}

void life_recall(struct life *life, const struct mark *mark)
{
	switch (mark->event) {
	case JOURNAL_STARTED:
	case JOURNAL_RESTARTED:
		begin_before_its_end(life, mark->at);
		break;
	case JOURNAL_EXITED:
		life->ended = mark->at ? mark->at : life->started;
		break;
	case JOURNAL_COMPLETE:
		life->complete = true;
		break;
	case JOURNAL_REMOVED:
		life->removed = true;
		break;
	case JOURNAL_GAP:
		life->gaps += !life->gaps || life->gap.behind != mark->behind || life->gap.from != mark->from;
		life->gap = *mark;
		break;
	default:
		break;
	}
}

/* ---- events ---- */

bool life_starts(struct life *life, moment at)
{
	bool first = !life->started && !life->ended;
	bool of_known = life->started && !life->start_told && at >= life->started && at <= life->started + LIFE_LATE;
	if (of_known)
		life->start_told = true;
	if (of_known || (!first && (!life->ended || at <= life->ended)))
		return false;
	begin(life, at);
	life->start_told = true;
	return true;
}

bool life_ends(struct life *life, moment at)
{
	if (life->ended || at < life->started)
		return false;
	life->ended = at;
	return true;
}

/* ---- inspections ---- */

enum which { SAME_RUN, OLDER_RUN, NEW_RUN };

/* Of which run an inspection speaks that gives this beginning. */
static enum which which_run(const struct life *life, moment started, bool has_ended, moment ended)
{
	if (started == life->inspected || (!life->inspected && started == life->started))
		return SAME_RUN; /* written down as that, the clock may have been set back before it */
	if (started == life->inspected_before)
		return OLDER_RUN;
	if (life->inspected || !life->started || started > life->started)
		return NEW_RUN;
	/* An event told of the run that is known, or it was written down: its beginning is a little later than an inspection's. */
	if (started <= life->before && has_ended && ended <= life->before && ended >= life->before - LIFE_LATE)
		return OLDER_RUN;
	if (!has_ended && started <= life->started_before && started >= life->started_before - LIFE_LATE)
		return OLDER_RUN;
	bool near = started >= life->started - LIFE_LATE;
	return near && started > life->before ? SAME_RUN : near && !has_ended ? OLDER_RUN : NEW_RUN; /* the clock was set back */
}

struct life_news life_is(struct life *life, moment started, bool has_ended, moment ended)
{
	struct life_news news = { 0 };
	enum which which = started ? which_run(life, started, has_ended, ended) : OLDER_RUN;
	if (which == OLDER_RUN)
		return news;
	if (which == NEW_RUN) {
		begin_before_its_end(life, started);
		news.started = true;
	}
	life->inspected = started;
	if (has_ended && !life->ended) {
		life->ended = ended ? ended : started;
		news.ended = true;
	}
	return news;
}
