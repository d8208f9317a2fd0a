/* Points in time and lengths of time; reading and writing RFC 3339 needs no locale and no time zone of the process. */
#include "base/moment.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/macros.h"

#include "base/banned.h"

#define SECONDS_A_DAY INT64_C(86400)
#define DAY (SECONDS_A_DAY * MOMENT_SECOND)
#define FRACTION_DIGITS 9

/* A date and a time of day as written, already checked to exist. */
struct civil {
	int year, month, day;
	int hour, minute, second; /* second: 60 in a leap second */
	int nanoseconds;
};

moment moment_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * MOMENT_SECOND + now.tv_nsec;
}

int64_t monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/*
 * Days since 1970-01-01 in the Gregorian calendar and back, after Howard Hinnant, "chrono-Compatible Low-Level Date
 * Algorithms". A year starts in March there, so that the leap day is its last; an era is 400 years, 146097 days.
 */
static int64_t days_from_civil(int year, int month, int day)
{
	int shifted = year - (month <= 2);
	int era = (shifted >= 0 ? shifted : shifted - 399) / 400;
	int year_of_era = shifted - era * 400;
	int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return (int64_t)era * 146097 + day_of_era - 719468;
}

static void civil_from_days(int64_t days, struct civil *civil)
{
	int64_t shifted = days + 719468;
	int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	int day_of_era = (int)(shifted - era * 146097);
	int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int month_from_march = (5 * day_of_year + 2) / 153;

	civil->day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
	civil->month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
	civil->year = (int)(year_of_era + era * 400) + (civil->month <= 2);
}

static int days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : days[month - 1];
}

static void put_digits(char *at, int digits, int value)
{
	while (digits-- > 0) {
		at[digits] = (char)('0' + value % 10);
		value /= 10;
	}
}

