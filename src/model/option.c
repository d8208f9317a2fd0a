#include "model/option.h"

#include <string.h>

#include "base/banned.h"

const char *const platform_words[] = { "linux/386", "linux/amd64", "linux/arm/v6", "linux/arm/v7", "linux/arm64", "linux/ppc64le", "linux/riscv64", "linux/s390x", NULL };

bool is_lacked(const char *lacked_by, const char *runtime)
{
	size_t len = strlen(runtime);

	for (const char *at = lacked_by; at != NULL && *at != '\0'; at += strspn(at, ", ")) {
		if (strcspn(at, ",") == len && memcmp(at, runtime, len) == 0)
			return true;
		at += strcspn(at, ",");
	}
	return false;
}
