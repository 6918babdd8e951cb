# Rules for investigations by make: a snapshot comes in, each result is a file that is built once. In a Makefile:
#
#   include $(shell snap-parse --makefile)
#   all: $(patsubst %.heapsnapshot,%.groups,$(wildcard *.heapsnapshot))
#
#   make app.nodes.gz   the node stream, kept, so that nothing is parsed twice
#   make app.groups     types by bytes
#   make app.kinds      what the runtime stores its nodes as, by bytes
#   make app.strings    texts of strings by bytes
#   make app.info       what the file says of itself
#   make app.check      the judgement of snap-parse --check; no file where something is wrong
#   make app.heapsnapshot.snapidx   the index beside it, for questions about its graph; of app.nodes likewise
#
# Each is made of NAME.heapsnapshot, NAME.heapsnapshot.gz, NAME.nodes.gz or NAME.nodes, the first that is there; all but
# nodes.gz are NDJSON. Several files: make -j4 a.groups b.groups, or a rule as `all` above. Rules of your own can start from %.nodes.gz.
#
# A result is written to NAME.RESULT.part and renamed when it is whole: a failure or Ctrl-C removes the .part, and only a power cut leaves it,
# under a name that no rule reads. SNAP_PARSE, SNAP_FILTER, SNAP_GROUP, SNAP_INDEX and SNAP_GZIP can be set to other commands.

SNAP_PARSE ?= snap-parse
SNAP_FILTER ?= snap-filter
SNAP_GROUP ?= snap-group
SNAP_INDEX ?= snap-index
SNAP_GZIP ?= gzip -1

# Around the command that writes $@.part.
SNAP_BEGIN = trap 'rm -f $@.part' EXIT HUP INT TERM;
SNAP_END = && mv $@.part $@

# The rules for files that end with $(1). A pipe's exit status is that of its last part, and /bin/sh need not have pipefail: the programs here
# see by the missing end mark that the one before them failed.
define SNAP_RULES
%.groups: %.$(1)
	$$(SNAP_BEGIN) $$(SNAP_GROUP) $$< > $$@.part $$(SNAP_END)

%.kinds: %.$(1)
	$$(SNAP_BEGIN) $$(SNAP_GROUP) --by kind $$< > $$@.part $$(SNAP_END)

%.strings: %.$(1)
	$$(SNAP_BEGIN) $$(SNAP_PARSE) --no-refs $$< | $$(SNAP_FILTER) --kind '*string' | $$(SNAP_GROUP) --by name > $$@.part $$(SNAP_END)

%.info: %.$(1)
	$$(SNAP_BEGIN) $$(SNAP_PARSE) --info $$< > $$@.part $$(SNAP_END)

%.check: %.$(1)
	$$(SNAP_BEGIN) $$(SNAP_PARSE) --check $$< > $$@.part $$(SNAP_END)

endef

# gzip does not see it, so the file $@.whole, which is there only where snap-parse did not fail, is asked for before anything is renamed.
define SNAP_ZIP_RULE
%.nodes.gz: %.$(1)
	trap 'rm -f $$@.part $$@.whole' EXIT HUP INT TERM; rm -f $$@.whole; { $$(SNAP_PARSE) $$< && : > $$@.whole; } | $$(SNAP_GZIP) > $$@.part && [ -e $$@.whole ] $$(SNAP_END)

endef

$(foreach source,heapsnapshot heapsnapshot.gz nodes,$(eval $(call SNAP_ZIP_RULE,$(source))))
$(foreach source,heapsnapshot heapsnapshot.gz nodes.gz nodes,$(eval $(call SNAP_RULES,$(source))))

# snap-index itself writes under another name and renames.
%.heapsnapshot.snapidx: %.heapsnapshot
	$(SNAP_INDEX) $<

%.nodes.snapidx: %.nodes
	$(SNAP_INDEX) $<
