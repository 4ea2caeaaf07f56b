// Drives the system's Chromium for Go tests: one JSON object a line comes in,
// one a line goes out. It knows no page; what is true of one is asserted in Go.
import { createInterface } from 'node:readline'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'

// patience bounds each wait: a machine that tests much at once is slow.
const patience = 90_000
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const [executablePath, ...args] = process.argv.slice(2)
const browser = await chromium.launch({ executablePath, args, headless: true })
const pages = new Map()

const operations = {
	async open({ url, width, height, clock, language }) {
		const context = await browser.newContext({
			viewport: { width, height }, hasTouch: true, locale: language, reducedMotion: 'no-preference',
		})
		const page = await context.newPage()
		page.setDefaultTimeout(patience)
		const seen = { console: [], requests: [] }
		page.on('console', m => seen.console.push(m.text()))
		page.on('pageerror', e => seen.console.push(String(e)))
		page.on('request', r => seen.requests.push(r.url()))
		page.on('websocket', w => seen.requests.push(w.url()))
		if (clock) await page.clock.install()
		const number = pages.size + 1
		pages.set(number, { context, page, seen })
		await page.goto(url)
		return number
	},
	async close({ page }) {
		await pages.get(page).context.close()
	},
	async tap({ at, selector }) { await at.tap(selector) },
	async press({ at, key }) { await at.keyboard.press(key) },
	async give({ at, selector, files }) { await at.setInputFiles(selector, files) },
	async reload({ at }) { await at.reload() },
	async eval({ at, script, arg }) {
		return at.evaluate(([s, a]) => (0, eval)('(' + s + ')')(a), [script, arg])
	},
	async wait({ at, script, arg }) {
		// Asked from here: the page's own policy lets no string be run there later.
		for (const begun = Date.now(); ; await new Promise(go => setTimeout(go, 20))) {
			try {
				if (await operations.eval({ at, script, arg })) return
			} catch (e) {
				if (!/navigation|destroyed/.test(String(e))) throw e
			}
			if (Date.now() - begun > patience) throw new Error(`not within ${patience} ms: ${script} ${JSON.stringify(arg)}`)
		}
	},
	async size({ at, width, height }) { await at.setViewportSize({ width, height }) },
	async shot({ at, path }) { await at.screenshot({ path, animations: 'disabled' }) },
	async advance({ at, ms }) { await at.clock.runFor(ms) },
	async seen({ number }) { return pages.get(number).seen },
	async axe({ at }) {
		await at.evaluate(axe)
		const r = await at.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }))
		return r.violations.map(v => `${v.id}: ${v.help}: ` + v.nodes.map(n => n.target.join(' ') + ' ' + n.failureSummary).join(' | '))
	},
}

console.log(JSON.stringify({ version: browser.version() }))
for await (const line of createInterface({ input: process.stdin })) {
	const { id, do: what, ...rest } = JSON.parse(line)
	const number = rest.page
	try {
		const page = pages.get(number)?.page
		const at = rest.frame ? await (await page.waitForSelector(rest.frame)).contentFrame() : page
		const result = await operations[what]({ ...rest, number, at })
		console.log(JSON.stringify({ id, result: result ?? null }))
	} catch (e) {
		console.log(JSON.stringify({ id, error: String(e.message ?? e) }))
	}
}
await browser.close()
