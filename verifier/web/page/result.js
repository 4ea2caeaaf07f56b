// The answer on the screen: what was signed, large; what was checked and what
// was not. Texts of others are only ever set as text.
import { t, other, language } from './texts.js'

// el makes an element; children are elements and texts.
export function el(name, attributes = {}, ...children) {
	const e = document.createElement(name)
	for (const [k, v] of Object.entries(attributes)) if (v !== undefined) e.setAttribute(k, v)
	e.append(...children.filter(c => c !== undefined && c !== ''))
	return e
}

const shapes = { // a disc with a tick, an octagon with a cross: told apart without colour
	valid: 'M48 4a44 44 0 1 0 .1 0zM26 50l16 16 30-34',
	refused: 'M30 4h36l26 26v36L66 92H30L4 66V30zM32 32l32 32m0-32L32 64',
}

function shape(kind) {
	const space = 'http://www.w3.org/2000/svg'
	const svg = document.createElementNS(space, 'svg')
	svg.setAttribute('viewBox', '0 0 96 96')
	svg.setAttribute('aria-hidden', 'true')
	const path = document.createElementNS(space, 'path')
	for (const [k, v] of Object.entries({ d: shapes[kind], fill: 'none', stroke: '#fff', 'stroke-width': 8, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' })) path.setAttribute(k, v)
	svg.append(path)
	return svg
}

const pairs = (...rows) => el('dl', {}, ...rows.filter(r => r[1]).flatMap(([k, v, c]) => [el('dt', {}, k), el('dd', c ? { class: c } : {}, v)]))

// date writes a date as the paper does; part of one stays as it is.
function date(iso) {
	if (language() === 'ja' && /^\d{4}-\d\d-\d\d$/.test(iso)) {
		const [y, m, d] = iso.split('-').map(Number)
		return el('span', {}, `${y}年${m}月${d}日 `, el('small', {}, iso))
	}
	return iso
}

export const moment = iso => iso && new Date(iso).toLocaleString(language() === 'ja' ? 'ja-JP' : 'en-GB', { dateStyle: 'medium', timeStyle: 'short' })
const names = (ja, en) => language() === 'ja' ? ja || en : en || ja

function banner(kind, line) {
	return el('div', { class: 'verdict' }, shape(kind), el('div', {},
		el('h2', { tabindex: '-1' }, t(kind), ' ', el('span', { lang: language() === 'ja' ? 'en' : 'ja' }, other(kind))), el('p', {}, line)))
}

// refused shows the rule in both languages, and nothing of what was read.
function refused(a) {
	const sentences = [['ja', a.ja], ['en', a.en]]
	if (language() === 'en') sentences.reverse()
	return [banner('refused', t('refused-line')),
		el('div', { class: 'card why' }, el('h3', {}, t('why')), ...sentences.map(([lang, text]) => el('p', { lang }, text)),
			pairs([t('rule'), el('code', {}, a.code)], [t('at'), moment(a.at)]))]
}

function dose(d, abroad) {
	const what = d.product || d.meaning || `${d.system} ${d.vaccine}`
	return el('tr', {}, el('td', {}, String(d.number)), el('td', {}, d.date),
		el('td', {}, what, d.lot ? el('small', {}, `${t('lot')} ${d.lot}`) : '', d.subpotent ? el('small', {}, t('subpotent')) : ''),
		abroad ? el('td', {}, d.country ?? '') : '')
}

function doses(c) {
	const abroad = c.doses.some(d => d.country)
	const head = ['number', 'date', 'product', ...(abroad ? ['country'] : [])].map(k => el('th', { scope: 'col' }, t(k)))
	return el('table', {}, el('caption', {}, `${t('doses')} – ${c.format}`), el('thead', {}, el('tr', {}, ...head)), el('tbody', {}, ...c.doses.map(d => dose(d, abroad))))
}

function certificate(c) {
	const name = names(c.issuer_ja, c.issuer_en)
	return el('div', { class: 'card' }, doses(c), pairs(
		[t('issuer'), name ? `${name} (${c.issuer})` : c.issuer], [t('id'), c.id], [t('issued'), moment(c.not_before)],
		[t('expires'), c.format === 'VDS-NC' ? '' : moment(c.expires) ?? t('never')], [t('key'), el('code', {}, c.key)]))
}

// who gives each person that the codes name once: a paper for travel has the
// name in kanji in one code and in Roman letters in the other.
function who(all) {
	const rows = [], seen = new Set()
	const add = (label, value, style, write = v => v) => {
		const same = label + value?.replace(/\s+/g, ' ')
		if (value && !seen.has(same)) rows.push([label, write(value), style])
		seen.add(same)
	}
	for (const c of all) add(t('name'), c.name)
	for (const c of all) add(t('birth'), c.birth, undefined, date)
	for (const c of all) add(t('passport'), c.passport, 'second')
	return el('div', { class: 'card who' }, pairs(...rows))
}

// papers shows the codes of one paper together, and each credential of a file by
// itself: nobody has said that those are of one person.
function papers(all, from) {
	const groups = from === 'text' ? all.map(c => [c]) : [all]
	return groups.flatMap(g => [who(g), ...g.map(certificate)])
}

function checked(a, from) {
	const item = (key, not, values) => el('li', not ? { class: 'not' } : {}, t(key, values))
	return el('div', { class: 'card' }, el('h3', {}, t('checked')), el('ul', { class: 'checked' },
		item('checked-code'),
		a.certificates.length > 1 && from !== 'text' ? item('checked-two') : '',
		...(a.pdf ? [item('checked-pdf', false, { signer: a.pdf.signer, time: moment(a.pdf.signed_at) }), item('checked-paper')] : []),
		from === 'text' || a.pdf ? '' : item('not-paper', true), item('not-person', true)), pairs([t('at'), moment(a.at)]))
}

// show fills the section. from is camera, picture, pdf or text; next and another
// are what its buttons do.
export function show(section, a, from, { next, another }) {
	section.className = a.valid ? 'valid' : 'refused'
	const line = a.pdf ? 'valid-pdf' : from === 'text' ? 'valid-text' : 'valid-code'
	const alone = a.valid && from === 'camera' && a.certificates.length === 1
	const buttons = el('div', { class: 'next' })
	if (alone) buttons.append(button('another', another, 'plain'))
	buttons.append(button('next', next))
	section.replaceChildren(...(a.valid
		? [banner('valid', t(line)), el('p', { class: 'hold' }, t('hold')), ...papers(a.certificates, from),
			checked(a, from), alone ? el('p', { class: 'hint' }, t('two-codes')) : '']
		: refused(a)).filter(Boolean), buttons)
}

function button(key, does, style) {
	const b = el('button', { type: 'button', id: key, class: style }, t(key))
	b.onclick = does
	return b
}
