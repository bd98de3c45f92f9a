# The programs of the fault tests; used together with the top-level Makefile:
# make -f Makefile -f tests/faults/faults.mk BUILD=build/faults CFLAGS=-DTTS_FAULTS faults-programs

FAULTS = $(patsubst %,$(BUILD)/tests/faults/%,oracle client spoken proxy shim.so)
faults_o = $(patsubst %,$(BUILD)/o/tests/faults/%.o,$(1))

$(BUILD)/tests/faults/oracle: $(call faults_o,oracle oracle_charge oracle_db oracle_event oracle_log oracle_media \
	oracle_mp3 oracle_render oracle_secret) $(RENDER_LIB) $(STORE) $(NO_TOKENS)
$(BUILD)/tests/faults/client: $(call faults_o,client client_do client_load client_slow client_text http) $(NO_TOKENS)
$(BUILD)/tests/faults/spoken: $(call faults_o,spoken) $(RENDER_LIB) $(STORE) $(NO_TOKENS)
$(BUILD)/tests/faults/proxy: $(call faults_o,proxy)
$(filter-out %.so,$(FAULTS)):
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LIBS_render) $(LIBS_store) $(LIBS_common)

# It is loaded into a program, so it is not a program itself.
$(BUILD)/tests/faults/shim.so: tests/faults/shim.c
	@mkdir -p $(@D)
	$(call say,LD)$(CC) -std=gnu11 -D_GNU_SOURCE $(WARN) -O2 -fPIC -shared -o $@ $< -ldl

faults-programs: all $(FAULTS)
.PHONY: faults-programs
