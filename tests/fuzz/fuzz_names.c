/*
 * Bytes as a template for names of logs, a container's name, and a file's name: no crash; what is made is one name in the directory, of a
 * length that it may have, and can be read back; what is read is made again.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "logs/logname.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void make_and_read(const char *template, const char *name)
{
	struct log_name of = { .id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", .day = "2026-11-25" }, back;
	char file[LOG_NAME_MAX + 1], part_file[LOG_NAME_MAX + 1], whole[LOG_NAME_MAX + 1];
	const struct log_part part = { 4294967295u, true };
	struct log_part read;

	snprintf(of.name, sizeof of.name, "%s", name);
	log_name_make(template, &of, file);
	require(strchr(file, '/') == NULL && file[0] != '.' && file[0] != '-' && strlen(file) < LOG_NAME_MAX);
	log_part_make(file, &part, part_file);
	require(strlen(part_file) <= LOG_NAME_MAX && strncmp(part_file, file, strlen(file)) == 0);
	require(log_part_read(file, whole, &read) && read.number == 0 && strcmp(whole, file) == 0);
	require(log_name_read(template, file, &back));
	require(strncmp(back.id, of.id, strlen(back.id)) == 0 && strlen(back.id) >= CONTAINER_ID_SHORT);
	require(log_name_is(back.name, of.name));
}

static void read_any(const char *template, const char *file)
{
	char whole[LOG_NAME_MAX + 1], again[LOG_NAME_MAX + 1];
	struct log_part part;
	struct log_name of;
	if (log_part_read(file, whole, &part)) {
		log_part_make(whole, &part, again);
		require(strlen(file) > 240 || strcmp(again, file) == 0);
	}
	if (log_name_read(template, file, &of))
		require(strlen(of.id) >= CONTAINER_ID_SHORT);
}

/* Three texts, with a NUL behind each. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *texts = xcalloc(1, size + 3);
	memcpy(texts, data, size);
	const char *template = texts, *name = template + strlen(template) + 1, *file = size > (size_t)(name - texts) ? name + strlen(name) + 1 : name;
	struct error err;
	if (size < (size_t)(name - texts))
		name = "";
	if (log_template_check(template, &err) < 0) {
		require(err.kind == ERROR_USAGE && err.text[0] != '\0');
		template = LOG_TEMPLATE_DEFAULT;
	}
	make_and_read(template, name);
	read_any(template, file);
	free(texts);
	return 0;
}