void moment_format(moment at, char text[MOMENT_TEXT_LEN + 1])
{
	int64_t seconds = at / MOMENT_SECOND - (at % MOMENT_SECOND < 0);
	int64_t days = seconds / SECONDS_A_DAY - (seconds % SECONDS_A_DAY < 0);
	int second_of_day = (int)(seconds - days * SECONDS_A_DAY);
	int nanoseconds = (int)(at % MOMENT_SECOND);
	struct civil civil;

	civil_from_days(days, &civil);
	memcpy(text, "0000-00-00T00:00:00.000000000Z", MOMENT_TEXT_LEN + 1);
	put_digits(text, 4, civil.year);
	put_digits(text + 5, 2, civil.month);
	put_digits(text + 8, 2, civil.day);
	put_digits(text + 11, 2, second_of_day / 3600);
	put_digits(text + 14, 2, second_of_day / 60 % 60);
	put_digits(text + 17, 2, second_of_day % 60);
	put_digits(text + 20, FRACTION_DIGITS, nanoseconds < 0 ? nanoseconds + (int)MOMENT_SECOND : nanoseconds);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Exactly two digits, or -1. */
static int two_digits(const char *text)
{
	return is_digit(text[0]) && is_digit(text[1]) ? (text[0] - '0') * 10 + text[1] - '0' : -1;
}

/* The scan_ functions return how many bytes they took, 0 if `text` does not start with what they look for. */

static size_t scan_date(const char *text, size_t len, struct civil *civil)
{
	int century, year;

	if (len < 10 || text[4] != '-' || text[7] != '-')
		return 0;
	century = two_digits(text);
	year = two_digits(text + 2);
	civil->month = two_digits(text + 5);
	civil->day = two_digits(text + 8);
	if (century < 0 || year < 0 || century + year == 0)
		return 0;
	civil->year = century * 100 + year;
	if (civil->month < 1 || civil->month > 12)
		return 0;
	if (civil->day < 1 || civil->day > days_in_month(civil->year, civil->month))
		return 0;
	return 10;
}

/* A point and up to nine digits of a fraction of a second. */
static size_t scan_fraction(const char *text, size_t len, int *nanoseconds)
{
	size_t digits = 0;

	if (len == 0 || text[0] != '.')
		return 0;
	*nanoseconds = 0;
	while (digits < FRACTION_DIGITS && digits + 1 < len && is_digit(text[digits + 1]))
		*nanoseconds = *nanoseconds * 10 + text[++digits] - '0';
	if (digits == 0)
		return 0;
	for (size_t i = digits; i < FRACTION_DIGITS; i++)
		*nanoseconds *= 10;
	return digits + 1;
}

static size_t scan_clock(const char *text, size_t len, struct civil *civil)
{
	if (len < 8 || text[2] != ':' || text[5] != ':')
		return 0;
	civil->hour = two_digits(text);
	civil->minute = two_digits(text + 3);
	civil->second = two_digits(text + 6);
	civil->nanoseconds = 0;
	if (civil->hour < 0 || civil->hour > 23 || civil->minute < 0 || civil->minute > 59)
		return 0;
	if (civil->second < 0 || civil->second > 60)
		return 0;
	return 8 + scan_fraction(text + 8, len - 8, &civil->nanoseconds);
}

static size_t scan_date_and_clock(const char *text, size_t len, struct civil *civil)
{
	size_t date = scan_date(text, len, civil), clock;

	if (date == 0 || len == date || (text[date] != 'T' && text[date] != ' '))
		return 0;
	clock = scan_clock(text + date + 1, len - date - 1, civil);
	return clock > 0 ? date + 1 + clock : 0;
}

/* +hh:mm or -hh:mm, with `between` for the colon; *offset is in seconds east of Greenwich. */
static size_t scan_offset(const char *text, size_t len, const char *between, int *offset)
{
	size_t minutes_at = 3 + strlen(between);
	int hours, minutes;

	if (len < minutes_at + 2 || (text[0] != '+' && text[0] != '-') || memcmp(text + 3, between, strlen(between)) != 0)
		return 0;
	hours = two_digits(text + 1);
	minutes = two_digits(text + minutes_at);
	if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
		return 0;
	*offset = (hours * 60 + minutes) * (text[0] == '-' ? -60 : 60);
	return minutes_at + 2;
}

/* Z, or as an offset. */
static size_t scan_zone(const char *text, size_t len, int *offset)
{
	if (len >= 1 && text[0] == 'Z') {
		*offset = 0;
		return 1;
	}
	return scan_offset(text, len, ":", offset);
}

/* " +0100"; the name that Go has behind it tells nothing more. */
static size_t scan_go_zone(const char *text, size_t len, int *offset)
{
	size_t taken = len > 0 && text[0] == ' ' ? scan_offset(text + 1, len - 1, "", offset) : 0;

	return taken > 0 ? 1 + taken : 0;
}

typedef size_t zone_scanner(const char *text, size_t len, int *offset);

/* False when it is not a moment: before 1677 or after 2262. */
static bool moment_from_seconds(int64_t seconds, int nanoseconds, moment *out)
{
	int64_t whole;

	/* The first second of the range can be reached only from above. */
	if (seconds < 0 && nanoseconds > 0) {
		seconds++;
		nanoseconds -= (int)MOMENT_SECOND;
	}
	return !__builtin_mul_overflow(seconds, MOMENT_SECOND, &whole) &&
	       !__builtin_add_overflow(whole, nanoseconds, out);
}

static int64_t seconds_from_civil(const struct civil *civil)
{
	int64_t days = days_from_civil(civil->year, civil->month, civil->day);

	return days * SECONDS_A_DAY + (civil->hour * 60 + civil->minute) * 60 + civil->second;
}

/* *in_range tells a time that is no moment from one that is. */
static size_t scan_zoned(const char *text, size_t len, zone_scanner *scan, moment *out, bool *in_range)
{
	struct civil civil;
	size_t clock = scan_date_and_clock(text, len, &civil), zone;
	int64_t seconds;
	int offset;

	if (clock == 0)
		return 0;
	zone = scan(text + clock, len - clock, &offset);
	if (zone == 0)
		return 0;
	seconds = seconds_from_civil(&civil) - offset;
	if (civil.second == 60 && seconds % SECONDS_A_DAY != 0)
		return 0; /* leap seconds end a day of UTC, and nothing else does */
	*in_range = moment_from_seconds(seconds, civil.nanoseconds, out);
	return clock + zone;
}

static size_t scan_rfc3339(const char *text, size_t len, moment *out, bool *in_range)
{
	return scan_zoned(text, len, scan_zone, out, in_range);
}

static size_t moment_or_zero(const char *text, size_t len, zone_scanner *scan, moment *out)
{
	bool in_range;
	moment at;
	size_t taken = scan_zoned(text, len, scan, &at, &in_range);

	if (taken > 0)
		*out = in_range ? at : 0;
	return taken;
}

size_t moment_scan(const char *text, size_t len, moment *out)
{
	return moment_or_zero(text, len, scan_zone, out);
}

size_t moment_scan_go(const char *text, size_t len, moment *out)
{
	return moment_or_zero(text, len, scan_go_zone, out);
}

#define DIGITS "0123456789"

static const struct unit {
	const char *name;
	int64_t length;
} units[] = {
	{ "ns", 1 },
	{ "us", 1000 },
	{ "ms", 1000000 },
	{ "s", MOMENT_SECOND },
	{ "m", 60 * MOMENT_SECOND },
	{ "h", 3600 * MOMENT_SECOND },
	{ "d", DAY },
};

/* The length of the unit called by the first `len` bytes of `name`, 0 if there is none. */
static int64_t unit_length(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		if (strlen(units[i].name) == len && memcmp(units[i].name, name, len) == 0)
			return units[i].length;
	}
	return 0;
}

