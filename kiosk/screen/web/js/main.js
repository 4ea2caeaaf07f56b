// The page of the kiosk: from the start screen through one session to its end.
import { Words } from './words.js'
import { Link } from './link.js'
import { Speech } from './speech.js'
import { Player } from './player.js'
import { Idle } from './idle.js'
import { Left } from './left.js'
import { Frame } from './frame.js'
import { listen } from './keypad.js'
import * as sheets from './sheets.js'
import { screens, pinKey } from './screens.js'

// farewell is how long the end of a session stays, in milliseconds: who is told
// of a fault or given a number needs to read it.
const farewell = { thanks: 20_000, fault: 100_000 }
// waiting is the time between two looks at whether a session may begin.
const waiting = 5_000
// watching is the time between two looks at the headset's socket.
const watching = 500

class Page {
	constructor(catalogues, { voices, socket, aside }) {
		this.words = new Words(catalogues)
		this.speech = new Speech(this.words, new Player(l => this.names(l)))
		this.speech.voices = voices
		this.aside = Boolean(voices && aside) // a headset can be told what is private
		this.frame = new Frame(this)
		this.idle = new Idle((s, stay) => sheets.idle(this, s, stay), () => this.link?.act('stay'))
		this.left = new Left(this.words, n => sheets.ending(this, n))
		this.phone = ''
		this.notices = '[]'
		this.notes = [] // what does not work here though sessions may begin
		this.local = {} // what the resident is doing on this screen; gone with it
		this.chosen = {} // what was chosen last, for going back to it
		this.show({ screen: 'start' })
		this.look()
		this.plug = false // whether a headset is plugged in
		if (socket) this.plugged()
	}

	// plugged watches the headset's socket. One that is put in hears where the
	// resident is; one that is pulled out ends what is said, which may be private.
	// That nobody else hears it does not hang on how soon that is seen (aside.js).
	async plugged() {
		const { headset } = await get('/audio.json').catch(() => ({}))
		if (Boolean(headset) !== this.plug) {
			this.speech.stop()
			this.plug = Boolean(headset)
			this.speech.headset = this.plug && this.aside
			if (headset) this.speech.repeat()
		}
		setTimeout(() => this.plugged(), watching)
	}

	// look asks whether a session may begin, as long as none does.
	async look() {
		if (this.link) return
		const s = await get('/state.json').catch(() => null)
		if (this.link || this.tell.screen !== 'start' && this.tell.screen !== 'closed') return
		// Another release than the one that this page was loaded with: nobody has
		// begun, so it is loaded again.
		if (s && s.release !== this.words.release) return location.replace('/')
		this.phone = s?.phone ?? this.phone
		const want = s?.code === 0 ? 'start' : 'closed'
		const notices = JSON.stringify(s?.notices ?? [])
		const notes = s?.notes ?? []
		const news = notices !== this.notices || notes.join() !== this.notes.join()
		this.notices = notices
		this.notes = notes
		if (want === 'closed' && (this.tell.screen !== want || this.tell.code !== s?.code || this.tell.opens !== s?.opens)) {
			this.show({ screen: 'closed', code: s?.code, texts: s?.texts, opens: s?.opens })
		}
		if (want === 'start' && (this.tell.screen !== want || news)) this.show({ screen: want, notices: s?.notices })
		this.timer = setTimeout(() => this.look(), waiting)
	}

	// begin starts a session in a language.
	async begin(language) {
		clearTimeout(this.timer)
		this.words.language = language
		this.show({ screen: 'starting' })
		const s = await fetch('/session?release=' + this.words.release, { method: 'POST' }).then(r => r.json()).catch(() => ({ code: -1 }))
		if (s.words) this.words.take(s.words) // the session began under another release than this page
		if (!s.address) return this.over({ screen: 'end', code: s.code || -1, texts: s.texts, retry_after: s.retry_after })
		this.link = new Link(s.address, s.token, t => this.hear(t), () => this.gone())
	}

