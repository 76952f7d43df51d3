# make demo: try clipsearch on the sample images.   make test, make check: what CI runs.
# make docs: docs/commands.md from the commands' help.   make pictures: the README's pictures (tmux, chromium).
# make samples: render the sample images again.     make bench: the benchmarks.
# make readers: other programs that read what is exported, for the tests.

PYTHON ?= python3
VENV := .venv
RENDER := .venv-render
READERS := .venv-readers
BIN := $(VENV)/bin
WORKERS ?= 2# processes that run tests, each of which may load a model
AGAIN ?= 0# tests that may fail once and pass the second time: then they are shown, not counted
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
DEMO := $(BIN)/clipsearch
SITE := 'import sysconfig; print(sysconfig.get_path("purelib"))'

.PHONY: demo test check format docs pictures samples readers bench clean

demo: export CLIPSEARCH_LIBRARY = .demo
demo: $(VENV)/.builtin
	$(DEMO) index sample_images --model builtin
	@echo; echo '== clipsearch query "red envelope" -k 5'
	@$(DEMO) query "red envelope" -k 5
	@echo; echo '== clipsearch label --classes cup,car  (the cups and cars among them)'
	@$(DEMO) label --classes cup,car > .demo/labels.tsv
	@grep -E '/(car|cup|mug|espresso)[^/]*$$' .demo/labels.tsv
	@echo; $(DEMO) info

# Each process of the tests loads our modules compiled, also where the environment says not to keep them. The order is
# that of tests/slow_first.py: xdist's own would leave files of a few long tests to the end, when a process has no more.
test: export PYTHONDONTWRITEBYTECODE =
test: $(VENV)/.dev $(READERS)/.created node_modules/.installed
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder \
		--reruns $(if $(filter-out 0,$(AGAIN)),1,0) --max-suite-reruns $(AGAIN) --rerun-show-tracebacks

check: $(VENV)/.dev node_modules/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	@if command -v npm > /dev/null; then npm run --silent check; else echo 'npm is not installed: the page was not checked'; fi

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	@if command -v npm > /dev/null; then npm run --silent format; fi

docs: $(VENV)/.builtin
	$(BIN)/python -m docs.make_commands

pictures: $(VENV)/.builtin
	$(BIN)/python -m docs.make_pictures
	CLIPSEARCH_PYTHON=$(BIN)/python npm run --silent shots

# Blender (bpy 4.5) has wheels for Python 3.11 alone and an older numpy, so it gets an environment of its own.
samples: $(RENDER)/.created
	$(RENDER)/bin/python sample_images/render.py

$(RENDER)/.created:
	$(PYTHON) -m venv $(RENDER)
	$(RENDER)/bin/python -m pip install --quiet --disable-pip-version-check 'bpy==4.5.*' Pillow pillow-heif
	@touch $@

# Programs that read what clipsearch exports, for tests; a file lists the packages of each. They come without what they
# need, most of which is in the other environment, where they would bring older versions of what is there: FiftyOne of
# GraphQL, datumaro of pandas and pyarrow. So whole trees stay out (375 MB come, 1.5 GB would). One that can't be
# installed costs only its own tests.
readers: $(READERS)/.created

$(READERS)/.created: $(VENV)/.dev $(wildcard tests/reader_packages/*.txt)
	$(PYTHON) -m venv $(READERS)
	$(BIN)/python -c $(SITE) > "$$($(READERS)/bin/python -c $(SITE))/dev.pth"
	@for list in tests/reader_packages/*.txt; do \
		$(READERS)/bin/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps -r $$list \
		|| echo "$$list could not be installed: what it reads is not tested"; \
	done
	@touch $@

# Those that take minutes and need nothing else; benchmarks/RESULTS.md has the commands of the others.
bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks.startup
	$(BIN)/python -m benchmarks.encoding

$(VENV)/.created:
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.builtin: $(VENV)/.created pyproject.toml
	$(PIP) -e '.[builtin]'
	@touch $@

$(VENV)/.dev: $(VENV)/.builtin
	$(PIP) -e '.[builtin,dev]'
	@touch $@

# What checks and tests the page; the page itself needs none of it.
node_modules/.installed: package.json
	@if command -v npm > /dev/null; then npm install --silent --no-package-lock --no-audit --no-fund && touch $@; fi

clean:
	rm -rf $(VENV) $(RENDER) $(READERS) node_modules .demo .mypy_cache .ruff_cache .pytest_cache
