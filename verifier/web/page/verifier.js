// The page's side of the worker. clear() ends the worker with all that it holds.

// patience is how long one answer may take before the worker is ended.
const patience = 90_000

// module compiles one of the page's programs, once for all workers.
const compiled = {}
const module = name => compiled[name] ??= WebAssembly.compileStreaming(fetch(name))

const isPDF = bytes => String.fromCharCode(...bytes.subarray(0, 5)) === '%PDF-'

export class Verifier {
	#worker
	#waiting = new Map()
	#next = 0
	#list // what trust() gave last, for the next worker

	#start() {
		this.#worker = new Worker(new URL('worker.js', import.meta.url), { type: 'module' })
		const mine = this.#worker
		Promise.all([module('verify.wasm'), module('zxing/zxing_reader.wasm')]).then(
			([verify, zxing]) => mine.postMessage({ ask: 'start', verify, zxing }), e => this.#end(e))
		this.#worker.onmessage = ({ data: { id, answer, failed } }) => {
			const { give, fail } = this.#waiting.get(id) ?? {}
			this.#waiting.delete(id)
			failed === undefined ? give?.(answer) : fail?.(new Error(failed))
		}
		this.#worker.onerror = e => this.#end(new Error(e.message ?? 'worker'))
		if (this.#list) this.#ask('trust', { ...this.#list, now: Date.now() }).catch(() => {})
	}

	#ask(ask, rest) {
		if (!this.#worker) this.#start()
		return new Promise((give, fail) => {
			const id = ++this.#next
			this.#waiting.set(id, { give, fail })
			setTimeout(() => { if (this.#waiting.has(id)) this.#end(new Error('time')) }, patience)
			this.#worker.postMessage({ id, ask, ...rest })
		})
	}

	// trust gives what came of a list; one that is taken stays for later workers.
	async trust(list, root, state) {
		const t = await this.#ask('trust', { list, root, state, now: Date.now() })
		if (t.taken) this.#list = { list, root, state: t.state }
		return t
	}

	frame(picture) { return this.#ask('frame', { picture }) }
	codes(seen) { return this.#ask('codes', { seen, now: Date.now() }) }
	async file(name, bytes, picture) {
		const pdfium = isPDF(bytes) ? await module('pdfium.wasm') : undefined
		return this.#ask('file', { name, bytes, picture, pdfium, now: Date.now() })
	}

	#end(why) {
		this.#worker?.terminate()
		this.#worker = undefined
		for (const { fail } of this.#waiting.values()) fail(why)
		this.#waiting.clear()
	}

	// clear ends the worker and begins another, which knows of nothing yet.
	clear() {
		this.#end(new Error('cleared'))
		this.#start()
	}
}
