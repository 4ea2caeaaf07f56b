# Akashi (証). `make help` lists what there is; `make demo` and `make test` need nothing before them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
GO ?= go
T ?= 30s

# Debian packages, by what needs them. A fresh Debian 12 with Go has none.
DEB_BUILD := gcc libc6-dev libpcsclite-dev pkg-config
DEB_CARD  := pcscd vsmartcard-vpcd opensc pcsc-tools python3-pyscard
DEB_PAPER := poppler-utils zbar-tools qpdf openssl libnss3-tools
DEB_FONTS := fonts-ipaexfont-mincho fonts-ipamj-mincho fonts-hanazono fonts-morisawa-bizud-mincho fonts-morisawa-bizud-gothic
DEB_PRINT := cups-ipp-utils dbus-daemon
DEB_TRACE := strace util-linux iproute2
# Node may be there from elsewhere, and Debian's npm does not go with that one.
DEB_SCREEN := chromium fonts-noto-cjk fonts-inter $(if $(shell command -v npm),,nodejs npm)
DEBS      := $(DEB_BUILD) $(DEB_CARD) $(DEB_PAPER) $(DEB_FONTS) $(DEB_PRINT) $(DEB_TRACE) $(DEB_SCREEN)

## help: this list
help:
	@sed -n 's/^## \([a-z-]*\): /\1\t/p' $(MAKEFILE_LIST) | while IFS=$$'\t' read -r t d; do printf '  make %-10s %s\n' "$$t" "$$d"; done

## demo: the main job: certificates for synthetic residents through the whole chain, judged at the end (V=-v: every step and file)
demo: deps assets build
	@bin/demo -bin bin -out out $(V)

## test: every test, with the race detector
test: deps assets browser
	@CGO_ENABLED=0 $(GO) test -count=1 -run '^TestShared$$' ./verifier/scan # compiles PDFium once for all tests, without the detector's cost
	CGO_ENABLED=1 $(GO) test -race -timeout 20m ./...

## up: the chain stays up; one page links whatever faces exist (card tray first)
up: deps assets build
	@bin/up -bin bin $(if $(PRINTER),-printer $(PRINTER))

## deps: install the Debian packages that are missing (apt, through sudo if need be)
deps:
	@./testkit/deps.sh $(DEBS)

## assets: build fonts and other fetched assets from installed packages into ignored folders
assets: deps
	@echo "assets: fonts for every Japanese name, from Debian's packages"
	@CGO_ENABLED=0 $(GO) run ./printer/glyph/cmd/prepare

## browser: what drives Chromium in tests, from the npm registry, into an ignored folder
browser: testkit/browser/node_modules/.package-lock.json
testkit/browser/node_modules/.package-lock.json: testkit/browser/package-lock.json
	@echo "browser: playwright-core and axe-core"
	@cd testkit/browser && npm ci --no-audit --no-fund --ignore-scripts --omit=dev --loglevel=error && touch node_modules/.package-lock.json

## screens: a picture of every screen of the kiosk, faults included, into out/screens
screens: deps browser
	@$(GO) run ./testkit/cmd/screens -out out/screens

## build: the programs, into bin/ (only the reader process uses cgo)
build: assets
	@mkdir -p bin; echo "build: the programs (some minutes the first time)"
	@for c in kiosk/cmd/kiosk centre/cmd/centre centre/cmd/keys verifier/cmd/verify testkit/cmd/vrs testkit/cmd/simcard testkit/cmd/badworker testkit/cmd/stack testkit/cmd/demo testkit/cmd/up; do \
	  echo "build $$c"; CGO_ENABLED=0 $(GO) build -o bin/$$(basename $$c) ./$$c || exit 1; done
	@echo "build kiosk/cmd/reader"; $(GO) build -o bin/reader ./kiosk/cmd/reader

## lint: gofmt, vet, staticcheck (pinned in go.mod)
lint:
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "gofmt would change:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

## bench: what one issuance, one verification, one sheet, one code and one worker start cost
bench: assets
	$(GO) test -run '^$$' -bench . -benchmem ./verifier/... ./printer/... ./centre/... ./kiosk/... ./testkit/stack/...

## fuzz: every fuzz target for T each (make fuzz T=60s)
fuzz: assets
	@set -e; for p in $$($(GO) list ./...); do \
	  d=$$($(GO) list -f '{{.Dir}}' $$p); \
	  for f in $$(cd $$d && sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\).*/\1/p' *_test.go 2>/dev/null); do \
	    echo "fuzz $$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(T) -parallel 2 $$p; done; done

## clean: what make built here (not what was installed)
clean:
	rm -rf bin out .cache

.PHONY: help demo test up deps assets browser screens build lint bench fuzz clean
