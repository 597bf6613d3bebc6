# tideline - `make demo` and `make test` install what is missing and do the rest.
#
#   make             the program and libtideline.a (here, by a link into build/)
#   make demo        install what is missing, build, report the bundled evidence with a chart
#   make test        install what is missing, build, run every test
#   make MODE=asan   the same in build/asan (also: debug, fuzz)
#   make lint        clang-format, clang-tidy, cppcheck, shellcheck, lengths
#   make fuzz        build the fuzz targets (clang); make fuzz-run SECONDS=10 runs each
#   make bench       the workloads of bench/, measured against named peers (bench-logs, bench-stream: database logs)
#   make test-corpus CORPUS=DIR, make test-vectors REFERENCE=DIR   evidence that is not bundled
MODE ?= release
B    := build/$(MODE)
ISAL := $(shell pkg-config --exists libisal 2> /dev/null && echo libisal)# reads gzip faster; not on every architecture
PKGS := libpcre2-8 libcjson expat libarchive libcrypto libutf8proc zlib $(ISAL)
LAYERS := core ingest parse timeline render

CFLAGS_release := -O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fno-plt
CFLAGS_debug   := -O0 -g3
CFLAGS_clang   := $(CFLAGS_release)
CFLAGS_asan    := -O1 -g3 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
CFLAGS_tsan   := -O1 -g -fsanitize=thread
CFLAGS_fuzz    := -O1 -g3 -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all
# (A newer library may call deprecated what an older one has no other name for.)
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
        -Wvla -Wformat=2 -Wwrite-strings -Wundef -Wpointer-arith -Wcast-align -Werror -Wno-error=deprecated-declarations
STD := -std=c11 -D_POSIX_C_SOURCE=200809L -pthread
ALL_CFLAGS = $(STD) $(WARN) $(CFLAGS_$(MODE)) -I. -MMD -MP $(shell pkg-config --cflags $(PKGS)) $(CFLAGS)
ALL_LDLIBS = -pthread $(shell pkg-config --libs $(PKGS)) $(LDLIBS)
FUZZ_CC ?= clang
JOBS    ?= $(shell nproc)

