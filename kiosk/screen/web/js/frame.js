// The frame: puts a screen's parts where they always are.
import { h } from './dom.js'
import { sign } from './art.js'
import { pager } from './pager.js'
import { spoken } from './speech.js'
import * as sheets from './sheets.js'

const scales = [1, 1.5, 2, 4]
const at = id => document.getElementById(id)

// stages are the resident's "step n of m"; several screens share one.
export const stages = 8

// whole keeps a name of two words on one line of a title.
const whole = title => title.split(/(My Number)/).map((part, i) => i % 2 ? h('span', { class: 'whole' }, part) : part)

// aloud gives what a screen says. To who uses keys it tells each choice with its
// number, and what Enter does.
function aloud(v, words) {
	if (!document.documentElement.hasAttribute('data-keypad')) return v.say
	const texts = new Set()
	const choices = [...at('main').querySelectorAll('.choice:not([disabled])')].slice(0, 9).flatMap((c, i) => {
		const [name, hint] = [c.querySelector('b') ?? c.querySelector('span:not(.number)'), c.querySelector('small')].map(e => e?.textContent)
		texts.add(name).add(hint)
		const language = spoken.includes(c.dataset.language) ? c.dataset.language : undefined
		const told = hint && v.say.some(p => p.key && words.text(p.key, p.values) === hint)
		return [{ text: String(i + 1) }, { text: name, language }, ...told ? [{ text: hint, language }] : []]
	})
	const rest = v.say.filter(p => !texts.has(p.text ?? words.text(p.key, p.values)))
	return [...rest, ...choices, ...v.primary && !v.primary.off ? [{ key: 'key.enter' }, { text: v.primary.words }] : []]
}

export class Frame {
	constructor(page) {
		this.page = page
		this.scale = 0
		at('language').addEventListener('click', () => sheets.languages(page))
		at('help').addEventListener('click', () => page.help())
		new ResizeObserver(() => this.fit()).observe(at('main'))
		addEventListener('resize', () => this.fit())
		// A text that came with a release, and has no sound yet, stands there unsaid.
		document.addEventListener('voice', ({ detail }) => {
			if (detail.what !== 'unsaid' || detail.key !== this.view?.key || this.unsaid) return
			this.unsaid = true
			this.tools()
		})
	}

	// draw shows a view: what a screen is made of, by the same names for all.
	draw(v) {
		const { words, speech } = this.page
		this.view = v
		this.unsaid = false
		document.documentElement.lang = words.tag()
		document.documentElement.dataset.language = words.language
		document.title = words.text('brand')
		document.documentElement.toggleAttribute('data-call', Boolean(v.call))
		this.top(v)
		for (const i of at('main').querySelectorAll('img')) URL.revokeObjectURL(i.src)
		const title = h('h1', { tabindex: -1, class: v.bad ? 'bad' : null }, v.bad ? sign('warn') : null, h('span', null, ...whole(v.title)))
		const lead = v.lead ? h('p', { class: 'lead' }, v.lead) : null
		at('main').replaceChildren(...v.art || v.side
			? [h('div', { class: 'split' }, h('div', { class: 'words' }, title, lead, ...v.body ?? []), v.side ?? v.art)]
			: [title, lead, ...v.body ?? []].filter(Boolean))
		at('main').dataset.screen = v.key
		at('main').dataset.tell = this.page.tell.screen
		this.number()
		this.actions(v)
		this.tools()
		at('main').scrollTop = at('scroll').scrollTop = 0
		title.focus({ preventScroll: true })
		this.fit()
		if (v.call) speech.call(v.key)
		else speech.hush()
		if (v.bad) speech.signal('fault')
		speech.say(v.key, aloud(v, words), v.aloud)
	}

	// silent says that this language has no speech.
	silent() { return this.page.speech.silent }

