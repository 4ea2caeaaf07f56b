// Paging through what is longer than its place, by single presses: no drag.
import { h } from './dom.js'
import { sign } from './art.js'

// pager gives the two buttons that turn the pages of a box.
export function pager(words, box) {
	const turn = by => () => { box.scrollTop += by * box.clientHeight * 0.75 }
	return h('div', { class: 'pager' },
		h('button', { type: 'button', class: 'button', 'data-do': 'page-up', onclick: turn(-1) }, sign('up'), words.text('pager.up')),
		h('button', { type: 'button', class: 'button', 'data-do': 'page-down', onclick: turn(1) }, sign('down'), words.text('pager.down')))
}
