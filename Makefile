# The commands of the course: `make` alone lists them. They are written once, in tools/commands.py; course.py runs them without make.

PYTHON ?= python3
unexport PYTHONHOME PYTHONPATH
NAMED = $(if $(filter command environment,$(firstword $(origin PYTHON))),--python "$(PYTHON)")
COURSE = @"$(PYTHON)" -c "" 2>/dev/null || { \
	echo "There is no $(PYTHON) on this computer. Install Python 3.10 or newer (Debian, Ubuntu: sudo apt install python3 python3-venv;"; \
	echo "elsewhere: https://www.python.org/downloads/), or name the one that is there, for example: make lab PYTHON=python3.12"; \
	exit 1; }; exec "$(PYTHON)" course.py
# Some systems set CPU=x86_64 in every shell: such a word says nothing about PyTorch.
WISH = $(NAMED) $(if $(filter 0,$(CPU)),--no-cpu,$(if $(filter 1 yes true,$(CPU)),--cpu))

.PHONY: help lab run slides pdf site check test matrix scores bench data badges clean

help:
	$(COURSE) help --make

lab:
	$(COURSE) lab $(WISH) $(if $(filter-out 0,$(SLIDESHOW)),--slideshow) $(LAB)

run:
	$(COURSE) run $(WISH) $(PARTS)

slides:
	$(COURSE) slides $(WISH) $(PARTS)

pdf:
	$(COURSE) pdf $(WISH) $(PARTS) $(if $(filter-out 0,$(SOLUTIONS)),--solutions)

site:
	$(COURSE) site $(WISH)

check:
	$(COURSE) check $(WISH)

test:
	$(COURSE) test $(WISH) $(TESTS)

matrix:
	$(COURSE) matrix

scores:
	$(COURSE) scores $(WISH) $(SCORES)

bench:
	$(COURSE) bench $(WISH)

data:
	$(COURSE) data $(WISH) $(SETS)

badges:
	$(COURSE) badges $(REPO)

clean:
	$(COURSE) clean
