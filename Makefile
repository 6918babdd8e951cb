# Every target does its own set-up: packages are installed when package-lock.json asks for it, and everything is compiled first.

.DEFAULT_GOAL := help
.PHONY: help build test demo demo-pylint demo-node bench lint man pack-check clean
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
export PUPPETEER_SKIP_DOWNLOAD := 1

KERNELS = lib/formats/v8/scanner/kernel lib/graph/store/packer/kernel
PROGRAMS = $(notdir $(basename $(wildcard bin/*.ts)))
# What hangs is a failure, not a run without end.
RUN = node --test --test-concurrency=2 --test-timeout=900000
TESTS = find dist/test -name '*.test.js' -not -path 'dist/test/bench/*' | LC_ALL=C sort

help: # list the targets
	@grep -hE '^[a-z-]+:.* # ' Makefile | sed -E 's/^([a-z-]+):.* # (.*)/make \1\t\2/' | expand -t 18

build: node_modules/.stamp $(KERNELS:%=dist/%.wasm) # compile to dist/, man pages included
	@# What has lost its source would still be tested and packed.
	@cd dist && find . -name '*.js' | while read -r file; do [ -e "../$${file%.js}.ts" ] || rm -f "$$file"; done
	npx --no-install tsc
	@mkdir -p dist/lib/capture && cp lib/capture/*.py dist/lib/capture/
	@chmod +x dist/bin/*.js
	@mkdir -p dist/man
	@for program in $(PROGRAMS); do node dist/bin/$$program.js --manual > dist/man/$$program.1; done

dist/%.wasm: %.as.ts node_modules/.stamp
	npm run --silent kernel -- $< --outFile $@

test: build lint # compile, lint, and run all tests
	@files=$$($(TESTS)); [ -n "$$files" ] || { echo 'make: no tests in dist/test' >&2; exit 1; }; \
	if [ -t 1 ]; then $(RUN) $$files; exit; fi; \
	$(RUN) --test-reporter=tap --test-reporter-destination=stdout \
	  --test-reporter=spec --test-reporter-destination=dist/test.log $$files || \
	{ sed -n '/failing tests:$$/,$$p' dist/test.log | cut -c -400; exit 1; } # in a log, what failed is said once more at the end

demo: build # find a real leak with the programs, step by step
	@node dist/demo/demo.js $(ARGS)

demo-pylint: build # walk the investigation of pylint: needs Debian's pylint and python3-objgraph, and installs them as root
	@node dist/demo/walk.js pylint $(ARGS)

demo-node: build # walk the investigation of a Node service
	@node dist/demo/walk.js node-error-cache $(ARGS)

bench: build test/bench/node_modules/.stamp # measure these programs beside their peers; ARGS='--size large' and more
	@cd test/bench && node ../../dist/test/bench/main.js $(ARGS)

lint: node_modules/.stamp # check format, style, types and dead code
	npm run --silent lint

man: build # list the man pages in dist/man/
	@ls dist/man/*.1

pack-check: man # pack, install in a temporary folder, and run every program there
	npx --no-install publint --strict
	@folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
	npm pack --silent --ignore-scripts --pack-destination "$$folder"; \
	npm install --silent --no-audit --no-fund --prefix "$$folder" "$$folder"/*.tgz; \
	for program in $(PROGRAMS); do "$$folder/node_modules/.bin/$$program" --version; done

clean: # remove what was built
	rm -rf dist coverage

node_modules/.stamp: package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

test/bench/node_modules/.stamp: test/bench/package-lock.json
	cd test/bench && npm ci --no-audit --no-fund
	@touch $@
