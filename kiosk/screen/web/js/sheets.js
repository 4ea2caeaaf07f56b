// Sheets over the screen: language, help, "do you want to stop", "are you still
// there". One at a time; closing one leaves the screen as it was.
import { h } from './dom.js'
import { sign } from './art.js'
import { pager } from './pager.js'

// sheet opens a sheet and calls closed with what was chosen, or with null.
export function sheet(page, key, values, children, closed = () => {}) {
	for (const other of document.querySelectorAll('dialog')) {
		other.close()
		other.remove()
	}
	const title = h('h2', { id: 'sheet-title', tabindex: -1, autofocus: true }, page.words.text(key + '.title', values))
	const d = h('dialog', { id: 'sheet-' + key, 'aria-labelledby': 'sheet-title' }, h('div', null, title, ...children))
	d.addEventListener('close', () => {
		d.remove()
		closed(d.returnValue || null)
		page.speech.stop()
	})
	document.getElementById('sheets').append(d)
	d.showModal()
	if (d.scrollHeight > d.clientHeight + 2) d.append(pager(page.words, d))
	title.focus()
	return d
}

// answer is a button that closes its sheet with a value.
export const answer = (value, kind, ...children) => h('button', {
	type: 'button', class: 'button ' + kind, 'data-answer': value, onclick: e => e.currentTarget.closest('dialog').close(value),
}, ...children)

export function languages(page) {
	const list = page.words.languages.map(l => h('button', {
		type: 'button', class: 'choice', lang: page.words.tag(l), 'data-language': l, 'aria-pressed': String(l === page.words.language),
		onclick: e => { e.currentTarget.closest('dialog').close(); page.speak(l) },
	}, h('span', null, page.words.own(l, 'language.name'))))
	sheet(page, 'languages', {}, [h('div', { class: 'choices two' }, list), answer('', '', page.words.text('close'))])
	page.speech.say('languages', [{ key: 'languages.title' }])
}

export function help(page) {
	const t = k => page.words.text(k, { phone: page.phone })
	const offer = page.offer()
	const pin = page.tell.screen?.startsWith('pin')
	const phones = [h('div', { class: 'card' }, h('h2', null, t('help.centre')), h('p', { class: 'phone' }, page.phone || t('help.nophone')))]
	if (offer?.phone) {
		phones.push(h('div', { class: 'card' }, h('h2', null, page.words.name(offer)[0]), h('p', { class: 'phone' }, offer.phone)))
	}
	sheet(page, 'help', {}, [
		h('p', null, t('help.lead')), h('div', { class: 'beside' }, phones), h('p', null, t('help.staff')), pin && h('p', { class: 'note' }, t('help.pin')), h('p', null, t('help.keys')), !page.speech.silent && h('p', { class: 'note' }, t('help.voice')),
		h('div', { class: 'row' }, slower(page), answer('', 'primary', t('close'))),
	])
	page.speech.say('help', ['help.title', 'help.lead', 'help.staff', ...pin ? ['help.pin'] : [], 'help.keys'].map(key => ({ key })))
}

// slower gives a resident who needs it three times as long, or takes it back.
function slower(page) {
	const words = () => page.words.text(page.idle.slow ? 'help.quick' : 'help.slow')
	const b = h('button', { type: 'button', class: 'button', 'data-do': 'slow', onclick: () => {
		page.idle.slower(!page.idle.slow)
		b.textContent = words()
	} }, words())
	return b
}

export function cancel(page, then) {
	const t = k => page.words.text(k)
	sheet(page, 'stop', {}, [
		h('p', null, t('stop.lead')),
		h('div', { class: 'row' }, answer('', '', t('stop.no')), answer('yes', 'primary', t('stop.yes'))),
	], v => v && then())
	page.speech.say('stop', [{ key: 'stop.title' }, { key: 'stop.lead' }])
}

// ending tells that the time is nearly over which cannot be prolonged, why, and
// that nothing is lost.
export function ending(page, minutes) {
	sheet(page, 'ending', {}, [h('p', null, page.words.text('ending.lead', { n: minutes })), answer('', 'primary', page.words.text('ending.go'))])
	page.speech.say('ending', [{ key: 'ending.title' }, { key: 'ending.lead', values: { n: minutes } }])
}

// idle asks whether somebody is still there; any answer is a sign that they are.
export function idle(page, seconds, stay) {
	page.speech.signal('idle')
	const d = sheet(page, 'idle', {}, [
		h('p', null, page.words.text('idle.lead', { seconds })),
		answer('stay', 'primary', sign('person'), page.words.text('idle.stay')),
	], v => v !== 'gone' && stay())
	page.speech.say('idle', [{ key: 'idle.title' }, { key: 'idle.lead', values: { seconds } }])
	return d
}
