# SPDX-License-Identifier: GPL-2.0
#
# tls_trace: the kernel module, the command tlstrace and the test suite.
# `make help` lists the targets.

VERSION := 0.1

# The kernel to build for: its headers.
KDIR ?= /lib/modules/$(shell uname -r)/build
# Where `make install` puts tlstrace; the suite goes to INSTALL_PATH.
PREFIX ?= /usr/local
DESTDIR ?=
INSTALL_PATH ?= $(DESTDIR)$(PREFIX)/lib/tls_trace/selftests
# The kernel that dkms-install builds for at once.
KERNEL ?= $(shell uname -r)
# The cell that demo and check boot; `tools/vm/vm list` has all.
CELL ?= bookworm

VM := tools/vm/vm
KBUILD = $(MAKE) -C $(KDIR) M=$(CURDIR)

# Modpost's warnings are errors: what they warn of fails at load time.
export KBUILD_MODPOST_WARN :=

.PHONY: all help version module tools selftests install module-install tools-install \
	selftests-install dkms-install dkms-remove setup demo check check-all check-debug check-defects \
	bench module-clean clean

# A test kernel may have no more than headers and a compiler.
all: module
	+@if $(MAKE) -s -n -C tools/tlstrace all >/dev/null; then \
		$(MAKE) tools; \
	else \
		echo "  SKIP    tools/tlstrace, for the reason above; the module is complete"; \
	fi

help:
	@echo 'Build, for the running kernel or for KDIR=...:'
	@echo '  all                module, and tlstrace where its libraries are installed'
	@echo '  module             module/tls_trace.ko'
	@echo '  tools              the command tlstrace'
	@echo '  selftests          the test programs (KSELFTEST_SRC= or Debian'"'"'s linux-source)'
	@echo '  install            module, tlstrace and suite (DESTDIR=, PREFIX=, INSTALL_PATH=)'
	@echo '  module-install     the module alone; tools-install, selftests-install likewise'
	@echo '  clean              remove what was built'
	@echo '  dkms-install       module by dkms, rebuilt for each new kernel (KERNEL=)'
	@echo '  dkms-remove        take it away again'
	@echo 'In a virtual machine with a stock Debian kernel, as root or through sudo:'
	@echo '  demo               a kTLS download between OpenSSL and curl, traced'
	@echo '  check              every check and the whole suite (CELL=$(CELL))'
	@echo '  check-all          the same on every stock kernel (tools/vm/vm list), and a table'
	@echo '  check-debug        the suite on a kernel with KASAN, lockdep, kmemleak (built once)'
	@echo '  check-defects      which mistakes in net/tls the suite notices (CELL=, DEFECTS="3 7")'
	@echo '  bench              what tracing costs, beside other ways: Documentation/cost/ (CELL=)'
	@echo '  setup              install what these two need on this host'
	@echo 'On a test kernel: make && insmod module/tls_trace.ko && make -C selftests run_tests'

version:
	@echo $(VERSION)

module:
	@module/compat/configure $(KDIR)
	+$(KBUILD) modules

tools:
	$(MAKE) -C tools/tlstrace VERSION=$(VERSION)

selftests:
	$(MAKE) -C selftests

install: module-install tools-install selftests-install

# Signing is the administrator's step, depmod with INSTALL_MOD_PATH the packager's.
module-install: module
	+$(KBUILD) INSTALL_MOD_DIR=updates CONFIG_MODULE_SIG_ALL= \
		$(if $(INSTALL_MOD_PATH),DEPMOD=true) modules_install

tools-install: tools
	$(MAKE) -C tools/tlstrace install DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) \
		VERSION=$(VERSION)

selftests-install: selftests
	$(MAKE) -C selftests install INSTALL_PATH=$(INSTALL_PATH)

dkms-install:
	@tools/dkms/dkms install $(KERNEL)

dkms-remove:
	@tools/dkms/dkms remove

setup:
	@tools/vm/setup

demo: setup
	@tools/demo/demo $(CELL)

check:
	@tools/check/check --setup $(CELL)

check-all: setup
	@tools/check/check-all

check-debug: setup
	@tools/check/debug

# A selection is for who works on the list.
DEFECTS ?=
check-defects: setup
	@DEFECTS="$(DEFECTS)" tools/check/defects $(CELL)

bench: setup
	@tools/bench/bench $(CELL)

module-clean:
	-$(KBUILD) clean
	rm -f module/compat/config.h module/compat/tests/configure.log
	find module/compat/tests -name '*.o' -o -name '.*.cmd' | xargs -r rm -f

clean: module-clean
	-$(MAKE) -C tools/tlstrace clean
	-$(MAKE) -C selftests clean