/* WHOLE[.FRACTION] times `unit`; false on overflow. What is less than a nanosecond is dropped. */
static bool scale_number(const char *number, int64_t unit, int64_t *out)
{
	int64_t sum = 0, scale = unit;

	for (; is_digit(*number); number++) {
		if (__builtin_mul_overflow(sum, 10, &sum) || __builtin_add_overflow(sum, *number - '0', &sum))
			return false;
	}
	if (__builtin_mul_overflow(sum, unit, &sum))
		return false;
	if (*number == '.')
		number++;
	for (; is_digit(*number); number++) {
		scale /= 10;
		if (__builtin_add_overflow(sum, (*number - '0') * scale, &sum))
			return false;
	}
	*out = sum;
	return true;
}

/* How many bytes of `text` are digits, or digits, a point and digits. */
static size_t number_len(const char *text)
{
	size_t whole = strspn(text, DIGITS);
	size_t fraction = whole > 0 && text[whole] == '.' ? strspn(text + whole + 1, DIGITS) : 0;

	return fraction > 0 ? whole + 1 + fraction : whole;
}

/* Numbers, each with its unit. */
static bool scan_duration(const char *text, int64_t *out)
{
	int64_t total = 0;

	do {
		size_t number = number_len(text);
		size_t name = strcspn(text + number, DIGITS);
		int64_t unit = unit_length(text + number, name), length;

		if (number == 0 || unit == 0)
			return false;
		if (!scale_number(text, unit, &length) || __builtin_add_overflow(total, length, &total))
			return false;
		text += number + name;
	} while (*text != '\0');
	*out = total;
	return true;
}

int duration_parse(const char *text, int64_t *out, struct error *err)
{
	bool bare_seconds = number_len(text) > 0 && text[number_len(text)] == '\0';

	if (bare_seconds ? !scale_number(text, MOMENT_SECOND, out) : !scan_duration(text, out))
		return error_set(err, ERROR_USAGE, "'%s' is not a length of time: give 90s, 1h30m, 250ms or 2d", text);
	return 0;
}

