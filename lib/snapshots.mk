# Rules for investigations: include $(shell snap-parse --makefile)
#
#   make app.groups           the types in app.heapsnapshot, largest first
#   make app.nodes.gz         its node stream, kept, so that nothing is parsed twice
#   make app.strings          its strings by bytes
#   make app.kinds app.info   what V8 stores its nodes as; what the file says of itself
#
# A result is written under another name first: what is interrupted leaves nothing that looks whole.

SNAP_PARSE ?= snap-parse
SNAP_FILTER ?= snap-filter
SNAP_GROUP ?= snap-group

.DELETE_ON_ERROR:

%.nodes.gz: %.heapsnapshot
	@set -e; trap 'rm -f $@.part' EXIT; $(SNAP_PARSE) $< > $@.lines.part || { rm -f $@.lines.part; exit 2; }; gzip -1 < $@.lines.part > $@.part; rm -f $@.lines.part; mv $@.part $@

%.groups: %.heapsnapshot
	$(SNAP_GROUP) --format ndjson $< > $@.part && mv $@.part $@

%.groups: %.nodes.gz
	$(SNAP_GROUP) --format ndjson $< > $@.part && mv $@.part $@

%.kinds: %.heapsnapshot
	$(SNAP_GROUP) --by kind --format ndjson $< > $@.part && mv $@.part $@

%.strings: %.heapsnapshot
	$(SNAP_GROUP) --by kind,name --format ndjson $< > $@.part && mv $@.part $@

%.info: %.heapsnapshot
	$(SNAP_PARSE) --info --format ndjson $< > $@.part && mv $@.part $@
