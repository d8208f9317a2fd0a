/*
 * What a value of each kind may look like, and when two of them mean the same. What docker would accept passes; what no engine can take is
 * refused here, before anything is started.
 */
#include "model/value.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/moment.h"
#include "base/text.h"
#include "model/container.h"
#include "base/banned.h"

#define DIGITS "0123456789"
#define SIGNAL_MAX 64
#define PORT_DIGITS_MAX 5
#define CPUS_DIGITS_MAX 6
#define CPUS_FRACTION_MAX 9 /* the engines count in billionths of a processor */

static const char *const booleans[] = { "true", "false", NULL };
static const char *const pulls[] = { "always", "missing", "never", NULL };
static const char *const restarts[] = { "no", "always", "unless-stopped", "on-failure", NULL };

static const char *const signals[] = {
	"TERM",   "KILL", "HUP",  "INT",  "QUIT", "USR1", "USR2", "STOP",   "CONT", "WINCH", "ABRT",  "ALRM",  "BUS",
	"CHLD",   "CLD",  "FPE",  "ILL",  "IO",   "IOT",  "PIPE", "POLL",   "PROF", "PWR",   "RTMIN", "RTMAX", "SEGV",
	"STKFLT", "SYS",  "TRAP", "TSTP", "TTIN", "TTOU", "URG",  "VTALRM", "XCPU", "XFSZ",  NULL,
};

bool value_is_among(const char *value, const char *const *words)
{
	for (; *words != NULL; words++) {
		if (strcmp(value, *words) == 0)
			return true;
	}
	return false;
}

bool value_is_number(const char *value, unsigned long max)
{
	return *value != '\0' && value[strspn(value, DIGITS)] == '\0' && strlen(value) <= strlen("2147483647") &&
	       strtoul(value, NULL, 10) <= max;
}

static bool is_filled(const char *value)
{
	return *value != '\0';
}

/* No blank or control character, and nothing that an engine could take for an option. */
bool value_is_word(const char *value)
{
	if (*value == '\0' || *value == '-')
		return false;
	for (; *value != '\0'; value++) {
		if ((unsigned char)*value <= ' ' || *value == 0x7f)
			return false;
	}
	return true;
}

static bool is_boolean(const char *value)
{
	return value_is_among(value, booleans);
}

static bool has_upper_case(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] >= 'A' && text[i] <= 'Z')
			return true;
	}
	return false;
}

/* By docker's rule the part before the first / is a registry if it could not be a repository. */
static bool is_registry(const char *text, size_t len)
{
	return memchr(text, '.', len) != NULL || memchr(text, ':', len) != NULL || has_upper_case(text, len) ||
	       (len == strlen("localhost") && memcmp(text, "localhost", len) == 0);
}

static bool is_image(const char *value)
{
	const char *slash = strchr(value, '/');
	const char *repository = value;
	size_t len;

	if (!value_is_word(value))
		return false;
	if (slash != NULL && is_registry(value, (size_t)(slash - value)))
		repository = slash + 1;
	len = strcspn(repository, ":@");
	return len > 0 && !has_upper_case(repository, len);
}

static bool is_count(const char *value)
{
	return value_is_number(value, INT_MAX);
}

static bool is_seconds(const char *value)
{
	return is_count(value) || strcmp(value, "-1") == 0;
}

/* "RTMIN+3", "RTMAX-3": real-time signals have no other names. */
static bool is_realtime_signal(const char *name)
{
	if (strncasecmp(name, "RTMIN+", 6) == 0)
		return value_is_number(name + 6, 15) && name[6] != '0';
	if (strncasecmp(name, "RTMAX-", 6) == 0)
		return value_is_number(name + 6, 14) && name[6] != '0';
	return false;
}

static bool is_signal(const char *value)
{
	const char *name = strncasecmp(value, "SIG", 3) == 0 ? value + 3 : value;

	for (const char *const *known = signals; *known != NULL; known++) {
		if (strcasecmp(name, *known) == 0)
			return true;
	}
	return is_realtime_signal(name) || (value_is_number(value, SIGNAL_MAX) && strtoul(value, NULL, 10) > 0);
}

struct ports {
	unsigned long first, last;
};

static bool scan_port(const char **at, unsigned long *port)
{
	size_t digits = strspn(*at, DIGITS);

	if (digits == 0 || digits > PORT_DIGITS_MAX)
		return false;
	*port = strtoul(*at, NULL, 10);
	*at += digits;
	return *port >= 1 && *port <= 65535;
}

