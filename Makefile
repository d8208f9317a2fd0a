# purser: see README.md for what it is, ARCHITECTURE.md for how it is made.
#
#   make              build/purser; installs nothing, says what is missing
#   make check        all tests; installs what they need (compilers, libraries, engine) first
#   make check-all    the tests again under sanitizers and valgrind, the long ones of every runtime
#   make torture      ten containers, everything that can go wrong, for TORTURE_SECONDS=600; TORTURE_SEED= repeats one
#   make bench        purser measured beside docker, on a real engine, twenty minutes; BENCH_QUICK=1: two (tests/bench/bench.sh)
#   make bench-grep   purser grep beside rg and grep, on a GiB of logs that it makes (tests/bench/grep.sh)
#   make callgrind    instructions of the pure parts against tests/bench/instructions.txt
#   make callgrind-accept   takes what they are now as what they should be
#   make pictures     docs/*.svg anew, of a real session
#   make demo         a guided tour on real containers
#   make install      PREFIX=/usr/local DESTDIR=; uninstall
#   make deb          a Debian package, in build/deb; deb-check: lintian, and installed into a directory
#   make fuzz format headers layers readme clean
#
#   SANITIZE=address|thread   another build, in a directory of its own
#   WERROR=1                  warnings are errors
#   V=1                       show the commands

PREFIX ?= /usr/local
CFLAGS ?= -O2 -g
SANITIZE ?=
WERROR ?=
V ?=
FUZZ_SECONDS ?= 10
TORTURE_SECONDS ?= 600
TORTURE_SEED ?=
CLANG ?= clang
CLANG_FORMAT ?= clang-format
PKG_CONFIG ?= pkg-config

# --- one directory for each kind of build ---------------------------------------------------------

ifeq ($(SANITIZE),)
BUILD := build
else ifeq ($(SANITIZE),address)
BUILD := build/asan
SANITIZE_FLAGS := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
else ifeq ($(SANITIZE),thread)
BUILD := build/tsan
SANITIZE_FLAGS := -fsanitize=thread -fno-omit-frame-pointer
else ifeq ($(SANITIZE),fuzz)
BUILD := build/fuzz
CC := $(CLANG)
SANITIZE_FLAGS := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
else
$(error SANITIZE=$(SANITIZE) is unknown: leave it out, or give address or thread)
endif

# --- sources --------------------------------------------------------------------------------------

