/* What `stats` print, and what the kernel counts → numbers. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "runtime/usage.h"
#include "system/cgroup.h"
#include "base/macros.h"
#include "suite.h"

#define ID "94e0dced06314824"

static struct arena arena;

static struct usage read_row(const char *text)
{
	struct json_rows rows;
	struct error err;
	struct usage usage;
	ck_assert_msg(json_parse_rows(text, strlen(text), &rows, &err) == 0, "%s", err.text);
	ck_assert_uint_eq(rows.nr, 1);
	usage_read(rows.items[0], &arena, &usage);
	json_rows_release(&rows);
	return usage;
}

static void teardown(void)
{
	arena_release(&arena);
}

START_TEST(dockers_row)
{
	struct usage usage = read_row("{\"BlockIO\":\"4.1kB / 8.19MB\",\"CPUPerc\":\"132.90%\",\"Container\":\"web\",\"ID\":\"" ID
				      "\",\"MemPerc\":\"0.51%\",\"MemUsage\":\"1.805MiB / 23.54GiB\",\"Name\":\"web\",\"NetIO\":\"1.2GB / 656B\",\"PIDs\":\"12\"}");
	ck_assert_str_eq(usage.id, ID);
	ck_assert_double_eq_tol(usage.cpu_percent, 132.9, 1e-9);
	ck_assert_double_eq_tol(usage.memory_percent, 0.51, 1e-9);
	ck_assert_int_eq(usage.memory, 1892680);
	ck_assert_int_eq(usage.memory_limit, INT64_C(25275882537));
	ck_assert_int_eq(usage.received, 1200000000);
	ck_assert_int_eq(usage.sent, 656);
	ck_assert_int_eq(usage.read, 4100);
	ck_assert_int_eq(usage.written, 8190000);
	ck_assert_int_eq(usage.processes, 12);
	ck_assert_int_eq(usage.cpu_time, CPU_TIME_UNKNOWN);
}
END_TEST

START_TEST(podmans_row)
{
	struct usage usage = read_row("[{\"id\":\"" ID "\",\"name\":\"web\",\"cpu_time\":\"1m2.5s\",\"cpu_percent\":\"52.19%\",\"avg_cpu\":\"52.19%\","
				      "\"mem_usage\":\"475.1kB / 25.28GB\",\"mem_percent\":\"0.50%\",\"net_io\":\"0B / 1.5kB\",\"block_io\":\"-- / --\",\"pids\":\"1\"}]");
	ck_assert_str_eq(usage.id, ID);
	ck_assert_int_eq(usage.cpu_time, INT64_C(62500000000));
	ck_assert_double_eq_tol(usage.cpu_percent, 52.19, 1e-9);
	ck_assert_int_eq(usage.memory, 475100);
	ck_assert_int_eq(usage.memory_limit, INT64_C(25280000000));
	ck_assert_int_eq(usage.sent, 1500);
	ck_assert(usage.read == 0 && usage.written == 0);
	ck_assert_int_eq(read_row("{\"cpu_time\":\"38.032399ms\"}").cpu_time, 38032399);
}
END_TEST

/* What is missing, or no number, is nothing. */
START_TEST(garbage_is_zero)
{
	static const char *const texts[] = {
		"", "--", "-- / --", "0B / 0B", "/", " / ", "NaN%", "-1%", "-5MiB / -3MiB", "1e999%", "12", "MiB / GiB", "1Q / 2Q", "\\u0000", "1.8MiB/23GiB", "8EiB / 8EiB", "-7",
	};
	static const char *const keys[] = { "CPUPerc", "MemUsage", "MemPerc", "NetIO", "BlockIO", "PIDs", "cpu_time" };
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		char row[1000] = "{";
		for (size_t j = 0; j < ARRAY_LEN(keys); j++)
			snprintf(row + strlen(row), sizeof row - strlen(row), "%s\"%s\":\"%s\"", j ? "," : "", keys[j], !strcmp(keys[j], "PIDs") && !strcmp(texts[i], "12") ? "" : texts[i]);
		strcat(row, "}");
		struct usage usage = read_row(row);
		ck_assert_msg(usage.cpu_percent == 0 && usage.memory == 0 && usage.memory_limit == 0 && usage.memory_percent == 0, "%s", texts[i]);
		ck_assert_msg(usage.received == 0 && usage.sent == 0 && usage.read == 0 && usage.written == 0, "%s", texts[i]);
		ck_assert_msg(usage.processes == 0 || *texts[i] == '1' || *texts[i] == '8', "%s", texts[i]);
		ck_assert_msg(usage.cpu_time == CPU_TIME_UNKNOWN || !strcmp(texts[i], "12"), "%s", texts[i]);
	}
	struct usage usage = read_row("{}");
	ck_assert(usage.memory == 0 && usage.cpu_time == CPU_TIME_UNKNOWN && !*usage.id);
	usage = read_row("{\"PIDs\":7,\"MemUsage\":null,\"CPUPerc\":3.5}");
	ck_assert(usage.processes == 0 && usage.memory == 0 && usage.cpu_percent == 0);
}
END_TEST

START_TEST(groups_of_both_versions)
{
	static const struct {
		const char *groups, *path;
		int unit;
	} files[] = {
		{ "9:name=systemd:/default/" ID "\n2:cpuacct:/default/" ID "\n0::/default/" ID "\n", "cpuacct/default/" ID "/cpuacct.usage", 1 },
		{ "4:cpu,cpuacct:/user.slice/nerdctl-" ID ".scope\n", "cpu,cpuacct/user.slice/nerdctl-" ID ".scope/cpuacct.usage", 1 },
		{ "0::/system.slice/nerdctl-" ID ".scope/init.scope\n", "system.slice/nerdctl-" ID ".scope/cpu.stat", 1000 },
		{ "0::/" ID, ID "/cpu.stat", 1000 },
		{ "0::/init.scope\n", "", 0 }, /* another process has the number now */
		{ "2:cpuset:/default/" ID "\n", "", 0 },
		{ "", "", 0 },
		{ "::\n:\n\n2:cpuacct\n", "", 0 },
	};
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		char path[200] = "";
		ck_assert_int_eq(cgroup_cpu_file(files[i].groups, ID, path, sizeof path), files[i].unit);
		ck_assert_str_eq(path, files[i].path);
	}
	ck_assert_int_eq(cgroup_cpu_time(0, ID), -1);
	ck_assert_int_eq(cgroup_cpu_time(1, ID), -1);
}
END_TEST

static Suite *usage_suite(void)
{
	Suite *suite = suite_create("usage");
	TCase *rows = tcase_create("rows");

	tcase_add_checked_fixture(rows, NULL, teardown);
	tcase_add_test(rows, dockers_row);
	tcase_add_test(rows, podmans_row);
	tcase_add_test(rows, garbage_is_zero);
	tcase_add_test(rows, groups_of_both_versions);
	suite_add_tcase(suite, rows);
	return suite;
}

SUITE_MAIN(usage_suite)