	top(v) {
		const { words } = this.page
		at('brand').replaceChildren(sign('seal'), h('span', null, words.text('brand')))
		at('steps').hidden = !v.stage
		if (v.stage) {
			const bar = h('span', { class: 'bar', 'aria-hidden': 'true' })
			for (let i = 1; i <= stages; i++) bar.append(h('i', { class: i <= v.stage ? 'past' : null }))
			at('steps').replaceChildren(h('span', null, words.text('steps', { n: v.stage, m: stages })), bar)
		}
		at('language').replaceChildren(sign('globe'), h('span', null, words.text('language.name')))
		at('help').replaceChildren(sign('help'), h('span', null, words.text('help')))
	}

	// number gives each choice the digit that presses it.
	number() {
		at('main').querySelectorAll('.choice:not([disabled])').forEach((c, i) => {
			if (i < 9) c.prepend(h('span', { class: 'number', 'aria-hidden': 'true' }, String(i + 1)))
		})
	}

	actions(v) {
		const { page } = this
		const t = k => page.words.text(k)
		const all = []
		if (v.back) all.push(h('button', { type: 'button', class: 'button back', onclick: v.back }, sign('back'), t('back')))
		const ends = [...v.also ?? [], v.primary].some(a => a?.name === 'finish') // whoever can finish needs no second way out
		if (page.tell.cancel && !ends) all.push(h('button', { type: 'button', class: 'button cancel', onclick: () => page.askCancel() }, t('cancel')))
		for (const a of v.also ?? []) all.push(h('button', { type: 'button', class: 'button', 'data-do': a.name, onclick: a.go }, a.words))
		if (v.primary) {
			all.push(h('button', { type: 'button', class: 'button primary', 'data-do': v.primary.name, disabled: v.primary.off, onclick: v.primary.go }, v.primary.words))
		}
		at('actions').setAttribute('aria-label', t('actions'))
		at('actions').replaceChildren(...all)
	}

	tools() {
		const { page } = this
		const t = k => page.words.text(k)
		const root = document.documentElement
		const tool = (name, picture, words, go, pressed) => h('button', {
			type: 'button', class: 'tool', id: 'tool-' + name, onclick: go, 'aria-pressed': pressed,
		}, sign(picture), h('span', null, words))
		const focused = document.activeElement?.id
		at('tools').setAttribute('aria-label', t('tools'))
		at('tools').replaceChildren(
			tool('size', 'size', t('size') + ' ' + scales[this.scale] * 100 + '%', () => this.larger()),
			tool('theme', 'theme', t('theme'), () => { root.dataset.theme = root.dataset.theme ? '' : 'contrast'; this.tools() }, String(Boolean(root.dataset.theme))),
			tool('repeat', this.silent() || this.unsaid ? 'mute' : 'repeat', t(this.silent() ? 'speech.none' : this.unsaid ? 'speech.part' : 'repeat'), () => page.speech.repeat()),
			tool('volume', page.speech.volume ? 'volume' : 'mute', t('volume') + ' ' + page.speech.volume, () => page.louder()),
		)
		if (focused?.startsWith('tool-')) at(focused)?.focus()
	}

	larger() {
		this.scale = (this.scale + 1) % scales.length
		const root = document.documentElement
		root.style.setProperty('--scale', scales[this.scale])
		root.toggleAttribute('data-large', scales[this.scale] >= 2)
		this.tools()
		this.fit()
		at('scroll').scrollTop = 0
	}

	// fit shows the pager where a screen is longer than its place: paging is by
	// single presses, no drag.
	fit() {
		at('pager').hidden = true // measured without it: it takes room itself
		const box = [at('main'), at('scroll')].find(e => e.scrollHeight > e.clientHeight + 2 && getComputedStyle(e).overflowY === 'auto')
		at('pager').hidden = !box
		at('pager').setAttribute('aria-label', this.page.words.text('pager'))
		at('pager').replaceChildren(...box ? [pager(this.page.words, box)] : [])
	}

	// count shows how many digits the worker has; the page knows none of them.
	count(n) {
		const dots = at('main').querySelector('.dots')
		if (!dots) return
		;[...dots.children].forEach((d, i) => d.classList.toggle('in', i < n))
		dots.setAttribute('aria-label', this.page.words.text('pin.count', { n }))
		const enter = at('main').querySelector('.enter')
		enter.disabled = n < dots.children.length
	}
}