LIB_SRC  := $(filter-out ingest/gunzip_$(if $(ISAL),zlib,isal).c,$(wildcard $(LAYERS:%=%/*.c)))
CLI_SRC  := $(wildcard cli/*.c)
ALL_SRC  := $(sort $(LIB_SRC) $(CLI_SRC) ingest/gunzip_zlib.c)
ALL_HDR  := $(wildcard $(LAYERS:%=%/*.h) cli/*.h)
RULES    := $(sort $(wildcard parse/rules/*.rules))
TESTS    := $(patsubst tests/unit/%.c,$B/tests/%,$(sort $(wildcard tests/unit/test_*.c)))
FUZZERS  := $(patsubst tests/fuzz/%.c,build/fuzz/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
obj = $(patsubst %.c,$B/%.o,$1)

# V=1 shows the commands.
ifneq ($(V),1)
Q := @
say = @echo "  $1	$2"
endif

all: $B/tideline $B/libtideline.a
	@[ $(MODE) != release ] || { ln -sfn $B/tideline tideline; ln -sfn $B/libtideline.a libtideline.a; }

demo:
	@.ci/deps demo
	@$(MAKE) --no-print-directory all
	@./tideline report fixtures/global-minor-17.5 --tz Asia/Tokyo --charts build/demo
	@echo; echo "The chart: build/demo/timeline.svg and .png"
test:
	@.ci/deps test
	@$(MAKE) --no-print-directory all check-layers check-house tests
	@tests/run.sh $B
tests: $(TESTS) $B/sim
$B/tideline: $(call obj,$(CLI_SRC)) $B/builtin_rules.o $B/libtideline.a
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS_$(MODE)) $(LDFLAGS) -o $@ $^ $(ALL_LDLIBS)
$B/libtideline.a: $(call obj,$(LIB_SRC))
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^
$B/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) -c -o $@ $<

# The catalogue is data; the binary carries a copy so that it runs alone.
$B/builtin_rules.c: $(RULES) parse/embed_rules.sh
	@mkdir -p $(@D)
	$(Q)sh parse/embed_rules.sh $(RULES) > $@
$B/builtin_rules.o: $B/builtin_rules.c
	$(Q)$(CC) $(ALL_CFLAGS) -Wno-overlength-strings -c -o $@ $<

$B/tests/%: tests/unit/%.c $B/builtin_rules.o $B/libtideline.a
	@mkdir -p $(@D)
	$(call say,TEST,$<)
	$(Q)$(CC) $(ALL_CFLAGS) -o $@ $< $(filter-out %/main.o,$(call obj,$(CLI_SRC))) $B/builtin_rules.o $B/libtideline.a $(ALL_LDLIBS) $(shell pkg-config --cflags --libs cmocka)
$(TESTS): $(filter-out %/main.o,$(call obj,$(CLI_SRC)))

# Worlds of known truth (tests/sim), and what the builder makes of their evidence. make sim N=10000
N       ?= 1500
SIM_SRC := $(wildcard tests/sim/*.c)
$B/sim: $(call obj,$(SIM_SRC)) $B/builtin_rules.o $B/libtideline.a
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS_$(MODE)) $(LDFLAGS) -o $@ $^ $(ALL_LDLIBS)
sim: $B/sim
	$B/sim --worlds $(N)

check-layers:
	tests/check_layers.sh
# No footguns in the sources, and no mutable state in the library (sanitizers add their own).
BANNED := sprintf|strcpy|strcat|strncpy|strtok|sscanf|atoi|atol|strtol|gmtime|localtime|mktime|strptime|setlocale|system|popen|float|double
# The library never prints, exits or looks at its surroundings.
SILENT := \b(printf|puts|putchar|exit|abort|getenv|isatty|gettimeofday|clock_gettime)\(|(^|[^"A-Za-z_-])(stdout|stderr)\b
check-house: $B/libtideline.a
	@! for f in $(ALL_SRC); do sed -E 's/"([^"\\]|\\.)*"/""/g' $$f | grep -nwE '$(BANNED)' | sed "s|^|$$f:|"; done | grep -vE '^[^:]+:[0-9]+: *(/?\*|//)'
	@! grep -nE '$(SILENT)' $(LIB_SRC)
	@case $(MODE) in release|debug) \
	    size -A $< | awk '($$1 ~ /^\.(data|bss|data\.rel|data\.rel\.local)$$/) && $$2 > 0 {bad = 1; print "mutable state: " f, $$0} \
	                      / +:$$|\.o/ {f = $$1} END {exit bad}';; esac
bench:
	@.ci/deps bench
	@$(MAKE) --no-print-directory all
	@sh bench/bench.sh
bench-logs bench-stream:
	@.ci/deps benchlogs
	@$(MAKE) --no-print-directory all
	@sh bench/logs.sh $(subst bench-,,$@)
test-corpus: all
	@tests/corpus.sh "$(CORPUS)"
test-vectors: all
	@tests/vectors.sh "$(REFERENCE)"
lint:
	clang-format --dry-run -Werror $(ALL_SRC) $(ALL_HDR)
	@printf '%s\n' $(ALL_SRC) | xargs -P $(JOBS) -n 6 sh -c 'clang-tidy --quiet "$$@" -- $(STD) -I. $(shell pkg-config --cflags $(PKGS)) 2> /dev/null' tidy
	cppcheck -q --std=c11 --suppress=unknownMacro --enable=warning,portability --inline-suppr --error-exitcode=1 -j $(JOBS) -I. $(ALL_SRC)
	shellcheck -S warning .ci/deps .ci/run tests/*.sh tests/e2e/*.sh bench/*.sh parse/*.sh
	@wc -l $(ALL_SRC) $(ALL_HDR) $(RULES) | awk '$$2 != "total" && $$1 > 600 {print "too long: " $$0; bad = 1} END {exit bad}'

fuzz:
	$(MAKE) MODE=fuzz CC=$(FUZZ_CC) $(FUZZERS)
build/fuzz/%: tests/fuzz/%.c build/fuzz/builtin_rules.o build/fuzz/libtideline.a
	$(call say,FUZZ,$<)
	$(Q)$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer -o $@ $< build/fuzz/builtin_rules.o build/fuzz/libtideline.a $(ALL_LDLIBS)
clean:
	rm -rf build tideline libtideline.a
.PHONY: all bench bench-logs bench-stream demo sim test tests test-corpus test-vectors check-layers check-house lint fuzz clean
.DELETE_ON_ERROR:
-include $(shell find build -name '*.d' 2>/dev/null)