/* "80" or "8000-8010" */
static bool scan_ports(const char **at, struct ports *ports)
{
	if (!scan_port(at, &ports->first))
		return false;
	ports->last = ports->first;
	if (**at != '-')
		return true;
	++*at;
	return scan_port(at, &ports->last) && ports->first <= ports->last;
}

static bool is_protocol(const char *text)
{
	return *text == '\0' || strcasecmp(text, "/tcp") == 0 || strcasecmp(text, "/udp") == 0 ||
	       strcasecmp(text, "/sctp") == 0;
}

static bool is_address(const char *text, size_t len)
{
	unsigned char address[sizeof(struct in6_addr)];
	char copy[INET6_ADDRSTRLEN];

	if (len >= 2 && text[0] == '[' && text[len - 1] == ']') {
		text++;
		len -= 2;
	}
	if (len >= sizeof(copy))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return inet_pton(AF_INET, copy, address) == 1 || inet_pton(AF_INET6, copy, address) == 1;
}

/* `text` of `len` bytes is what stands before the container's ports: "", "8080", "127.0.0.1:8080", "127.0.0.1:", … */
static bool is_host_side(const char *text, size_t len, const struct ports *container)
{
	const char *colon = memrchr(text, ':', len);
	const char *at = colon != NULL ? colon + 1 : text;
	struct ports host;

	if (colon != NULL && colon > text && !is_address(text, (size_t)(colon - text)))
		return false;
	if (len - (size_t)(at - text) == 1 && *at == '0')
		return true; /* the engine chooses, as where none is given */
	if (at == text + len)
		return true;
	if (!scan_ports(&at, &host) || at != text + len)
		return false;
	return container->first == container->last || host.last - host.first == container->last - container->first;
}

static bool is_port(const char *value)
{
	const char *colon = strrchr(value, ':');
	const char *at = colon != NULL ? colon + 1 : value;
	struct ports container;

	if (!scan_ports(&at, &container) || !is_protocol(at))
		return false;
	return colon == NULL || is_host_side(value, (size_t)(colon - value), &container);
}

/* NAME=value, key=value: what is needed is something before the =. */
static bool is_pair(const char *value)
{
	return *value != '\0' && *value != '=';
}

static bool is_mount_point(const char *text, size_t len)
{
	return len >= 2 && text[0] == '/' && strspn(text, "/") < len;
}

static bool is_volume_source(const char *text, size_t len)
{
	char name[256];

	if (len > 0 && (text[0] == '/' || text[0] == '.'))
		return true;
	if (len >= sizeof(name))
		return false;
	memcpy(name, text, len);
	name[len] = '\0';
	return container_name_valid(name);
}

static bool is_volume(const char *value)
{
	size_t source = strcspn(value, ":");
	const char *target = value[source] == ':' ? value + source + 1 : value;
	size_t target_len = strcspn(target, ":");
	const char *options = target + target_len;

	if (!is_mount_point(target, target_len) || (target != value && !is_volume_source(value, source)))
		return false;
	return *options == '\0' || (options[1] != '\0' && strchr(options + 1, ':') == NULL);
}

static bool is_target_field(const char *field)
{
	static const char *const keys[] = { "target=/", "destination=/", "dst=/" };

	if (*field == '"')
		field++;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (strncasecmp(field, keys[i], strlen(keys[i])) == 0)
			return true;
	}
	return false;
}

static bool is_mount(const char *value)
{
	for (const char *field = value; field != NULL; field = strchr(field, ',')) {
		if (*field == ',')
			field++;
		if (is_target_field(field))
			return true;
	}
	return false;
}

/* Behind the digits of a decimal number, or NULL where there is none. */
static const char *skip_decimal(const char *text)
{
	size_t whole = strspn(text, DIGITS);
	size_t fraction = 0;

	text += whole;
	if (*text == '.') {
		fraction = strspn(++text, DIGITS);
		text += fraction;
	}
	return whole + fraction > 0 ? text : NULL;
}

static bool is_size(const char *value)
{
	const char *unit = skip_decimal(value);

	if (unit == NULL)
		return strcmp(value, "-1") == 0; /* no limit, of --memory-swap */
	if (*unit == ' ')
		unit++;
	if (*unit == '\0')
		return unit[-1] != ' ';
	if (strchr("kmgtpKMGTP", *unit) == NULL)
		return strcasecmp(unit, "b") == 0;
	return unit[1] == '\0' || strcasecmp(unit + 1, "b") == 0 || strcasecmp(unit + 1, "ib") == 0;
}

