# All targets are .PHONY: the folders extract/, video/ and data/ would otherwise count as targets that are up to date.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run extract negatives finetune eval-grounding zeroshot-video demo-data audit test lint types contracts clean

PYTHON ?= python3
BIN := .venv/bin
EVENTCLIP := $(BIN)/eventclip
WORLD ?= uniform

needs_extract := IN OUT
usage_extract := IN=captions.jsonl OUT=events.jsonl
needs_negatives := IN OUT
usage_negatives := IN=events.jsonl OUT=pairs.jsonl
needs_finetune := RECIPE
usage_finetune := RECIPE=recipe.yaml [OUT=folder] [SET="key=value key=value"]
needs_eval-grounding := MODEL IN OUT
usage_eval-grounding := MODEL=folder-or-name IN=events.jsonl OUT=results.json [PAIRS=pairs.jsonl]
needs_zeroshot-video := MODEL IN LABELS
usage_zeroshot-video := MODEL=folder-or-name IN=clip.mp4-or-clips.jsonl LABELS=labels.txt
needs_audit := IN
usage_audit := IN=pairs.jsonl [BASELINE=another] [HTML=page.html] [OUT=results.json]
needs_demo-data := OUT
usage_demo-data := OUT=folder [WORLD=skewed]

# A missing variable ends make here (exit code 2), before anything is installed.
$(foreach goal,$(MAKECMDGOALS),$(foreach name,$(needs_$(goal)),$(if $($(name)),, \
	$(error $(name)= is missing; usage: make $(goal) $(usage_$(goal))))))

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/installed-all ## the whole chain on drawn scenes; prints the report's path [SMOKE=1] [WORLD=skewed] [OUT=]
	@$(EVENTCLIP) run --world $(WORLD) $(if $(filter-out 0,$(SMOKE)),--smoke) $(if $(OUT),--out "$(OUT)")

extract: .venv/installed-base ## captions to typed events: IN= OUT=
	@$(EVENTCLIP) extract "$(IN)" --output "$(OUT)"

negatives: .venv/installed-base ## events to hard negatives: IN= OUT=
	@$(EVENTCLIP) negatives "$(IN)" --output "$(OUT)"

audit: .venv/installed-all ## how good hard negatives are: IN= [BASELINE=] [HTML=] [OUT=]
	@$(EVENTCLIP) audit negatives "$(IN)" $(if $(BASELINE),--baseline "$(BASELINE)") \
		$(if $(HTML),--html "$(HTML)") $(if $(OUT),--output "$(OUT)")

finetune: .venv/installed-all ## train a model on pairs: RECIPE= [OUT=] [SET="a=b c=d"]
	@$(EVENTCLIP) train "$(RECIPE)" $(if $(OUT),--out "$(OUT)") $(foreach pair,$(SET),--set "$(pair)")

eval-grounding: .venv/installed-all ## measure event grounding: MODEL= IN= OUT= [PAIRS=]
	@$(EVENTCLIP) eval grounding "$(IN)" --model "$(MODEL)" --output "$(OUT)" $(if $(PAIRS),--pairs "$(PAIRS)")

zeroshot-video: .venv/installed-all ## name the action of clips: MODEL= IN= LABELS=
	@$(EVENTCLIP) video $(if $(filter %.jsonl,$(IN)),evaluate,classify) "$(IN)" --model "$(MODEL)" --labels "$(LABELS)"

demo-data: .venv/installed-all ## draw scenes and clips with exact events: OUT= [WORLD=skewed]
	@$(EVENTCLIP) scenes --out "$(OUT)" --world $(WORLD)

test: .venv/installed-dev ## all tests
	$(BIN)/python -m pytest

lint: .venv/installed-dev ## ruff: rules and formatting
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: .venv/installed-dev ## mypy --strict of the three packages
	$(BIN)/mypy

contracts: .venv/installed-dev ## who may import whom
	$(BIN)/lint-imports

clean: ## remove caches and built packages; .venv and runs/ stay
	rm -rf build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -path ./.venv -prune -o -name __pycache__ -type d -exec rm -rf {} +

# One environment, installed as far as a target needs it: base (no torch), all (training and video), dev (tools).
.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/installed-%: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.$(patsubst [base],,[$*])'
	@touch $@
