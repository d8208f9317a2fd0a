#include "logs/arrears.h"

#include "base/banned.h"

static enum arrears_news up_to_date(struct arrears *arrears)
{
	bool news = arrears->behind;
	arrears->behind = false;
	return news ? ARREARS_CAUGHT_UP : ARREARS_NO_NEWS;
}

enum arrears_news arrears_stored(struct arrears *arrears, moment age)
{
	if (!arrears->known || age < arrears->least)
		arrears->least = age;
	arrears->known = true;
	if (!arrears->was_up_to_date) {
		arrears->was_up_to_date = age <= ARREARS_BOUND;
		return ARREARS_NO_NEWS;
	}
	if (age - arrears->least <= ARREARS_BOUND)
		return up_to_date(arrears);
	bool news = !arrears->behind;
	arrears->behind = true;
	return news ? ARREARS_BEHIND : ARREARS_NO_NEWS;
}

enum arrears_news arrears_nothing_new(struct arrears *arrears)
{
	arrears->was_up_to_date = true;
	return up_to_date(arrears);
}