static bool is_cpus(const char *value)
{
	const char *end = skip_decimal(value);
	const char *point = strchr(value, '.');

	return end != NULL && *end == '\0' && strspn(value, DIGITS) <= CPUS_DIGITS_MAX && strpbrk(value, "123456789") != NULL &&
	       (point == NULL || strlen(point + 1) <= CPUS_FRACTION_MAX);
}

static bool is_restart_policy(const char *value)
{
	static const char limited[] = "on-failure:";

	if (strncmp(value, limited, strlen(limited)) == 0)
		return is_count(value + strlen(limited));
	return value_is_among(value, restarts);
}

static bool is_pull_policy(const char *value)
{
	return value_is_among(value, pulls);
}

/* -1 is the engine's own value, or none. */
static bool is_weight(const char *value)
{
	return is_count(value) || strcmp(value, "-1") == 0 || (*value == '-' && is_count(value + 1));
}

static bool is_duration(const char *value)
{
	struct error ignored;
	int64_t length;

	/* Seconds have a unit here, as all have. */
	return *value != '-' && duration_parse(value, &length, &ignored) == 0 && (length == 0 || isalpha((unsigned char)value[strlen(value) - 1]));
}

static bool is_setting(const char *value)
{
	return is_pair(value) && strchr(value, '=') != NULL;
}

/* What follows the path of a device; NULL: there is none, or nothing follows. */
static const char *limit_of_device(const char *value)
{
	const char *colon = strchr(value, ':');

	return strncmp(value, "/dev/", 5) == 0 && colon != NULL ? colon + 1 : NULL;
}

static bool is_device_size(const char *value)
{
	const char *limit = limit_of_device(value);

	return limit != NULL && *limit != '-' && is_size(limit);
}

static bool is_device_count(const char *value)
{
	const char *limit = limit_of_device(value);

	return limit != NULL && is_count(limit);
}

static bool is_exposed(const char *value)
{
	struct ports ports;

	return scan_ports(&value, &ports) && is_protocol(value);
}

static const struct value_rule rules[KIND_REST + 1] = {
	[KIND_FLAG] = { is_boolean, "true or false", booleans },
	[KIND_NAME] = { container_name_valid, "letters, digits, _ . -, two or more, first a letter or digit", NULL },
	[KIND_IMAGE] = { is_image, "[REGISTRY/]REPOSITORY[:TAG][@DIGEST], the repository in lower case", NULL },
	[KIND_COUNT] = { is_count, "a whole number from 0 to 2147483647", NULL },
	[KIND_SECONDS] = { is_seconds, "a whole number of seconds, or -1 for no limit", NULL },
	[KIND_SIGNAL] = { is_signal, "a name (TERM, SIGTERM, RTMIN+3) or a number from 1 to 64", signals },
	[KIND_PORT] = { is_port, "[[IP:]HOST:]CONTAINER[/tcp|udp|sctp], ports 1 to 65535", NULL },
	[KIND_ENV] = { is_pair, "NAME=VALUE, or NAME to pass on its present value", NULL },
	[KIND_FILE] = { is_filled, "a path", NULL },
	[KIND_VOLUME] = { is_volume, "[SOURCE:]/PATH[:OPTIONS], SOURCE a volume's name or a path from / or .", NULL },
	[KIND_MOUNT] = { is_mount, "type=bind|volume|tmpfs,source=SOURCE,target=/PATH", NULL },
	[KIND_NETWORK] = { value_is_word, "a network's name, bridge, host, none or container:NAME", NULL },
	[KIND_LABEL] = { is_pair, "KEY or KEY=VALUE", NULL },
	[KIND_SIZE] = { is_size, "bytes, or a number with b, k, m or g: 512m, 1.5g", NULL },
	[KIND_CPUS] = { is_cpus, "a decimal number over 0: 0.5, 2", NULL },
	[KIND_RESTART] = { is_restart_policy, "no, always, unless-stopped, on-failure or on-failure:TIMES", restarts },
	[KIND_PULL] = { is_pull_policy, "always, missing or never", pulls },
	[KIND_WEIGHT] = { is_weight, "a whole number, or -1", NULL },
	[KIND_DURATION] = { is_duration, "a number with ns, us, ms, s, m or h, also several: 1m30s", NULL },
	[KIND_SETTING] = { is_setting, "KEY=VALUE", NULL },
	[KIND_DEVICE_SIZE] = { is_device_size, "/dev/NAME:BYTES, or with k, m or g: /dev/sda:1m", NULL },
	[KIND_DEVICE_COUNT] = { is_device_count, "/dev/NAME:NUMBER, a whole number: /dev/sda:1000", NULL },
	[KIND_EXPOSED] = { is_exposed, "PORT[-PORT][/tcp|udp|sctp], 1 to 65535", NULL },
};

