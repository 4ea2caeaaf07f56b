// Choosing a municipality, a kind and copies: pages of its own, one question
// each, going back without typing anything anew. Nothing is preselected.
import { h } from './dom.js'
import { picture, sign } from './art.js'
import { kinds, yen } from './paper.js'

// rows of the syllabary by their first letter, each with what it stands for.
const rows = ['あいうえお', 'かきくけこがぎぐげご', 'さしすせそざじずぜぞ', 'たちつてとだぢづでど', 'なにぬねの', 'はひふへほばびぶべぼぱぴぷぺぽ', 'まみむめも', 'やゆよ', 'らりるれろ', 'わをん']
const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']

export function choose(page) {
	const { tell, local } = page
	local.at ??= [tell.again ? 'more' : 'place']
	return ways[local.at.at(-1)](page)
}

const forth = (page, where, more = {}) => page.go({ ...more, at: [...page.local.at, where] })
const backTo = page => page.local.at.length > 1 ? () => page.go({ at: page.local.at.slice(0, -1), typed: '' }) : null

// places are what can be looked for: municipalities and the wards of designated
// cities, which lead to their city.
function places(page) {
	const all = []
	for (const o of page.tell.menu) {
		all.push({ offer: o, ...o })
		for (const w of o.wards ?? []) all.push({ offer: o, ward: w, ...w, prefecture_ja: o.prefecture_ja, prefecture_en: o.prefecture_en })
	}
	return all
}

// spelling is how a place is looked for: by its reading, or by its Latin name.
const spelling = (page, p) => page.words.japanese ? p.kana ?? '' : p.name_en.toUpperCase()

function view(page, key, stage, values, more) {
	const t = k => page.words.text(k, values)
	return { key, stage: 5, title: t(key + '.title'), lead: t(key + '.lead'), back: backTo(page), say: [{ key: key + '.title', values }, { key: key + '.lead', values }], ...more }
}

const choice = (words, small, go, mark = 'next', name = null) => h('button', { type: 'button', class: 'choice', 'data-do': name, onclick: go },
	h('span', null, h('b', null, words), small && h('small', null, small)), sign(mark))