LAYERS := base system model runtime logs command front
SOURCES := $(wildcard $(LAYERS:%=src/%/*.c))
HEADERS := $(wildcard $(LAYERS:%=include/%/*.h))
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o)
MAIN := $(BUILD)/src/main.o
ARCHIVE := $(BUILD)/libpurser.a
TESTS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c))
FUZZERS := $(patsubst tests/fuzz/%.c,$(BUILD)/%,$(wildcard tests/fuzz/fuzz_*.c))

# --- flags ----------------------------------------------------------------------------------------

# Rows of tables name what they have; what they leave out is zero.
WARNINGS := -Wall -Wextra -Wno-missing-field-initializers -Wpedantic -Wvla -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wwrite-strings -Wformat=2
LIB_CFLAGS := $(shell $(PKG_CONFIG) --cflags-only-I libcjson libcurl libpcre2-8 readline zlib 2>/dev/null)
LIBS := $(or $(shell $(PKG_CONFIG) --libs libcjson libcurl libpcre2-8 readline zlib 2>/dev/null),-lcjson -lcurl -lpcre2-8 -lreadline -lz) -lpthread
CHECK_CFLAGS := $(shell $(PKG_CONFIG) --cflags check 2>/dev/null)
CHECK_LIBS := $(or $(shell $(PKG_CONFIG) --libs check 2>/dev/null),-lcheck -lsubunit -lrt -lm)

LANGUAGE := -std=gnu17 -D_GNU_SOURCE -Iinclude
COMPILE = $(CC) $(LANGUAGE) $(WARNINGS) $(if $(WERROR),-Werror) $(LIB_CFLAGS) $(CPPFLAGS) $(CFLAGS) $(SANITIZE_FLAGS)
LINK = $(CC) $(CFLAGS) $(SANITIZE_FLAGS) $(LDFLAGS)
say = $(if $(V),,@echo '  $1';)

# --- the program ----------------------------------------------------------------------------------

.PHONY: all
all: $(BUILD)/purser $(BUILD)/purser.1

$(BUILD)/purser: $(MAIN) $(ARCHIVE)
	$(call say,LINK $@)$(LINK) -o $@ $^ $(LIBS)

# The manual page is what the rows say.
$(BUILD)/purser.1: $(BUILD)/purser
	$(call say,MAN  $@)$< help --man >$@

$(ARCHIVE): $(OBJECTS)
	@rm -f $@
	$(call say,AR   $@)$(AR) rcs $@ $^

$(BUILD)/%.o: %.c $(BUILD)/flags | $(BUILD)/libraries
	@mkdir -p $(@D)
	$(call say,CC   $<)$(COMPILE) -MMD -MP -c -o $@ $<

# Rewritten when the compiler or a flag changed, so that everything is compiled anew.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(COMPILE)' | cmp -s - $@ || echo '$(COMPILE)' >$@

.PHONY: FORCE
FORCE:

# $(call library,name,header,package of Debian,of Fedora,of Alpine)
define library
	@echo '#include <stdio.h>' | $(CC) $(LIB_CFLAGS) $(CPPFLAGS) -include $2 -fsyntax-only -x c - 2>/dev/null || { \
		echo '$1 is missing: apt-get install $3 (Fedora: dnf install $4, Alpine: apk add $5)' >&2; exit 1; }
endef

$(BUILD)/libraries:
	@mkdir -p $(@D)
	@command -v $(firstword $(CC)) >/dev/null || { echo 'no C compiler ($(CC)): apt-get install gcc' >&2; exit 1; }
	$(call library,the C library for development,stdio.h,libc6-dev,glibc-devel,musl-dev)
	$(call library,GNU readline,stdio.h -include readline/readline.h,libreadline-dev,readline-devel,readline-dev)
	$(call library,cJSON,cjson/cJSON.h,libcjson-dev,cjson-devel,cjson-dev)
	$(call library,libcurl,curl/curl.h,libcurl4-openssl-dev,libcurl-devel,curl-dev)
	$(call library,PCRE2,stdio.h -DPCRE2_CODE_UNIT_WIDTH=8 -include pcre2.h,libpcre2-dev,pcre2-devel,pcre2-dev)
	$(call library,zlib,zlib.h,zlib1g-dev,zlib-devel,zlib-dev)
	@touch $@

# --- tests ----------------------------------------------------------------------------------------

.PHONY: tests headers layers check check-all check-sanitized check-valgrind check-dockers torture bench bench-grep callgrind callgrind-accept demo

tests: $(TESTS) $(BUILD)/fake/server

$(BUILD)/tests/%: $(BUILD)/tests/unit/%.o $(ARCHIVE)
	$(call say,LINK $@)$(LINK) -o $@ $^ $(CHECK_LIBS) $(LIBS)

$(BUILD)/tests/unit/%.o: CPPFLAGS += $(CHECK_CFLAGS)

# What end-to-end tests put between purser and an engine.
$(BUILD)/fake/%: tests/fake/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,LINK $@)$(COMPILE) -o $@ $< -lpthread

# Every header says for itself what it needs.
HEADER_CHECKS := $(HEADERS:%=%.alone)
headers: $(HEADER_CHECKS)
.PHONY: $(HEADER_CHECKS)
$(HEADER_CHECKS): %.alone: %
	@$(CC) $(LANGUAGE) -Wall -Wextra -Werror $(LIB_CFLAGS) -fsyntax-only -x c $<

layers:
	tests/setup/layers.sh

# The set-up may install the very compiler, so the rest is made by a make that starts after it.
# tests/run.sh starts engines, and still runs what needs none where there can be none.
check:
	tests/setup/packages.sh build test fuzz
	$(MAKE) -j$$(nproc) WERROR=1 all tests headers layers
	tests/setup/readme.sh --check
	$(MAKE) -j$$(nproc) SANITIZE=fuzz fuzzers
	$(MAKE) -j$$(nproc) SANITIZE=fuzz FUZZ_SECONDS=2 fuzz-run
	tests/setup/with-engine.sh tests/run.sh

check-all: export PURSER_LONG = 1
check-all: check
	tests/setup/packages.sh sanitize
	$(MAKE) check-sanitized SANITIZE=address
	$(MAKE) check-sanitized SANITIZE=thread
	$(MAKE) check-valgrind
	$(MAKE) check-dockers
	$(MAKE) deb-check DEB_BUILD_OPTIONS=nocheck

check-sanitized: all tests
	PURSER_BUILD=$(BUILD) BATS_TEST_TIMEOUT=600 tests/setup/with-engine.sh tests/run.sh

# Check runs each test in a child, and a child in which valgrind found something ends with 99, which Check reports.
# test_request and test_exchange need pidfd_open, which valgrind before 3.21 does not have.
check-valgrind: tests
	for test in $(filter-out %/test_request %/test_exchange,$(TESTS)); do \
		CK_TIMEOUT_MULTIPLIER=20 valgrind -q --leak-check=full --errors-for-leak-kinds=definite \
			--suppressions=tests/unit/valgrind.supp --error-exitcode=99 $$test || exit 1; \
	done

# Against newer dockers, which are built from their sources; where they cannot be, not.
check-dockers: all
	for release in 28 29; do \
		PURSER_BUILD=$(BUILD) tests/setup/docker-release.sh $$release tests/run.sh --docker || test $$? = 3 || exit 1; \
	done

torture:
	tests/setup/packages.sh build test
	$(MAKE) -j$$(nproc) all $(BUILD)/torture/emitter $(BUILD)/torture/checker
	PURSER_BUILD=$(BUILD) tests/setup/with-engine.sh tests/torture/torture.sh $(TORTURE_SECONDS) $(TORTURE_SEED)
	PURSER_BUILD=$(BUILD) tests/setup/with-engine.sh tests/torture/bigline.sh

bench:
	tests/setup/packages.sh build image bench
	$(MAKE) -j$$(nproc) all $(BUILD)/bench/emitter $(BUILD)/bench/turns $(BUILD)/bench/follow
	PURSER_BUILD=$(BUILD) tests/setup/with-engine.sh tests/bench/bench.sh

bench-grep:
	tests/setup/packages.sh build bench
	$(MAKE) -j$$(nproc) all $(BUILD)/bench/stored
	PURSER_BUILD=$(BUILD) tests/bench/grep.sh

callgrind callgrind-accept:
	tests/setup/packages.sh build sanitize
	$(MAKE) -j$$(nproc) $(BUILD)/bench/pure
	PURSER_BUILD=$(BUILD) CC='$(CC)' CFLAGS='$(CFLAGS)' tests/bench/callgrind.sh $(if $(findstring accept,$@),--accept)

# The emitter runs in containers that have no libraries.
$(BUILD)/bench/emitter: tests/bench/emitter.c
	@mkdir -p $(@D)
	$(call say,LINK $@)$(CC) $(LANGUAGE) -O2 -Wall -Wextra -static -o $@ $<

$(BUILD)/bench/pure: $(BUILD)/tests/bench/pure.o $(ARCHIVE)
	@mkdir -p $(@D)
	$(call say,LINK $@)$(LINK) -o $@ $^ $(LIBS)

$(BUILD)/bench/%: tests/bench/%.c
	@mkdir -p $(@D)
	$(call say,LINK $@)$(CC) $(LANGUAGE) -O2 -Wall -Wextra -o $@ $< -lpthread -lutil

# The emitter runs in containers that have no libraries.
$(BUILD)/torture/%: tests/torture/%.c
	@mkdir -p $(@D)
	$(call say,LINK $@)$(CC) $(LANGUAGE) -O2 -Wall -Wextra -static -o $@ $<

demo:
	tests/setup/packages.sh build engine
	$(MAKE) all
	tests/setup/with-engine.sh tests/demo/demo.sh

# --- fuzzing --------------------------------------------------------------------------------------

# The seeds in tests/fuzz/corpus/NAME are only read; what the fuzzer finds is kept in build/fuzz/corpus/NAME.
.PHONY: fuzz fuzzers fuzz-run
fuzz:
	tests/setup/packages.sh build fuzz
	$(MAKE) SANITIZE=fuzz fuzz-run

fuzzers: $(FUZZERS)

FUZZ_RUNS := $(FUZZERS:%=%.run)
fuzz-run: $(FUZZ_RUNS)
.PHONY: $(FUZZ_RUNS)
$(FUZZ_RUNS): %.run: %
	@name=$(*F:fuzz_%=%); found=$(BUILD)/corpus/$$name; seeds=tests/fuzz/corpus/$$name; log=$(BUILD)/$$name.log; \
	mkdir -p $$found; test -d $$seeds || seeds=; \
	$< -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 -artifact_prefix=$(BUILD)/crash-$$name- \
		$$found $$seeds >$$log 2>&1 || { tail -n 60 $$log; exit 1; }; \
	echo "$$name: $$(sed -n 's/^stat::number_of_executed_units: *//p' $$log) inputs, no crash"

$(BUILD)/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(ARCHIVE)
	$(call say,LINK $@)$(LINK) -fsanitize=fuzzer -o $@ $^ $(LIBS)

# --- documents, installation ----------------------------------------------------------------------

.PHONY: readme pictures format install uninstall deb deb-check clean

readme: all
	tests/setup/readme.sh

pictures: all
	tests/setup/packages.sh pictures
	PURSER_BUILD=$(BUILD) tests/setup/with-engine.sh tests/pictures/pictures.sh

# Of the lines that are not committed; tables that were set by hand stay as they are.
format:
	-git clang-format --force --binary "$$(command -v $(CLANG_FORMAT))"

# Where each part goes; a distribution may have other places for completions.
MANDIR ?= $(PREFIX)/share/man
DOCDIR ?= $(PREFIX)/share/doc/purser
UNITDIR ?= $(PREFIX)/lib/systemd
BASH_COMPLETIONS ?= $(PREFIX)/share/bash-completion/completions
ZSH_COMPLETIONS ?= $(PREFIX)/share/zsh/site-functions
FISH_COMPLETIONS ?= $(PREFIX)/share/fish/vendor_completions.d

# README with all that it links to.
DOCUMENTS := README.md ARCHITECTURE.md CONTRIBUTING.md LICENSE $(wildcard docs/*)

# $(call put,file,directory,name there)
put = install -D -m 644 $1 $(DESTDIR)$2/$3
put_unit = install -d $(DESTDIR)$2 && sed 's:@PREFIX@:$(PREFIX):g' src/units/$1 >$(DESTDIR)$2/purser.service

install: all
	install -D -m 755 $(BUILD)/purser $(DESTDIR)$(PREFIX)/bin/purser
	$(call put,$(BUILD)/purser.1,$(MANDIR)/man1,purser.1)
	for document in $(DOCUMENTS); do install -D -m 644 $$document $(DESTDIR)$(DOCDIR)/$$document || exit 1; done
	$(call put,src/completions/purser.bash,$(BASH_COMPLETIONS),purser)
	$(call put,src/completions/_purser,$(ZSH_COMPLETIONS),_purser)
	$(call put,src/completions/purser.fish,$(FISH_COMPLETIONS),purser.fish)
	$(call put_unit,purser.service,$(UNITDIR)/system)
	$(call put_unit,purser-user.service,$(UNITDIR)/user)

# Directories that are empty then go as well, but for those that every prefix has.
INSTALLED = $(PREFIX)/bin/purser $(MANDIR)/man1/purser.1 $(DOCUMENTS:%=$(DOCDIR)/%) $(BASH_COMPLETIONS)/purser \
	$(ZSH_COMPLETIONS)/_purser $(FISH_COMPLETIONS)/purser.fish $(UNITDIR)/system/purser.service $(UNITDIR)/user/purser.service

uninstall:
	rm -f $(addprefix $(DESTDIR),$(INSTALLED))
	@cd $(DESTDIR)$(PREFIX) 2>/dev/null || exit 0; for path in $(INSTALLED:$(PREFIX)/%=%); do \
		while path=$${path%/*}; case $$path in bin | lib | share | share/man | /* | */..*) false ;; esac; do \
			rmdir "$$path" 2>/dev/null || break; \
		done; \
	done

# In a copy of the tree, so that nothing but the package is left of it.
deb:
	tests/setup/packages.sh build deb
	rm -rf build/deb
	mkdir -p build/deb/purser
	tar -c --exclude=./build --exclude=./.git --exclude=./logs . | tar -x -C build/deb/purser
	cd build/deb/purser && dpkg-buildpackage -us -uc -b $(DEB_OPTIONS)
	rm -rf build/deb/purser
	@ls build/deb/*.deb

deb-check: deb
	tests/setup/packages.sh test lintian
	tests/setup/deb-check.sh

clean:
	rm -rf build

# Objects of tests are kept: they are what -MMD's dependencies are about.
.SECONDARY:
.DELETE_ON_ERROR:

-include $(OBJECTS:.o=.d) $(MAIN:.o=.d) $(wildcard $(BUILD)/tests/unit/*.d $(BUILD)/tests/fuzz/*.d $(BUILD)/tests/bench/*.d)