const struct value_rule *value_rule(enum kind kind)
{
	return &rules[kind];
}

static const char *const kind_names[] = {
#define X(kind, name) [KIND_##kind] = name,
	KINDS(X)
#undef X
};

int value_check_by(const struct value_rule *rule, enum kind kind, const char *what, const char *value, struct error *err)
{
	const char *name = kind_names[kind];

	if (rule->accepts == NULL || rule->accepts(value))
		return 0;
	return error_set(err, ERROR_USAGE, "%s: '%.80s' is not %s %s: use %s", what, value,
			 strchr("aeiou", name[0]) != NULL ? "an" : "a", name, rule->use);
}

int value_check(enum kind kind, const char *what, const char *value, struct error *err)
{
	return value_check_by(&rules[kind], kind, what, value, err);
}

/* ---- one spelling ---- */

static void normal_port(const char *value, struct buf *out)
{
	const char *slash = strrchr(value, '/');
	size_t len = slash != NULL ? (size_t)(slash - value) : strlen(value);
	const char *colon = memrchr(value, ':', len);

	if (colon != NULL && strncmp(value, "0.0.0.0:", 8) == 0) {
		value += 8;
		len -= 8;
	}
	/* Where the engine chooses: "0:80" and ":80" are "80". */
	if (colon != NULL && (colon == value || (colon == value + 1 && *value == '0'))) {
		len -= (size_t)(colon + 1 - value);
		value = colon + 1;
	}
	buf_printf(out, "%.*s/", (int)len, value);
	for (const char *at = slash != NULL ? slash + 1 : "tcp"; *at != '\0'; at++)
		buf_printf(out, "%c", tolower((unsigned char)*at));
}

static void normal_cpus(const char *value, struct buf *out)
{
	long long billionths = strtoll(value, NULL, 10) * 1000000000;
	const char *point = strchr(value, '.');
	long long unit = 100000000;

	for (const char *at = point != NULL ? point + 1 : ""; *at != '\0'; at++, unit /= 10)
		billionths += (*at - '0') * unit;
	buf_printf(out, "%lld", billionths);
}

static void normal_signal(const char *value, struct buf *out)
{
	for (const char *at = strncasecmp(value, "SIG", 3) == 0 ? value + 3 : value; *at != '\0'; at++)
		buf_printf(out, "%c", toupper((unsigned char)*at));
}

static void normal_image(const char *value, struct buf *out)
{
	const char *slash = strrchr(value, '/');
	bool tagged = strpbrk(slash != NULL ? slash : value, ":@") != NULL;

	buf_printf(out, "%s%s", value, tagged ? "" : ":latest");
}

static void normal_device_size(const char *value, const char *limit, struct buf *out)
{
	buf_add(out, value, (size_t)(limit - value));
	value_normal(KIND_SIZE, limit, out);
}

/* Without the ":rw" that is understood. */
static void normal_volume(const char *value, struct buf *out)
{
	size_t len = strlen(value);
	bool written = len > 3 && strcmp(value + len - 3, ":rw") == 0;

	buf_add(out, value, written ? len - 3 : len);
}

void value_normal(enum kind kind, const char *value, struct buf *out)
{
	struct error ignored;
	int64_t number;

	if (kind == KIND_SIZE && text_size(value, 1024, &number))
		buf_printf(out, "%lld", (long long)number);
	else if (kind == KIND_DURATION && duration_parse(value, &number, &ignored) == 0)
		buf_printf(out, "%lld", (long long)number);
	else if (kind == KIND_DEVICE_SIZE && limit_of_device(value) != NULL)
		normal_device_size(value, limit_of_device(value), out);
	else if (kind == KIND_PORT || kind == KIND_EXPOSED)
		normal_port(value, out);
	else if (kind == KIND_CPUS)
		normal_cpus(value, out);
	else if (kind == KIND_SIGNAL)
		normal_signal(value, out);
	else if (kind == KIND_IMAGE)
		normal_image(value, out);
	else if (kind == KIND_VOLUME)
		normal_volume(value, out);
	else if (kind == KIND_RESTART && strcmp(value, "on-failure:0") == 0)
		buf_add_text(out, "on-failure");
	else
		buf_add_text(out, value);
}