const ways = {
	more: page => view(page, 'more', 5, {}, {
		art: picture('certificate'),
		also: [{ name: 'another', words: page.words.text('more.another'), go: () => forth(page, 'place') }],
		primary: { name: 'finish', words: page.words.text('more.finish'), go: () => page.act('finish') },
	}),

	place: page => {
		const t = k => page.words.text(k)
		const way = k => choice(t('place.' + k), t('place.' + k + '.hint'), () => forth(page, k, { typed: '' }), 'next', k)
		const some = places(page)
		const spelt = some.some(p => spelling(page, p))
		const by = [spelt && 'kana', some.some(p => page.words.prefecture(p)) && 'prefecture', spelt && 'search'].filter(Boolean)
		if (!by.length) return ways.list(page)
		return view(page, 'place', 5, {}, {
			body: [h('p', { class: 'note' }, t('place.then')), h('div', { class: 'choices wide' }, by.map(way))],
			say: [{ key: 'place.title' }, { key: 'place.lead' }, { key: 'place.then' }, ...by.map(k => ({ key: 'place.' + k }))],
		})
	},

	kana: page => {
		const all = places(page)
		const sets = page.words.japanese ? rows : letters
		return view(page, 'kana', 5, {}, {
			body: [h('div', { class: 'letters' }, sets.map(set => {
				const some = all.filter(p => set.includes(spelling(page, p)[0])).sort((a, b) => spelling(page, a) < spelling(page, b) ? -1 : 1)
				return h('button', { type: 'button', class: 'letter', disabled: !some.length, 'data-do': set[0], onclick: () => forth(page, 'list', { among: some, from: set[0] }) }, set[0])
			}))],
		})
	},

	prefecture: page => {
		const by = Map.groupBy(places(page).filter(p => page.words.prefecture(p)), p => p.prefecture_ja)
		return view(page, 'prefecture', 5, {}, {
			body: [h('div', { class: 'choices wide' }, [...by].map(([name, some]) =>
				choice(page.words.prefecture(some[0]), null, () => forth(page, 'list', { among: some, from: name }))))],
		})
	},

	list: page => view(page, 'list', 5, {}, { body: [found(page, page.local.among ?? places(page))] }),

	search: page => {
		const { local, words } = page
		const typed = local.typed ?? ''
		const some = places(page).filter(p => spelling(page, p).startsWith(typed))
		const next = new Set(some.map(p => spelling(page, p)[typed.length]).filter(Boolean))
		const keys = page.words.japanese ? [...next].sort() : letters.concat(' ').filter(l => next.has(l))
		const turn = s => () => page.go({ typed: s })
		return view(page, 'search', 5, {}, {
			body: [
				h('p', { class: 'typed', 'aria-live': 'polite' }, typed || '\u00a0'),
				h('div', { class: 'letters' }, keys.map(k => h('button', { type: 'button', class: 'letter', 'data-do': k, onclick: turn(typed + k) }, k === ' ' ? '␣' : k)),
					h('button', { type: 'button', class: 'button', disabled: !typed, 'data-do': 'erase', onclick: turn(typed.slice(0, -1)) }, words.text('pin.erase'))),
				typed && found(page, some.slice(0, 6)),
			],
		})
	},

	ward: page => {
		const { place } = page.local
		const names = { ward: page.words.name(place)[0], city: page.words.name(place.offer)[0] }
		return view(page, 'ward', 5, names, { art: picture('centre'), primary: { name: 'on', words: page.words.text('next'), go: () => forth(page, 'kind', { offer: place.offer }) } })
	},

	// shut: the municipality does not issue at this hour. Nothing is asked of it.
	shut: page => {
		const { offer } = page.local
		const { words } = page
		return view(page, 'shut', 5, { place: words.name(offer)[0] }, {
			art: picture('centre'),
			body: [
				offer.opens > 0 && h('p', { class: 'note', id: 'opens' }, words.text('trouble.opens', { time: words.moment(offer.opens) })),
				h('p', { class: 'phone' }, words.text('trouble.phone', { phone: offer.phone })),
			],
			say: [{ key: 'shut.title', values: { place: words.name(offer)[0] } }, { key: 'shut.lead' }, ...offer.opens > 0 ? [{ key: 'trouble.opens', values: { time: words.moment(offer.opens) } }] : []],
		})
	},

	kind: page => {
		const { offer } = page.local
		if (offer.shut) return ways.shut(page)
		const t = k => page.words.text(k)
		const notice = page.words.local(offer.notice)
		return view(page, 'kind', 5, { place: page.words.name(offer)[0] }, {
			body: [notice && h('p', { class: 'note', id: 'notice' }, notice), h('div', { class: 'choices' }, offer.kinds.map(k => choice(t('kind.' + kinds[k]), t('kind.' + kinds[k] + '.hint'), () => forth(page, 'copies', { kind: k, copies: 1 }), 'next', kinds[k])))],
			say: [{ key: 'kind.title' }, { key: 'kind.lead', values: { place: page.words.name(offer)[0] } }, ...notice ? [{ key: 'notice', text: notice }] : [], ...offer.kinds.flatMap(k => [{ key: 'kind.' + kinds[k] }, { key: 'kind.' + kinds[k] + '.hint' }])],
		})
	},

	copies: page => {
		const { offer, kind, copies } = page.local
		const most = page.tell.max_copies
		const { words } = page
		const step = (name, by, label) => h('button', {
			type: 'button', 'aria-label': words.text(label), 'data-do': name, disabled: copies + by < 1 || copies + by > most, onclick: () => page.go({ copies: copies + by }),
		}, by > 0 ? '+' : '−')
		return view(page, 'copies', 5, { most }, {
			body: [
				h('div', { class: 'stepper' }, step('fewer', -1, 'copies.fewer'), h('output', null, words.text('copies.n', { n: copies })), step('more', 1, 'copies.more')),
				h('p', { class: 'money' }, offer.fee > 0 ? yen(page, offer.fee * copies) : words.text('fact.free')),
				h('p', { class: 'lead' }, words.text('copies.each', { each: yen(page, offer.fee), place: words.name(offer)[0] })),
			],
			primary: { name: 'choose', words: words.text('copies.go'), go: () => page.act('choose', { municipality: offer.code, kind, copies }) },
			say: [{ key: 'copies.title' }, { key: 'copies.n', values: { n: copies } }, { key: 'yen', values: { n: offer.fee * copies } }],
		})
	},
}

// found lists places to choose from.
function found(page, some) {
	const { words } = page
	if (!some.length) return h('p', { class: 'note' }, words.text('list.none'))
	return h('div', { class: 'choices wide' }, some.map(p => choice(words.name(p)[0], [words.name(p)[1], words.prefecture(p)].filter(Boolean).join(' / '),
		() => p.ward ? forth(page, 'ward', { place: p }) : forth(page, 'kind', { offer: p.offer }), 'next', p.ward ? null : p.code)))
}
