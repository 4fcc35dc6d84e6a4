# The commands of the course. `make` alone lists them. Everything is installed into .venv and nowhere else.

PYTHON ?= python3
RUN = .venv/bin/python
export OMP_WAIT_POLICY ?= PASSIVE

.PHONY: help lab run slides pdf site test bench data clean

help:
	@echo "make lab              open the lessons in JupyterLab; SLIDESHOW=1 with live slides"
	@echo "make run              run every lesson without a browser; PARTS=\"1 3\" runs some"
	@echo "make slides           turn the lessons into slides: build/slides/; PARTS=\"1 3\" for some"
	@echo "make pdf              print the slides; SOLUTIONS=1 with the answers to the exercises"
	@echo "make site             turn the lessons and slides into a site: build/site/"
	@echo "make test             run all tests"
	@echo "make bench            compare speeds, side by side"
	@echo "make data             download the full MNIST, Fashion-MNIST and pet photos into data/ (SETS=MNIST: only that)"
	@echo "make clean            remove what was built; keeps .venv, data/ and your record"

lab:
	@$(PYTHON) tools/install.py $(if $(SLIDESHOW),slideshow,lessons)
	@$(RUN) tools/lesson_list.py
	@echo "Opening JupyterLab in your browser. To stop it, press Ctrl+C here."
	@$(RUN) -m jupyterlab --LabApp.default_url=/lab/tree/$$(test -f build/Lessons.md && echo build/Lessons.md || echo README.md) $(LAB)

run:
	@$(PYTHON) tools/install.py lessons
	@$(RUN) tools/run_notebooks.py $(PARTS)

slides:
	@$(PYTHON) tools/install.py slides
	@$(RUN) tools/build_slides.py $(PARTS)

pdf: slides
	@$(RUN) tools/print_slides.py $(PARTS) $(if $(SOLUTIONS),--solutions)

site:
	@$(PYTHON) tools/install.py slides
	@$(RUN) tools/build_site.py

test:
	@$(PYTHON) tools/install.py tests
	@$(RUN) -m pytest --nbval --nbval-current-env --nbval-cell-timeout=300 -n 2 --dist loadfile --no-loadscope-reorder \
		--cov --cov-report=term --cov-fail-under=95 tests $(sort $(wildcard Part*.ipynb))

bench:
	@$(PYTHON) tools/install.py tests
	@$(RUN) -m pytest -s -p no:cacheprovider tests/benchmarks

data:
	@$(PYTHON) tools/install.py lessons
	@$(RUN) tools/download_data.py $(SETS)

clean:
	rm -rf build .pytest_cache .ruff_cache .coverage .coverage.* .ipynb_checkpoints
	rm -rf __pycache__ tools/__pycache__ tests/__pycache__ tests/answers/__pycache__ tests/benchmarks/__pycache__
	@echo "Kept: .venv, data/ and your record of exercises (.course_progress.json)."
