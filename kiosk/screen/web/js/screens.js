// One function a screen: from what the worker told to what stands there. Words
// come from the catalogue; "say" names what is spoken of them.
import { h } from './dom.js'
import { picture, sign } from './art.js'
import { keys } from './link.js'
import { choose } from './choose.js'
import { preview, pay, settled, refund, refunded } from './paper.js'

const pinLength = 4

// pinKey passes on a key of the PIN screen; true if it is one.
export function pinKey(link, key) {
	if (/^\d$/.test(key)) link.key(key.charCodeAt(0))
	else if (key === 'Backspace') link.key(keys.back)
	else if (key === 'Enter' && !document.activeElement?.matches('button')) link.key(keys.enter)
	else return false
	return true
}

// plain is a screen that is its title, its lead and a picture.
function plain(page, key, stage, art, values = {}, more = {}) {
	const { words } = page
	return {
		key, stage, art: art && picture(art), title: words.text(key + '.title', values), lead: words.text(key + '.lead', values),
		say: [{ key: key + '.title', values }, { key: key + '.lead', values }], ...more,
	}
}

const yes = (page, key, what = 'yes') => ({ name: what, words: page.words.text(key), go: () => page.act(what) })

function start(page) {
	const { words } = page
	if (page.local.refund !== undefined) return refund(page)
	const first = ['ja', 'ja-easy', 'en'].filter(l => words.languages.includes(l))
	const rest = words.languages.filter(l => !first.includes(l))
	const choice = l => h('button', { type: 'button', class: 'choice begin', lang: words.tag(l), 'data-language': l, onclick: () => page.begin(l) },
		h('span', null, h('b', null, words.own(l, 'language.name')), h('small', null, words.own(l, 'start.go'))), sign('next'))
	return plain(page, 'start', 0, null, {}, {
		also: [{ name: 'refund', words: words.text('refund.use'), go: () => page.go({ refund: '' }) }],
		side: h('div', { class: 'side choices' }, first.map(choice), h('div', { class: 'choices two' }, rest.map(l =>
			h('button', { type: 'button', class: 'choice', lang: words.tag(l), 'data-language': l, onclick: () => page.begin(l) }, h('span', null, words.own(l, 'language.name')))))),
		body: [
			...page.tell.notices?.length ? [h('div', { class: 'card', id: 'notices' }, h('h2', null, words.text('start.notices')), page.tell.notices.map(n => h('p', null, words.local(n))))] : [],
			h('div', { class: 'card' }, h('h2', null, words.text('start.need')), ...['card', 'pin', 'fee'].map(k => h('p', { class: 'need' }, sign(k), h('span', null, words.text('start.need.' + k))))),
			...page.notes.map(n => h('p', { class: 'note warn', 'data-note': n }, words.text('start.note.' + n))),
			h('p', { class: 'note' }, words.text('start.nothing')),
		],
		say: [...['start.title', 'start.lead', 'start.keys'].map(key => ({ key })), { key: 'start.keys', language: 'en' }, ...page.notes.map(n => ({ key: 'start.note.' + n })), ...(page.tell.notices ?? []).map(n => ({ key: 'notice', text: words.local(n) })),
			...['start.need', 'start.need.card', 'start.need.pin', 'start.need.fee'].map(key => ({ key }))],
	})
}

// consent has two parts: what for and by which law, then the terms. Both are
// seen before anything can be agreed to.
function consent(page) {
	const { words } = page
	const t = (k, v) => words.text(k, v)
	const part = (key, ...names) => h('div', { class: 'card' }, h('h2', null, t(key)), ...names.map(n => h('p', null, t(n))))
	if (!page.local.terms) {
		return plain(page, 'purpose', 1, null, {}, {
			body: [h('div', { class: 'choices wide' }, part('purpose.who', 'purpose.oneself', 'purpose.representative'),
				...['use', 'law', 'gone'].map(n => part('purpose.' + n, 'purpose.' + n + '.text')))],
			back: () => { page.leaving = true; page.link.act('cancel') },
			primary: { name: 'on', words: t('next'), go: () => page.go({ terms: true }) },
			say: ['purpose.title', 'purpose.lead', 'purpose.who', 'purpose.oneself', 'purpose.representative', 'purpose.use.text', 'purpose.law.text', 'purpose.gone.text'].map(key => ({ key })),
		})
	}
	const clauses = [] // as many as the release has
	while (words.has('terms.' + (clauses.length + 1))) clauses.push('terms.' + (clauses.length + 1))
	return plain(page, 'terms', 1, null, { version: page.tell.terms }, {
		body: [h('ol', { class: 'card' }, clauses.map((key, i) => h('li', null, (i + 1) + '. ' + t(key))))],
		back: () => page.go({ terms: false }),
		primary: yes(page, 'terms.agree'),
		say: [{ key: 'terms.title' }, { key: 'terms.lead', values: { version: page.tell.terms } }, ...clauses.map(key => ({ key })), { key: 'terms.agree' }],
	})
}

