// The certificate before it is paid for: seen, hidden, confirmed, paid.
import { h } from './dom.js'
import { picture, sign } from './art.js'

// kinds are the kinds of certificate by their number (verifier/credential).
export const kinds = { 1: 'domestic', 2: 'overseas' }

// yen gives an amount in the language shown.
export const yen = (page, n) => page.words.text('yen', { n: n.toLocaleString('en') })

// sum gives what is chosen as facts: what, where, how many, how much.
export function sum(page, choice, fee) {
	const t = (k, v) => page.words.text(k, v)
	const offer = page.offer()
	const each = choice.copies > 0 ? fee / choice.copies : 0
	return [
		['fact.kind', t('kind.' + kinds[choice.kind])],
		['fact.place', offer ? page.words.name(offer)[0] : choice.municipality],
		['fact.copies', t('copies.n', { n: choice.copies })],
		['fact.fee', fee > 0 ? t('fact.fee.sum', { each: yen(page, each), n: choice.copies, sum: yen(page, fee) }) : t('fact.free')],
	]
}

const facts = (page, rows) => h('dl', { class: 'facts' }, rows.map(([k, v]) => h('div', null, h('dt', null, page.words.text(k)), h('dd', null, v))))

// spoken gives the same facts as pieces.
const spoken = (page, choice, fee) => {
	const offer = page.offer()
	return [
		{ key: 'kind.' + kinds[choice.kind] },
		{ key: 'municipality.' + choice.municipality, text: offer ? page.words.name(offer)[0] : choice.municipality },
		{ key: 'copies.n', values: { n: choice.copies } },
		fee > 0 ? { key: 'yen', values: { n: fee.toLocaleString('en') } } : { key: 'fact.free' },
	]
}

// preview shows the pages, then asks whether all is right, before money moves.
export function preview(page) {
	if (page.local.right !== undefined) return reprint(page)
	return page.local.seen ? confirm(page) : look(page)
}

function look(page) {
	const { words, tell, local } = page
	const t = k => words.text(k)
	const images = () => tell.pages.map((b, i) => h('img', { src: URL.createObjectURL(png(b)), alt: words.text('preview.page', { n: i + 1, m: tell.pages.length }), onload: () => page.frame.fit() }))
	return {
		key: 'preview', stage: 6, title: t('preview.title'), lead: t('preview.lead'),
		body: [
			h('div', { class: 'row' },
				h('button', { type: 'button', class: 'button', 'data-do': 'hide', 'aria-pressed': String(Boolean(local.hidden)), onclick: () => page.go({ hidden: !local.hidden }) },
					sign(local.hidden ? 'show' : 'hide'), t(local.hidden ? 'preview.show' : 'preview.hide')),
				h('button', { type: 'button', class: 'button', 'data-do': 'near', disabled: local.hidden, 'aria-pressed': String(Boolean(local.near)), onclick: () => page.go({ near: !local.near }) },
					sign('size'), t(local.near ? 'preview.whole' : 'preview.near'))),
			local.hidden ? h('p', { class: 'curtain' }, t('preview.hidden')) : h('div', { class: local.near ? 'pages near' : 'pages' }, images()),
		],
		back: () => page.act('back'),
		primary: { name: 'on', words: t('preview.right'), go: () => page.go({ seen: true }) },
		say: [{ key: 'preview.title' }, { key: 'preview.lead' }, ...page.aside && tell.aloud && !page.plug ? [{ key: 'preview.listen' }] : []],
		aloud: tell.aloud,
	}
}

function confirm(page) {
	const { words, tell } = page
	const fee = tell.fee ?? 0
	return {
		key: 'confirm', stage: 6, title: words.text('confirm.title'), lead: words.text('confirm.lead'),
		body: [facts(page, sum(page, tell.choice, fee)), h('p', { class: 'note' }, words.text('confirm.after'))],
		back: () => page.go({ seen: false }),
		also: fee > 0 ? [{ name: 'right', words: words.text('right.use'), go: () => page.go({ right: '' }) }] : [],
		primary: { name: 'yes', words: fee > 0 ? words.text('confirm.pay', { sum: yen(page, fee) }) : words.text('confirm.print'), go: () => page.act('yes') },
		say: [{ key: 'confirm.title' }, ...spoken(page, tell.choice, fee), { key: 'confirm.lead' }, { key: 'confirm.after' }],
	}
}

// rightLength is the number of digits of a reprint number.
const rightLength = 16

