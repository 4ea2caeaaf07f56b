// The worker: the Go verifier, PDFium and zxing in one thread that the page
// ends, with all that it holds, when a result is cleared.
import './wasm_exec.js'
import { instance } from './pdfium.js'
import { prepareZXingModule, readBarcodes } from './zxing/reader/index.js'

let pdf   // PDFium, compiled; the page gives it along with the first PDF
let begin // resolves with the compiled modules, which hold no data
const modules = new Promise(go => { begin = go })

globalThis.pdfium = () => instance(pdf)

async function start() {
	const { verify, zxing } = await modules
	const ready = new Promise(go => { globalThis.verifierReady = go })
	const go = new globalThis.Go()
	go.run(await WebAssembly.instantiate(verify, go.importObject))
	await ready
	const instantiateWasm = (imports, done) => {
		WebAssembly.instantiate(zxing, imports).then(i => done(i, zxing))
		return {}
	}
	await prepareZXingModule({ overrides: { instantiateWasm }, fireImmediately: true })
}
const started = start()

// codesIn reads every QR code of a picture: { codes, unread }. A text must be
// UTF-8, which all forms of certificates are.
async function codesIn(picture, thorough) {
	const found = await readBarcodes(picture, {
		formats: ['QRCode'], tryHarder: true, tryRotate: true, tryInvert: thorough, tryDownscale: thorough, maxNumberOfSymbols: 8, returnErrors: thorough,
	})
	const seen = { codes: [], unread: 0 }
	for (const one of found) {
		try {
			if (!one.isValid) throw new Error(one.error)
			const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(one.bytes)
			if (!seen.codes.includes(text)) seen.codes.push(text)
		} catch {
			seen.unread++
		}
	}
	return seen
}

const isPicture = bytes => bytes[0] === 0x89 && bytes[1] === 0x50 || bytes[0] === 0xff && bytes[1] === 0xd8

const answers = {
	async trust({ list, root, state, now }) { return JSON.parse(globalThis.verifier.trust(list, root, state, now)) },
	async frame({ picture }) { return codesIn(picture, false) },
	async codes({ seen, now }) { return JSON.parse(globalThis.verifier.codes(JSON.stringify(seen), now)) },
	async file({ name, bytes, picture, pdfium, now }) {
		pdf ??= pdfium
		let seen = { codes: [], unread: 0 }
		if (picture) seen = await codesIn(picture, true)
		if (picture && !isPicture(bytes)) return answers.codes({ seen, now }) // a form that only the browser reads
		return JSON.parse(globalThis.verifier.file(name, bytes, JSON.stringify(seen), now))
	},
}

self.onmessage = async ({ data: { id, ask, ...rest } }) => {
	if (ask === 'start') return begin(rest)
	try {
		await started
		self.postMessage({ id, answer: await answers[ask](rest) })
	} catch (e) {
		self.postMessage({ id, failed: String(e?.message ?? e) })
	}
}
