package screen_test

// measure is a function of the page that gives what is wrong with the screen
// that stands there, by the millimetre. least is the smallest font size.
const measure = `([w, h, least, language]) => {
	if (language) (` + speak + `)(language)
	const mm = Math.min(innerWidth / w, innerHeight / h), wrong = []
	const open = document.querySelector('dialog[open]')
	const root = open ?? document.body
	const name = e => e.id || e.className || e.tagName
	const say = (e, s) => wrong.push(name(e) + ' "' + e.innerText.slice(0, 24).replace(/\n/g, ' ') + '": ' + s)
	const seen = e => e.checkVisibility() && !e.closest('.unseen')
	const texts = [...root.querySelectorAll('*')].filter(e => seen(e) && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
	for (const e of texts) {
		if (/^[a-z]+(\.[a-z0-9]+)+$/.test(e.innerText)) say(e, 'a key without words')
		if ([...e.childNodes].some(n => n.nodeType === 3 && /^(true|false|null|undefined|NaN)$/.test(n.data.trim()))) say(e, 'a value that is no words')
		const size = parseFloat(getComputedStyle(e).fontSize) / mm
		if (size < least - 0.02) say(e, 'text of ' + size.toFixed(2) + ' mm')
		if (getComputedStyle(e).textOverflow === 'ellipsis') say(e, 'an ellipsis')
		const box = e.closest('button, .card, .choice, dt, dd, h1, p, main, header') ?? e
		const b = box.getBoundingClientRect(), r = document.createRange()
		r.selectNodeContents(e)
		for (const t of r.getClientRects()) {
			if (t.width && (t.left < b.left - 1 || t.right > b.right + 1 || t.top < b.top - 0.3 * t.height || t.bottom > b.bottom + 0.3 * t.height)) {
				say(e, 'text leaves ' + name(box) + ' by ' + [b.left - t.left, t.right - b.right, b.top - t.top, t.bottom - b.bottom].map(n => (n / mm).toFixed(1)).join(' ') + ' mm')
				break
			}
		}
	}
	const buttons = [...root.querySelectorAll('button')].filter(seen).map(e => [e, e.getBoundingClientRect()])
	for (const [e, b] of buttons) {
		const need = e.closest('.keys') ? 20 : 15
		if (b.width / mm < need - 0.05 || b.height / mm < need - 0.05) say(e, 'a target of ' + (b.width / mm).toFixed(1) + ' x ' + (b.height / mm).toFixed(1) + ' mm')
		if (b.left < -1 || b.right > innerWidth + 1) say(e, 'outside the panel')
		const scrolls = e.closest('main') || document.documentElement.hasAttribute('data-large') || open
		if (!scrolls && (b.top < -1 || b.bottom > innerHeight + 1)) say(e, 'outside the panel')
		for (const [o, c] of buttons) {
			if (e === o || (open && (e.closest('.pager') === null) !== (o.closest('.pager') === null)) || (e.closest('main') === null) !== (o.closest('main') === null)) continue
			const dx = Math.max(b.left - c.right, c.left - b.right), dy = Math.max(b.top - c.bottom, c.top - b.bottom)
			if (Math.max(dx, dy) / mm < 2.95) { say(e, 'only ' + (Math.max(dx, dy) / mm).toFixed(1) + ' mm to ' + name(o)); break }
		}
	}
	const main = document.querySelector('main'), pager = document.getElementById('pager')
	for (const e of [document.documentElement, main, document.getElementById('scroll')]) {
		if (e.scrollWidth > e.clientWidth + 1) say(e, 'wider than its place')
	}
	if (!open && main.scrollHeight > main.clientHeight + 2 && getComputedStyle(main).overflowY === 'auto' && pager.hidden) say(main, 'longer than its place without a pager')
	if (open && open.scrollHeight > open.clientHeight + 2 && !open.querySelector('.pager')) say(open, 'a sheet longer than the panel')
	return wrong
}`
