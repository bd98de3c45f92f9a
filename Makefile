# TTS Provider. "make help" lists the targets.

BUILD ?= build
CC ?= cc
PORT ?= 8080
STATE ?= ./var
export BUILD CC PORT STATE

PKGS_base   := libsodium libcrypto libconfig
PKGS_text   := icu-uc
PKGS_store  := mysqlclient
PKGS_json   := json-c
PKGS_auth   := libjwt
PKGS_render := espeak-ng libseccomp
PKGS_stream := libevent_core libevent_extra
PKGS_notify := libcurl
PKG = $(shell pkg-config $(1) $(2) 2>/dev/null)
# Evaluated on first use, and only once: a new machine has no pkg-config yet.
once = $(eval $(1) := $(2))$(2)

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
	-Wcast-qual -Wwrite-strings -Wformat=2 -Wundef -Wvla -Wno-unused-parameter
HARD := -fstack-protector-strong -fPIE
OPT  ?= -O2 -g -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
CFLAGS_PKG = $(call once,CFLAGS_PKG,$(call PKG,--cflags,$(PKGS_base) $(PKGS_text) $(PKGS_store) $(PKGS_json) $(PKGS_auth) $(PKGS_render) $(PKGS_stream) $(PKGS_notify)))
CFLAGS_ALL = -std=gnu11 -D_GNU_SOURCE $(WARN) $(HARD) $(OPT) $(CFLAGS) -I$(BUILD) $(CFLAGS_PKG)
LDFLAGS_ALL = -pie -Wl,-z,relro,-z,now,--as-needed $(LDFLAGS)

LIBS_base   = $(call PKG,--libs,$(PKGS_base)) -lm
LIBS_common = $(call PKG,--libs,$(PKGS_text)) $(LIBS_base)
LIBS_store  = $(call PKG,--libs,$(PKGS_store))
LIBS_api    = $(call PKG,--libs,$(PKGS_json) $(PKGS_auth)) -lfcgi
LIBS_stream = $(call PKG,--libs,$(PKGS_auth) $(PKGS_stream))
LIBS_notify = $(call PKG,--libs,$(PKGS_notify) $(PKGS_json) $(PKGS_auth))
LIBS_pipeline = $(call PKG,--libs,$(PKGS_notify) $(PKGS_json))
LIBS_ctl    = $(call PKG,--libs,$(PKGS_auth))
# The libraries that the children run are linked statically: a child is forked for each sentence, a fork
# takes longer the more mappings there are, and lazy symbols are bound anew in each child. See
# render-job/engine/no_audio.c. Two functions of the encoder are replaced: see render-job/engine/lame_wrap.c.
# The shared libraries that the children need come first, the C library last of them: see sandbox_shed.
#
# The archives are copied for two reasons. Nearly all of the renderer's CPU time is spent in them, and their
# inner loops take a tenth longer if they straddle two cache lines: so their code is aligned to cache lines,
# whatever is linked before it. And the engine's access to files is redirected: see
# render-job/engine/datafiles.h.
ENGINE := $(addprefix $(BUILD)/engine/,libespeak-ng.a libmp3lame.a)
LIBS_render = -L$(BUILD)/engine -Wl,--wrap=has_SSE,--wrap=UpdateMusicCRC \
	-Wl,--push-state,-Bstatic -lespeak-ng -lsonic -lmp3lame -Wl,--pop-state \
	$(call PKG,--libs,libebur128) -lm -lc $(call PKG,--libs,libseccomp)
LIBS_test   = $(LIBS_notify) $(LIBS_api) $(LIBS_stream) $(LIBS_render) $(LIBS_store) $(LIBS_common) $(call PKG,--libs,cmocka) -lpthread

# "make V=1" shows the commands.
say = $(if $(V),,@echo '  $(1) $(patsubst $(BUILD)/%,%,$@)' && )