function pin(page) {
	const { words, tell } = page
	const t = (k, v) => words.text(k, v)
	const n = tell.entered ?? 0
	// A press must leave no trace of which key it was: no focus, no active mark
	// that stays. The digit goes from the listener to the socket.
	const key = (label, code, kind, name) => h('button', {
		type: 'button', class: kind, tabindex: code >= 0x30 ? -1 : null, 'data-key': name, disabled: code === keys.enter && n < pinLength,
		onpointerdown: e => e.preventDefault(), onclick: () => page.link.key(code),
	}, label)
	const digits = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(d => key(String(d), 0x30 + d))
	const dots = h('div', { class: 'dots', role: 'img', 'aria-label': t('pin.count', { n }) }, Array.from({ length: pinLength }, (_, i) => h('i', { class: i < n ? 'in' : null })))
	return plain(page, 'pin', 3, null, {}, {
		body: [
			tell.tries > 0 && h('p', { class: tell.tries === 1 ? 'note warn' : 'note' }, t('pin.tries', { n: tell.tries })),
			h('p', { class: 'note' }, t('pin.which')),
		],
		side: h('div', { class: 'side' }, dots, h('div', { class: 'keys' }, digits,
			key(t('pin.erase'), keys.back, 'word', 'erase'), key('0', 0x30), key(t('pin.enter'), keys.enter, 'word enter', 'enter'))),
		back: () => page.act('back'),
		say: [{ key: 'pin.title' }, { key: 'pin.lead' }, ...tell.tries > 0 ? [{ key: 'pin.tries', values: { n: tell.tries } }] : [], { key: 'pin.which' }, { key: 'pin.keys' }],
	})
}

// working shows how far the centre is: the worker says so by its steps.
function working(page) {
	const { words, tell } = page
	const first = page.first ??= {}
	if (tell.step < (first.step ?? Infinity)) first.step = tell.step
	const at = tell.step - first.step
	const rows = ['ask', 'record', 'look'].map((k, i) => h('li', { class: i < at ? 'past' : i === at ? 'now' : null },
		sign(i < at ? 'done' : i === at ? 'now' : 'later'), h('span', null, words.text('working.' + k) + (i < at ? words.text('working.done') : ''))))
	return plain(page, 'working', 6, 'centre', {}, { body: [h('ul', { class: 'progress' }, rows)], say: at ? [{ key: 'working.' + ['ask', 'record', 'look'][at] }] : [{ key: 'working.title' }, { key: 'working.lead' }] })
}

// calling is a screen that calls the resident back to a card or a paper; the
// call can be stopped without anything else happening.
function calling(page, key, stage, art, more) {
	const quiet = page.local.quiet
	return plain(page, key, stage, art, {}, {
		call: !quiet,
		also: quiet ? [] : [{ name: 'quiet', words: page.words.text('quiet'), go: () => page.go({ quiet: true }) }],
		...more,
	})
}

// further says the rest of a screen of trouble. A number that is as good as
// money is for a headset only.
const further = ({ words, tell }, phone) => [
	...tell.opens > 0 ? [{ key: 'trouble.opens', values: { time: words.moment(tell.opens) } }] : [],
	...tell.retry_after > 0 ? [{ key: 'trouble.wait', values: { n: Math.ceil(tell.retry_after / 60) } }] : [],
	...phone ? [{ key: 'trouble.phone', values: { phone } }] : [],
	...tell.right ? [{ key: 'right.given' }, { key: 'trouble.code', values: { code: tell.right }, private: true }, { key: 'right.note' }] : [],
]