// reprint takes the number of a receipt, digit by digit: it is no secret, and
// is shown as it is typed.
function reprint(page) {
	const { words, local } = page
	const t = k => words.text(k)
	const whole = local.right.length === rightLength
	const type = d => page.go({ right: (local.right + d).slice(0, rightLength) })
	const erase = () => page.go({ right: local.right.slice(0, -1) })
	return {
		key: 'right', stage: 6, title: t('right.title'), lead: t('right.lead'),
		body: [h('p', { class: 'typed' }, grouped(local.right) || '\u00a0')],
		side: digits(page, type, erase),
		back: () => page.go({ right: undefined }),
		primary: { name: 'yes', words: t('right.go'), off: !whole, go: () => page.act('yes', { right: local.right }) },
		keys: k => /^\d$/.test(k) ? (type(k), true) : k === 'Backspace' && local.right ? (erase(), true) : false,
		say: local.right ? [{ key: 'pin.count', values: { n: local.right.length } }] : [{ key: 'right.title' }, { key: 'right.lead' }],
	}
}

// refundAway is how long a number that nobody goes on with stays on the first
// screen, in milliseconds: it is worth its money to whoever reads it.
const refundAway = 60_000

// refund takes a number for its money, before any session.
export function refund(page) {
	const { words, local } = page
	const t = k => words.text(k)
	const type = d => page.go({ refund: (local.refund + d).slice(0, rightLength) })
	const erase = () => page.go({ refund: local.refund.slice(0, -1) })
	clearTimeout(page.away)
	page.away = setTimeout(() => page.tell.screen === 'start' && page.local.refund !== undefined && page.show({ screen: 'start' }), refundAway)
	return {
		key: 'refund', stage: 0, title: t('right.title'), lead: t('refund.lead'),
		body: [h('p', { class: 'typed' }, grouped(local.refund) || '\u00a0')],
		side: digits(page, type, erase),
		back: () => page.go({ refund: undefined }),
		primary: { name: 'refund', words: t('refund.go'), off: local.refund.length < rightLength, go: () => page.refund(local.refund) },
		keys: k => /^\d$/.test(k) ? (type(k), true) : k === 'Backspace' && local.refund ? (erase(), true) : false,
		say: local.refund ? [{ key: 'pin.count', values: { n: local.refund.length } }] : [{ key: 'right.title' }, { key: 'refund.lead' }],
	}
}

// digits is the pad for a number that is no secret.
function digits(page, type, erase) {
	const key = (label, go, kind, name) => h('button', { type: 'button', class: kind, 'data-key': name, tabindex: name ? null : -1, onclick: go }, label)
	return h('div', { class: 'side' }, h('div', { class: 'keys' }, [1, 2, 3, 4, 5, 6, 7, 8, 9].map(d => key(String(d), () => type(d))),
		key(page.words.text('pin.erase'), erase, 'word', 'erase'), key('0', () => type(0))))
}

// refunded says where the money is.
export function refunded(page, done) {
	const { words, tell } = page
	const key = tell.slip ? 'slip' : 'refunded'
	const values = { sum: yen(page, tell.amount) }
	return {
		key, stage: 0, art: picture('coins'), title: words.text(key + '.title', values), lead: words.text(key + '.lead', values), primary: done,
		say: [{ key: key + '.title', values: { sum: tell.amount } }, { key: key + '.lead', values: { sum: tell.amount } }],
	}
}

const grouped = s => s.replace(/\d{4}(?=\d)/g, '$& ')

// settled gives what stands beside the end of a request: what was charged, and
// the right to print it once more.
export function settled(page) {
	const { words, tell } = page
	const parts = []
	if (tell.charged > 0) parts.push(h('p', { class: 'note' }, words.text('charged', { sum: yen(page, tell.charged) })))
	if (tell.right) {
		const date = tell.expires && new Intl.DateTimeFormat(words.tag(), { dateStyle: 'long', timeZone: 'Asia/Tokyo' }).format(tell.expires * 1000)
		parts.push(h('div', { class: 'card' }, h('h2', null, words.text('right.given')), h('p', { class: 'phone' }, grouped(tell.right)),
			date && h('p', null, words.text('right.until', { date })), h('p', null, words.text('right.note'))))
	}
	return parts
}

export function pay(page) {
	const { words, tell } = page
	const fee = tell.fee ?? 0
	return {
		key: 'pay', stage: 7, art: picture('coins'), title: words.text('pay.title'), lead: words.text('pay.lead'),
		body: [h('p', { class: 'money' }, yen(page, fee)), tell.choice && facts(page, sum(page, tell.choice, fee).slice(0, 3))],
		say: [{ key: 'pay.title' }, { key: 'yen', values: { n: fee.toLocaleString('en') } }, { key: 'pay.lead' }],
	}
}

// png gives a page's picture, which is base64 in JSON, as an object that can
// be let go of.
function png(b) {
	const s = atob(b)
	const bytes = new Uint8Array(s.length)
	for (let i = 0; i < s.length; i++) bytes[i] = s.charCodeAt(i)
	return new Blob([bytes], { type: 'image/png' })
}
