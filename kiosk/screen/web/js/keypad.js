// The tactile keypad, and any keyboard: digits choose, arrows go from one thing
// to the next, Enter does it, Escape cancels, F1 helps, F2 says it again.
import { spoken } from './speech.js'

const forth = ['ArrowDown', 'ArrowRight']
const back = ['ArrowUp', 'ArrowLeft']

// listen gives every key to the page that it is for.
export function listen(page) {
	document.addEventListener('keydown', e => {
		if (e.ctrlKey || e.metaKey || e.altKey) return
		if (e.repeat) return e.preventDefault() // a key that is held or stuck is one press, and nobody's presence
		page.touched()
		document.documentElement.setAttribute('data-keypad', '')
		if (handle(page, e)) e.preventDefault()
	})
	document.addEventListener('pointerdown', () => page.touched(), true)
	document.addEventListener('contextmenu', e => e.preventDefault())
}

function handle(page, e) {
	const sheet = document.querySelector('dialog[open]')
	if (e.key === 'F1') return done(page.help())
	if (e.key === 'F2') return done(page.speech.repeat())
	if (e.key === 'F3') return done(page.louder())
	if (forth.includes(e.key)) return done(move(page, sheet, 1))
	if (back.includes(e.key)) return done(move(page, sheet, -1))
	if (e.key === 'Tab') return done(move(page, sheet, e.shiftKey ? -1 : 1))
	if (sheet) return digit(sheet, e.key) // Escape closes it by itself
	if (page.typed(e.key)) return true
	if (e.key === 'Escape') return done(page.askCancel())
	if (e.key === 'Backspace') return done(page.goBack())
	if (e.key === 'Enter') return enter()
	return digit(document.getElementById('main'), e.key)
}

const done = () => true

// enter on nothing does what the screen is for.
function enter() {
	if (document.activeElement?.matches('button')) return false
	document.querySelector('#actions .primary:not([disabled])')?.click()
	return true
}

// digit presses the choice of that number.
function digit(within, key) {
	if (!/^[1-9]$/.test(key)) return false
	within.querySelectorAll('.choice:not([disabled])')[key - 1]?.click()
	return true
}

// move goes to the next thing that can be pressed: first what the screen is
// about, then what to do, then the tools; after the last comes the first.
function move(page, sheet, by) {
	const all = reachable(sheet ?? document.getElementById('scroll'))
	if (!sheet) {
		const header = all.filter(e => e.closest('#top'))
		all.splice(0, header.length)
		all.push(...header)
	}
	const at = all.indexOf(document.activeElement)
	const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : (at + by + all.length) % all.length]
	next?.focus()
	if (next) page.speech.label(label(next))
}

// label gives what stands on a button, as it is said: its number first.
function label(button) {
	const own = button.getAttribute('aria-label')
	const parts = own ? [own] : [...button.querySelectorAll('span, b, small')].filter(e => !e.querySelector('span, b, small')).map(e => e.textContent)
	const language = spoken.includes(button.dataset.language) ? button.dataset.language : undefined
	return (parts.length ? parts : [button.textContent]).flatMap(text => text.split(' / ')).map(text => text.trim()).filter(Boolean).map(text => ({ text, language }))
}

const reachable = root => [...root.querySelectorAll('button:not([disabled]):not([tabindex="-1"])')].filter(e => e.checkVisibility())
