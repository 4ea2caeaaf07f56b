// The page: one thing is shown at a time, and what was read is gone when it
// ends, is left, or stands unused for idleAfter.
import { Verifier } from './verifier.js'
import { Camera, picture } from './read.js'
import { load } from './trust.js'
import { el, moment, show } from './result.js'
import { t, change, language } from './texts.js'

const idleAfter = 120_000, warnBefore = 20_000 // milliseconds
const listEvery = 6 * 3_600_000 // milliseconds: a page may stay open for weeks
const maxFile = 32 << 20 // bytes, as the verifier's own bound

const $ = id => document.getElementById(id)
const verifier = new Verifier()
let camera, earlier = [] // texts of the paper's codes so far
let shown                // what show() was called with, for another language
let trust = {}

function only(id) {
	for (const s of ['start', 'camera', 'busy', 'result']) $(s).hidden = s !== id
	if (id !== 'start') notice()
}

function notice(key) {
	$('notice').hidden = !key
	$('notice').textContent = key ? t(key) : ''
}

// finish forgets everything and shows the start.
function finish(key) {
	const held = shown || camera || earlier.length || !$('busy').hidden
	camera?.stop()
	camera = shown = undefined
	earlier = []
	$('result').replaceChildren()
	$('file').value = ''
	only('start')
	notice(key)
	if (held) {
		verifier.clear()
		$('by-camera').focus()
	}
}

function answered(a, from) {
	shown = [a, from]
	only('result')
	show($('result'), a, from, { next: () => finish(), another: () => readPaper() })
	$('result').querySelector('h2').focus()
	scrollTo(0, 0)
}

async function readPaper() {
	shown = undefined
	only('camera')
	$('camera').querySelector('h2').focus()
	const mine = camera = new Camera($('video'), verifier)
	let found
	try {
		found = await mine.codes()
	} catch {
		mine.stop()
		if (camera === mine) finish('no-camera')
		return
	}
	mine.stop()
	if (!found || camera !== mine) return
	camera = undefined
	earlier = [...new Set([...earlier, ...found])]
	await judge('camera', () => verifier.codes({ codes: earlier, unread: 0 }))
}

async function readFile(file) {
	if (file.size > maxFile) return finish('too-large')
	await judge('text', async () => {
		const bytes = new Uint8Array(await file.arrayBuffer())
		const seen = await picture(file)
		const a = await verifier.file(file.name, bytes, seen)
		return [a, seen ? 'picture' : a.pdf ? 'pdf' : 'text']
	})
}

async function judge(from, ask) {
	only('busy')
	try {
		const a = await ask()
		if ($('busy').hidden) return // left meanwhile
		if (!a) throw new Error('no answer')
		Array.isArray(a) ? answered(...a) : answered(a, from)
	} catch {
		if (!$('busy').hidden) finish('not-checked')
	}
}

function trustList() {
	const { trust: l, fault, offline } = trust
	const said = [fault && (language() === 'ja' ? fault.ja : fault.en), fault && l && t('trust-kept'), !fault && offline && l && t('trust-offline'),
		!l && !fault && t('trust-none'), l?.code && (language() === 'ja' ? l.ja : l.en), l && !l.code && l.ending && t('trust-ending')].filter(Boolean)
	$('trust-fault').hidden = said.length === 0
	$('trust-fault').textContent = said.join(' ')
	const rows = []
	if (l) {
		const age = Math.max(0, Math.floor((Date.now() - Date.parse(l.issued)) / 86_400_000))
		const issuers = (l.issuers ?? []).map(i => (language() === 'ja' ? i.ja : i.en) || i.id)
		rows.push(['trust-version', String(l.version)], ['trust-dates', t('trust-from-to', { from: moment(l.issued), to: moment(l.expires), age: String(age) })],
			['trust-issuers', [...new Set(issuers)].join(language() === 'ja' ? '、' : ', ')], ['trust-root', el('code', {}, 'sha256:' + l.root)])
	}
	$('trust-list').replaceChildren(...rows.flatMap(([k, v]) => [el('dt', {}, t(k)), el('dd', {}, v)]))
}

function texts() {
	document.documentElement.lang = language()
	document.title = t('title')
	for (const e of document.querySelectorAll('[data-text]')) e.textContent = t(e.dataset.text)
	$('language').textContent = t('other-language')
	$('language').lang = language() === 'ja' ? 'en' : 'ja'
	notice()
	trustList()
	offline()
	if (shown) answered(...shown)
}

let offlineReady = 'serviceWorker' in navigator ? 'offline-not' : 'offline-never'
function offline() { $('offline').textContent = t(offlineReady) }

let touched = Date.now()
function idle() {
	const left = touched + idleAfter - Date.now(), held = shown || camera
	$('idle').hidden = !held || left > warnBefore
	if (held && left <= 0) finish()
	$('clock').textContent = new Date().toLocaleString(language() === 'ja' ? 'ja-JP' : 'en-GB', { dateStyle: 'medium', timeStyle: 'medium' })
}

async function trusted() {
	trust = await load(verifier).catch(() => ({}))
	trustList()
	document.documentElement.dataset.ready = trust.trust ? 'yes' : 'no'
}

for (const event of ['pointerdown', 'keydown', 'scroll']) addEventListener(event, () => { touched = Date.now() }, { passive: true })
document.addEventListener('visibilitychange', () => { if (document.hidden && (shown || camera)) finish() })
addEventListener('pagehide', () => finish())
addEventListener('dragover', e => e.preventDefault())
addEventListener('drop', e => { e.preventDefault(); if (e.dataTransfer.files[0]) { earlier = []; readFile(e.dataTransfer.files[0]) } })
$('by-camera').onclick = () => readPaper()
$('by-file').onclick = () => $('file').click()
$('file').onchange = () => { touched = Date.now(); if ($('file').files[0]) readFile($('file').files[0]) }
$('stop').onclick = () => finish()
$('stay').onclick = () => { touched = Date.now(); idle() }
$('language').onclick = () => { change(); texts() }

texts()
setInterval(idle, 1000)
idle()
if ('serviceWorker' in navigator) {
	navigator.serviceWorker.register('sw.js').catch(() => { offlineReady = 'offline-never'; offline() })
	navigator.serviceWorker.ready.then(() => { offlineReady = 'offline-ready'; offline() })
}
await trusted()
setInterval(trusted, listEvery)
addEventListener('online', trusted)