// trouble says what happened, why, and what to do next; code and telephone
// number are for whoever helps.
function trouble(page, key, more) {
	const { words, tell } = page
	const w = words.of(tell.texts) ?? { what: words.text('lost.title'), why: words.text('lost.why'), next: words.text('lost.next') }
	const phone = tell.phone || page.phone
	const at = 'code.' + (tell.code > 0 ? tell.code : 'lost')
	return {
		key, stage: 0, bad: true, title: w.what,
		body: [
			h('div', { class: 'reasons' },
				...settled(page), // first: a number to keep must not be a page further down
				h('div', { class: 'card' }, h('h2', null, words.text('trouble.why')), h('p', null, w.why)),
				h('div', { class: 'card next' }, h('h2', null, words.text('trouble.next')), h('p', null, w.next),
					tell.opens > 0 && h('p', { id: 'opens' }, words.text('trouble.opens', { time: words.moment(tell.opens) })),
					tell.retry_after > 0 && h('p', null, words.text('trouble.wait', { n: Math.ceil(tell.retry_after / 60) })),
					phone && h('p', { class: 'phone' }, words.text('trouble.phone', { phone })))),
			h('p', { class: 'code' }, tell.code > 0 ? words.text('trouble.code', { code: tell.code }) : words.text('trouble.lost')),
		],
		say: [{ key: at + '.what', text: w.what }, { key: at + '.why', text: w.why }, { key: at + '.next', text: w.next }, ...further(page, phone)],
		...more,
	}
}

// stages of a refusal: before the choice it is the card's, after it the choice's.
const retry = page => page.tell.step > 9 ? 'trouble.choose' : 'trouble.again'

function end(page) {
	const done = { name: 'done', words: page.words.text('end.done'), go: () => page.leave() }
	if (page.tell.code !== 0 && page.tell.code !== undefined) {
		const back = { name: 'refund', words: page.words.text('refund.go'), go: () => page.refund(page.tell.right) }
		return trouble(page, 'end', { primary: done, also: page.tell.right ? [back] : [] })
	}
	return plain(page, 'thanks', 0, 'thanks', {}, { primary: done, body: settled(page) })
}

export const screens = {
	start,
	starting: page => plain(page, 'starting', 0, 'centre'),
	refunding: page => plain(page, 'refunding', 0, 'coins'),
	refunded: page => refunded(page, { name: 'done', words: page.words.text('end.done'), go: () => page.leave() }),
	closed: page => trouble(page, 'closed', {}),
	consent,
	'insert-card': page => plain(page, 'insert', 2, 'place', {}, { back: () => page.act('back') }),
	checking: page => plain(page, 'checking', 2, 'keep'),
	'pin-last': page => plain(page, 'last', 3, 'lock', {}, { bad: true, back: () => page.act('back'), primary: yes(page, 'last.go'), body: [h('p', { class: 'note' }, page.words.text('last.counter'))] }),
	pin,
	'pin-again': page => trouble(page, 'again', {
		stage: 3, primary: yes(page, 'again.go', 'again'),
		say: [{ key: 'code.601.what', text: page.words.of(page.tell.texts)?.what }, { key: 'pin.tries', values: { n: page.tell.tries } }, { key: 'code.601.next', text: page.words.of(page.tell.texts)?.next }],
		lead: page.words.text('pin.tries', { n: page.tell.tries }),
	}),
	reading: page => plain(page, 'reading', 4, 'keep'),
	'take-card': page => calling(page, 'takecard', 4, 'take'),
	choose,
	working,
	preview,
	pay,
	printing: page => plain(page, 'printing', 8, 'print'),
	'take-paper': page => calling(page, 'takepaper', 8, 'tray', { body: settled(page), primary: yes(page, 'takepaper.done') }),
	trouble: page => trouble(page, 'trouble', {
		stage: page.tell.step > 9 ? 5 : 2,
		also: [{ name: 'finish', words: page.words.text('trouble.finish'), go: () => page.act('finish') }],
		primary: page.tell.again ? yes(page, retry(page), 'again') : null,
	}),
	end,
}