	// hear takes one screen of the worker. One with the present number only
	// counts the digits of the PIN.
	hear(t) {
		if (t.screen === 'end') return this.over(t)
		if (t.id === this.tell.id) return this.count(t.entered ?? 0)
		this.show(t)
		if (t.screen === 'pin') this.speech.prepare([0, 1, 2, 3, 4].map(n => [{ key: 'pin.count', values: { n } }]))
		this.idle.begin(t.ask ? t.wait : 0)
		this.left.begin(t.left ?? 0)
	}

	// refund gets the money of a number back. A number that could not be used
	// stays on the screen.
	async refund(number) {
		clearTimeout(this.timer)
		this.show({ screen: 'refunding' })
		const order = { method: 'POST', body: JSON.stringify({ right: number }) }
		const r = await fetch('/refund', order).then(r => r.json()).catch(() => ({ code: -1 }))
		this.over(r.code === 0 ? { ...r, screen: 'refunded' } : { screen: 'end', code: r.code, texts: r.texts, right: kept(r.code) ? number : '' })
	}

	// gone: the worker hung up without a last word.
	gone() {
		if (this.tell.screen !== 'end') this.over({ screen: 'end', code: -1 })
	}

	// over ends the session on this side too: nothing of it is kept.
	over(t) {
		this.idle.end()
		this.left.begin(0)
		document.querySelector('dialog[open]')?.close('gone')
		this.link?.socket.close()
		this.chosen = {}
		if (this.leaving) return this.leave()
		this.show(t)
		this.timer = setTimeout(() => this.leave(), t.code || t.right || t.amount ? farewell.fault : farewell.thanks)
	}

	// leave gives the kiosk back: a new page, for the next resident.
	leave() {
		clearTimeout(this.timer)
		fetch('/done', { method: 'POST' }).catch(() => {}).finally(() => location.replace('/'))
	}

	show(t) {
		document.querySelector('#sheet-idle, #sheet-ending')?.close('gone') // said about the screen before
		this.tell = t
		this.local = {}
		if (t.menu) this.menu = t.menu
		this.draw()
	}

	// draw shows the present screen; what the resident is doing there stays.
	// A worker of a later release may name one that this page does not have.
	draw() { this.frame.draw((screens[this.tell.screen] ?? screens.working)(this)) }

	// go changes what the resident is doing on this screen.
	go(more) {
		Object.assign(this.local, more)
		this.draw()
	}

	// count shows how many digits of the PIN the worker has.
	count(n) {
		this.tell.entered = n
		this.frame.count(n)
		this.speech.say('pin.count', [{ key: 'pin.count', values: { n } }])
	}

	act(what, more) {
		this.idle.end()
		this.link?.act(what, more)
	}

	// offer is the municipality that the resident has chosen, if any.
	offer() {
		const code = this.tell.choice?.municipality ?? this.local.offer?.code
		return this.menu?.find(o => o.code === code)
	}

	// names gives the menu's names with their readings: the only ones that may
	// be spelt.
	names(language) {
		const japanese = language.startsWith('ja')
		const all = (this.menu ?? []).flatMap(o => [o, ...o.wards ?? [], { name_ja: o.prefecture_ja, name_en: o.prefecture_en }])
		return Object.fromEntries(all.map(o => japanese ? [o.name_ja ?? '', o.kana ?? ''] : [o.name_en ?? '', '']))
	}

	speak(language) {
		this.words.language = language
		this.draw()
		this.left.draw()
	}

	louder() { this.speech.louder(); this.frame.tools() }
	help() { sheets.help(this) }
	touched() { this.speech.stop(); this.idle.touched() }

	// askCancel asks before it cancels, where cancelling still counts.
	askCancel() {
		if (this.tell.cancel) sheets.cancel(this, () => this.link.act('cancel'))
	}

	// goBack does what the button does, if there is one.
	goBack() { document.querySelector('#actions .back:not([disabled])')?.click() }

	get typing() { return this.tell.screen === 'pin' }

	// typed passes a key of the keypad on; the page does not look at it.
	typed(key) { return this.typing ? pinKey(this.link, key) : this.frame.view.keys?.(key) }
}

// kept says whether a number may still be good after a refund was refused.
const kept = code => !(code >= 711 && code <= 714)

const get = path => fetch(path).then(r => r.json())

const page = new Page(await get('/words.json'), await get('/audio.json').catch(() => ({})))
listen(page)