src  = $(patsubst %.c,$(BUILD)/o/%.o,$(foreach folder,$(1),$(wildcard $(folder)/*.c)))
BASE   := $(call src,common/base)
COMMON := $(BASE) $(call src,$(addprefix common/,text say media work))
# Programs that read no JSON, or sign no tokens, are linked without these libraries: each child would be forked with
# them.
NO_JSON   := $(filter-out %/json.o %/json_check.o,$(COMMON))
NO_TOKENS := $(filter-out %/auth.o,$(NO_JSON))
STORE  := $(call src,store/db store)
API    := $(call src,fcgi-app)
RENDER := $(filter-out %/mkgains.o,$(call src,render-job/engine render-job))
WORK   := $(call src,work-job)
STREAM := $(call src,stream)
NET    := $(call src,common/net)
NOTIFY := $(call src,notify-job)
PIPELINE := $(call src,pipeline-job)
TIER   := $(call src,tier-job)
CTL    := $(call src,ttsctl)
API_LIB    := $(filter-out %/main.o,$(API))
RENDER_LIB := $(filter-out %/main.o,$(RENDER))
WORK_LIB   := $(filter-out %/main.o,$(WORK))
STREAM_LIB := $(filter-out %/main.o,$(STREAM))
NOTIFY_LIB := $(filter-out %/main.o,$(NOTIFY))
PIPELINE_LIB := $(filter-out %/main.o,$(PIPELINE))
TIER_LIB   := $(filter-out %/main.o,$(TIER))
CTL_LIB    := $(filter-out %/main.o,$(CTL))

PROGRAMS := $(BUILD)/tts-api $(BUILD)/tts-render $(BUILD)/tts-work $(BUILD)/tts-tier $(BUILD)/tts-stream $(BUILD)/tts-notify $(BUILD)/tts-pipeline $(BUILD)/ttsctl
all: $(PROGRAMS)

$(BUILD)/tts-api: $(API) $(STORE) $(COMMON)
	$(call say,LD)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LIBS_api) $(LIBS_store) $(LIBS_common)
$(BUILD)/tts-render: $(RENDER) $(STORE) $(NO_TOKENS) $(ENGINE)
	$(call say,LD)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $(filter %.o,$^) $(LIBS_render) $(LIBS_store) $(LIBS_common)
$(BUILD)/tts-work: $(WORK) $(STORE) $(NO_TOKENS)
	$(call say,LD)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LIBS_store) $(LIBS_common)
$(BUILD)/tts-tier: $(TIER) $(STORE) $(NO_TOKENS)
	$(call say,LD)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LIBS_store) $(LIBS_common)
$(BUILD)/tts-stream: $(STREAM) $(STORE) $(NO_JSON)
	$(call say,LD)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LIBS_stream) $(LIBS_store) $(LIBS_common)
$(BUILD)/tts-notify: $(NOTIFY) $(NET) $(STORE) $(COMMON)
	$(call say,LD)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LIBS_notify) $(LIBS_store) $(LIBS_common)
$(BUILD)/tts-pipeline: $(PIPELINE) $(NET) $(STORE) $(filter-out %/auth.o,$(COMMON))
	$(call say,LD)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LIBS_pipeline) $(LIBS_store) $(LIBS_common)
$(BUILD)/ttsctl: $(CTL) $(STORE) $(NO_JSON)
	$(call say,LD)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LIBS_ctl) $(LIBS_store) $(LIBS_common)

# Copied again when the system's archive changes; on a new machine there is none yet.
$(foreach a,$(ENGINE),$(eval $(a): $(wildcard $(shell $(CC) -print-file-name=$(notdir $(a)) 2>/dev/null))))
$(ENGINE):
	@mkdir -p $(@D)
	$(call say,COPY)objcopy --set-section-alignment .text=64 $(REDIRECT) "$$($(CC) -print-file-name=$(@F))" $@
$(BUILD)/engine/libespeak-ng.a: REDIRECT := $(foreach f,fopen stat opendir,--redefine-sym $(f)=datafiles_$(f))

$(BUILD)/o/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# Loops over every sample, which benefit from vector instructions.
$(addprefix $(BUILD)/o/render-job/engine/,limiter.o pcm.o): CFLAGS_ALL += -O3

# The table of the engine's voices on the build machine.
$(BUILD)/voices.inc: render-job/engine/mkvoices
	@mkdir -p $(@D)
	render-job/engine/mkvoices >$@.new && mv $@.new $@
$(BUILD)/o/common/say/voice.o: $(BUILD)/voices.inc

# The loudness of each voice, for sentences that are too short to measure.
MKGAINS := $(addprefix $(BUILD)/o/render-job/engine/,mkgains.o datafiles.o level.o limiter.o loudness.o no_audio.o pcm.o speak.o stretch.o)
$(BUILD)/mkgains: $(MKGAINS) $(NO_TOKENS) $(ENGINE)
	$(call say,LD)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $(filter %.o,$^) $(LIBS_render) $(LIBS_common)
# EMULATOR runs programs of another architecture that is built for.
$(BUILD)/gains.inc: $(BUILD)/mkgains
	$(call say,GEN)$(EMULATOR) $< >$@.new && mv $@.new $@
$(BUILD)/o/render-job/engine/gain.o: $(BUILD)/gains.inc

# The statistics to detect languages: from Debian's python3-langdetect, of which only the data are read.
$(BUILD)/languages.inc: common/text/mklanguages
	@mkdir -p $(@D)
	$(call say,GEN)common/text/mklanguages >$@.new && mv $@.new $@
$(BUILD)/o/common/text/text_grams.o: $(BUILD)/languages.inc

# Korean words of Hanja: from Debian's libhangul-data.
$(BUILD)/korean.inc: common/say/mkkorean
	@mkdir -p $(@D)
	$(call say,GEN)common/say/mkkorean >$@.new && mv $@.new $@
$(BUILD)/o/common/say/say_ko_sound_tense.o: $(BUILD)/korean.inc

# How Hanja are read: from libhangul-data and Debian's unicode-data.
$(BUILD)/hanja.inc: common/say/mkhanja
	@mkdir -p $(@D)
	$(call say,GEN)common/say/mkhanja >$@.new && mv $@.new $@
$(BUILD)/o/common/say/say_ko_hanja.o: $(BUILD)/hanja.inc

# How Chinese characters are read in words, and simplified forms from Debian's unicode-data.
$(BUILD)/hanzi.inc: common/say/mkhanzi common/say/mandarin.words
	@mkdir -p $(@D)
	$(call say,GEN)common/say/mkhanzi >$@.new && mv $@.new $@
$(BUILD)/o/common/say/say_zh_words.o: $(BUILD)/hanzi.inc

# ---------------------------------------------------------------------------------- unit and store
# A test program is one file; it is linked with the objects of every folder it includes from.
TESTS_unit  := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/test_*.c))
TESTS_store := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/store/test_*.c))
TESTS := $(TESTS_unit) $(TESTS_store)
from = $(shell grep -qsE '^.include "(\.\./)*($(1))/' $(2) && echo yes)
define test_program
$(BUILD)/$(1): $(BUILD)/o/$(1).o $(filter-out $(BUILD)/o/$(dir $(1))test_%.o,$(call src,$(patsubst %/,%,$(dir $(1))))) \
	$(if $(call from,fcgi-app,$(1).c),$(API_LIB)) $(if $(call from,render-job,$(1).c),$(RENDER_LIB)) \
	$(if $(call from,stream,$(1).c),$(STREAM_LIB)) $(if $(call from,work-job,$(1).c),$(WORK_LIB)) $(if $(call from,notify-job,$(1).c),$(NOTIFY_LIB)) $(if $(call from,pipeline-job,$(1).c),$(PIPELINE_LIB)) $(if $(call from,tier-job,$(1).c),$(TIER_LIB)) $(if $(call from,notify-job|pipeline-job|common/net,$(1).c),$(NET)) $(if $(call from,ttsctl,$(1).c),$(CTL_LIB)) \
	$(if $(call from,store|fcgi-app|render-job|stream|work-job|notify-job|pipeline-job|tier-job|ttsctl,$(1).c)$(filter tests/store/%,$(1)),$(STORE)) $(COMMON) | $(ENGINE)
	@mkdir -p $$(@D)
	$$(call say,LD)$$(CC) $$(CFLAGS_ALL) $$(LDFLAGS_ALL) -o $$@ $$^ $$(LIBS_test)
endef
$(foreach t,$(patsubst $(BUILD)/%,%,$(TESTS)),$(eval $(call test_program,$(t))))

tests: $(TESTS)

# Tests and the server need more than a compiler; missing packages are installed first. The rest runs
# in another make, which finds them.
parts = $(MAKE) --no-print-directory $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))
test:
	@tests/deps build run test faults docs
	@$(parts) all tests share
	@tests/run

unit store: deps-test
	@$(parts) $(TESTS_$@)
	@tests/run $@
e2e: deps-test
	@$(parts) all share
	@tests/run $@
deps-test:
	@tests/deps build run test faults docs

# Fault injection, with a build of its own. make faults ROW="renderer hosts" LENGTH=long SEED=1
LENGTH ?= usual
faults:
	@tests/deps build run faults $(if $(filter short,$(LENGTH)),,galera)
	@tests/faults/run --$(LENGTH) $(ROW)

# The tests again, with every memory access checked.
TESTED ?= unit store e2e
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=undefined
asan:
	@tests/deps build run test docs
	@$(parts) BUILD=$(BUILD)/asan OPT='-O1 -g -fno-omit-frame-pointer $(SANITIZE)' LDFLAGS='$(SANITIZE)' \
		all tests share
	@BUILD=$(BUILD)/asan tests/run $(TESTED)

# Remove one guard of the programs at a time: each must be missed by a test. make mutate ONLY="claims: media:"
mutate:
	@tests/deps build run test
	@$(parts) all tests share
	@tests/mutate $(ONLY)

lint:
	@tests/deps build test lint run docs
	@tests/lint/run

bench:
	@tests/deps build run bench
	@$(parts) all
	@tests/bench/run $(BENCH)

# ---------------------------------------------------------------------------------- a server to try
demo:
	@tests/deps build run
	@tests/deps docs || echo 'going on without the documentation page at /swagger/'
	@$(parts) -s all share
	@tests/demo

up:
	@tests/deps build run
	@$(parts) -s all share
	@tests/stack up
down status:
	@tests/stack $@

# The documentation that nginx serves. Without node_modules there is no page; everything else works.
share:
	@install -D -m 644 -t $(BUILD)/share openapi/openapi.json
	@install -D -m 644 -t $(BUILD)/share/swagger openapi/swagger/*
	@for file in swagger-ui.css swagger-ui-bundle.js; do \
		test ! -e node_modules/swagger-ui-dist/$$file || \
		install -m 644 -t $(BUILD)/share/swagger node_modules/swagger-ui-dist/$$file || exit 1; \
	done

# ---------------------------------------------------------------------------------- installing
DESTDIR ?=
PREFIX ?= /usr/local
ETC ?= /etc
METRICS ?= 127.0.0.1:9584
ACCESS_LOG ?= /var/log/nginx/tts.log
SHARE := $(PREFIX)/share/tts-provider
install: all share
	install -d $(addprefix $(DESTDIR),$(PREFIX)/sbin $(SHARE)/sql $(SHARE)/swagger $(ETC)/tts $(ETC)/nginx/conf.d)
	install -m 755 $(PROGRAMS) $(DESTDIR)$(PREFIX)/sbin
	install -m 755 sql/migrate $(DESTDIR)$(SHARE)/sql
	install -m 644 sql/*.sql $(DESTDIR)$(SHARE)/sql
	install -m 644 $(BUILD)/share/openapi.json $(DESTDIR)$(SHARE)
	install -D -m 644 -t $(DESTDIR)$(SHARE)/monitoring monitoring/*
	install -D -m 644 ttsctl/ttsctl.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/ttsctl
	install -m 644 $(BUILD)/share/swagger/* $(DESTDIR)$(SHARE)/swagger
	for page in man/*.[1-8]; do \
		install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man$${page##*.} $$page || exit 1; \
	done
	test -e $(DESTDIR)$(ETC)/tts/tts.conf || tests/fill etc/tts.conf.in \
		SOCKET /run/mysqld/mysqld.sock SECRETS $(ETC)/tts/secrets RUN /run/tts \
		MEDIA /var/lib/tts/media GONE /var/lib/tts/gone INBOX /var/lib/tts/inbox >$(DESTDIR)$(ETC)/tts/tts.conf
	install -D -m 755 -t $(DESTDIR)$(SHARE)/nginx nginx/settings
	test -e $(DESTDIR)$(ETC)/tts/nginx/server.conf || \
		nginx/settings $(DESTDIR)$(ETC)/tts/nginx $(BUILD)/ttsctl -c $(DESTDIR)$(ETC)/tts/tts.conf
	tests/fill nginx/tts-limits.conf.in SETTINGS $(ETC)/tts/nginx >$(DESTDIR)$(ETC)/nginx/conf.d/tts-limits.conf
	tests/fill nginx/tts.conf.in SETTINGS $(ETC)/tts/nginx FCGI /run/tts/api.sock HEAVY /run/tts/api-heavy.sock STREAM /run/tts/stream.sock ROOT /var/lib/tts \
		GONE /var/lib/tts/gone SHARE $(SHARE) LOG $(ACCESS_LOG) METRICS $(METRICS) >$(DESTDIR)$(ETC)/nginx/conf.d/tts.conf

# ---------------------------------------------------------------------------------- systemd, package
UNITS ?= $(PREFIX)/lib/systemd
WEB ?= www-data
SYSTEMD_SRC := $(wildcard systemd/*.c)
$(BUILD)/tts-units-generator: $(patsubst %.c,$(BUILD)/o/%.o,$(SYSTEMD_SRC)) $(filter-out %/auth.o %/json.o %/json_check.o,$(BASE))
	$(call say,LD)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LIBS_base)
all: $(BUILD)/tts-units-generator

# The units as they are installed, in BUILD/units.
units:
	@rm -rf $(BUILD)/units
	@systemd/lay-out $(BUILD)/units $(PREFIX)/sbin $(SHARE) $(WEB)
	@cp systemd/sysusers.conf $(BUILD)/units
	@tests/fill systemd/tmpfiles.conf.in SBIN $(PREFIX)/sbin WEB $(WEB) >$(BUILD)/units/tmpfiles.conf

install: install-units
install-units: all units
	for file in $$(cd $(BUILD)/units && find tts* -type f); do \
		install -D -m 644 $(BUILD)/units/$$file $(DESTDIR)$(UNITS)/system/$$file || exit 1; \
	done
	install -D -m 755 -t $(DESTDIR)$(UNITS)/system-generators $(BUILD)/tts-units-generator
	install -D -m 644 $(BUILD)/units/sysusers.conf $(DESTDIR)$(PREFIX)/lib/sysusers.d/tts-provider.conf
	install -D -m 644 $(BUILD)/units/tmpfiles.conf $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/tts-provider.conf
	install -D -m 755 -t $(DESTDIR)$(PREFIX)/sbin systemd/tts-setup
	install -D -m 755 -t $(DESTDIR)$(SHARE) systemd/api-conf systemd/api-stop systemd/backup

# The package, in BUILD/deb.
deb:
	@tests/deps build docs deb
	@debian/build

# Test units and package in a container that boots systemd. Only root can boot one: for other users
# nothing is installed, and missing packages are named.
check-systemd:
	@tests/deps build
	@test "$$(id -u)" != 0 || tests/deps docs deb systemd || echo 'going on without'
	@$(parts) all
	@tests/systemd/run $(ONLY)

# Build the image of Containerfile and run it. Only root can make the Debian tree it is based on here.
check-container:
	@tests/deps build
	@test "$$(id -u)" != 0 || tests/deps docs deb systemd container || echo 'going on without'
	@tests/container/run

# Build for arm64 in a Debian tree, and run the unit tests with qemu-user.
check-arm64:
	@test "$$(id -u)" != 0 || tests/deps systemd || echo 'going on without'
	@tests/arm64/run
.PHONY: units install-units deb check-systemd check-container check-arm64

clean:
	rm -rf $(BUILD)

help:
	@echo 'make          build tts-api, tts-render, tts-work, tts-tier, tts-stream, tts-notify, tts-pipeline and ttsctl in BUILD ($(BUILD))'
	@echo 'make demo     install what is missing, build, start everything, render a text, leave it running'
	@echo 'make up       start everything under STATE ($(STATE)), nginx on PORT ($(PORT))'
	@echo 'make down     stop it, keeping the data'
	@echo 'make status   show what is running'
	@echo 'make test     all tests; one kind: make unit, make store, make e2e, make faults LENGTH=short'
	@echo 'make faults   inject failures and check that nothing was lost; ROW="renderer disk": only those;'
	@echo '              LENGTH=short (as in make test), usual or long; SEED=N: repeat that run'
	@echo 'make asan     all tests with the address and undefined behaviour sanitizers; TESTED=unit: only those'
	@echo 'make mutate   remove one guard of the code at a time and check that a test fails (about an hour);'
	@echo '              ONLY="claims: media:": only those of tests/mutations with one of these words'
	@echo 'make lint     static checks: formatters, linters, both compilers'
	@echo 'make bench    benchmarks, against peers in the same run; BENCH="--quick page": one, briefly'
	@echo 'make install  install programs, manual pages and configuration: DESTDIR, PREFIX ($(PREFIX)), ETC ($(ETC))'
	@echo 'make deb      build the Debian package in BUILD/deb'
	@echo 'make check-systemd  test units and package in a container that boots systemd (root only);'
	@echo '              SUITE=trixie: with Debian 13; ONLY=setup: only whether it installs and speaks'
	@echo 'make check-container  build the image of Containerfile and run it (root only)'
	@echo 'make check-arm64  build for arm64, and run the unit tests with qemu-user (root only)'
	@echo 'make clean    remove BUILD'

.PHONY: all tests test unit store e2e deps-test faults asan mutate lint bench demo up down status share install clean help
-include $(wildcard $(BUILD)/o/*/*.d $(BUILD)/o/*/*/*.d)