/* "1136073600" or "1136073600.000000001". */
static size_t scan_unix_seconds(const char *text, size_t len, moment *out, bool *in_range)
{
	int64_t seconds = 0;
	int nanoseconds = 0;
	bool fits = true;
	size_t digits = 0;

	for (; digits < len && is_digit(text[digits]); digits++) {
		fits = fits && !__builtin_mul_overflow(seconds, 10, &seconds) &&
		       !__builtin_add_overflow(seconds, text[digits] - '0', &seconds);
	}
	if (digits == 0)
		return 0;
	digits += scan_fraction(text + digits, len - digits, &nanoseconds);
	*in_range = fits && moment_from_seconds(seconds, nanoseconds, out);
	return digits;
}

/* A date with or without a time of day, in the local time zone. */
static size_t scan_local(const char *text, size_t len, moment *out, bool *in_range)
{
	struct civil civil = { 0 };
	size_t taken = scan_date_and_clock(text, len, &civil);
	struct tm local;

	if (taken == 0)
		taken = scan_date(text, len, &civil);
	if (taken == 0)
		return 0;
	local = (struct tm){
		.tm_year = civil.year - 1900,
		.tm_mon = civil.month - 1,
		.tm_mday = civil.day,
		.tm_hour = civil.hour,
		.tm_min = civil.minute,
		.tm_sec = civil.second,
		.tm_isdst = -1,
	};
	*in_range = moment_from_seconds(mktime(&local), civil.nanoseconds, out);
	return taken;
}

int moment_parse_since(const char *text, moment now, moment *out, struct error *err)
{
	static size_t (*const scanners[])(const char *, size_t, moment *, bool *) = {
		scan_rfc3339,
		scan_local,
		scan_unix_seconds,
	};
	size_t len = strlen(text);
	int64_t ago;
	moment at;

	for (size_t i = 0; len > 0 && i < ARRAY_LEN(scanners); i++) {
		bool in_range = false;

		if (scanners[i](text, len, &at, &in_range) != len)
			continue;
		if (!in_range)
			return error_set(err, ERROR_USAGE, "'%s' is out of reach: give a year from 1678 to 2261", text);
		*out = at;
		return 0;
	}
	if (!scan_duration(text, &ago) || __builtin_sub_overflow(now, ago, &at))
		return error_set(err, ERROR_USAGE,
				 "'%s' is not a time: give 2026-11-22T04:03:59Z, 2026-11-22, unix seconds, "
				 "or how long ago: 90s, 1h30m, 2d",
				 text);
	*out = at;
	return 0;
}

/* The words and limits of docker's go-units HumanDuration, so that `ps` reads the same. */
void duration_words(int64_t length, char *text, size_t size)
{
	long long seconds = length / MOMENT_SECOND;
	long long minutes = seconds / 60;
	long long hours = (seconds + 1800) / 3600;

	if (seconds < 1)
		snprintf(text, size, "Less than a second");
	else if (seconds == 1)
		snprintf(text, size, "1 second");
	else if (seconds < 60)
		snprintf(text, size, "%lld seconds", seconds);
	else if (minutes == 1)
		snprintf(text, size, "About a minute");
	else if (minutes < 60)
		snprintf(text, size, "%lld minutes", minutes);
	else if (hours == 1)
		snprintf(text, size, "About an hour");
	else if (hours < 48)
		snprintf(text, size, "%lld hours", hours);
	else if (hours < 24 * 7 * 2)
		snprintf(text, size, "%lld days", hours / 24);
	else if (hours < 24 * 30 * 2)
		snprintf(text, size, "%lld weeks", hours / 24 / 7);
	else if (hours < 24 * 365 * 2)
		snprintf(text, size, "%lld months", hours / 24 / 30);
	else
		snprintf(text, size, "%lld years", seconds / 3600 / 24 / 365);
}
