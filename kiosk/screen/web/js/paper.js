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
		say: [{ key: 'preview.title' }, { key: 'preview.lead' }],
	}
}

function confirm(page) {
	const { words, tell } = page
	const fee = tell.fee ?? 0
	return {
		key: 'confirm', stage: 6, title: words.text('confirm.title'), lead: words.text('confirm.lead'),
		body: [facts(page, sum(page, tell.choice, fee)), h('p', { class: 'note' }, words.text('confirm.after'))],
		back: () => page.go({ seen: false }),
		primary: { name: 'yes', words: fee > 0 ? words.text('confirm.pay', { sum: yen(page, fee) }) : words.text('confirm.print'), go: () => page.act('yes') },
		say: [{ key: 'confirm.title' }, ...spoken(page, tell.choice, fee), { key: 'confirm.after' }],
	}
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
