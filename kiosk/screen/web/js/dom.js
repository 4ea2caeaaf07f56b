// Elements, without a framework.

// h makes an element. Members that begin with "on" are listeners, others
// attributes; false and null are left out, true is an empty attribute.
export function h(name, members, ...children) {
	const e = document.createElement(name)
	for (const [k, v] of Object.entries(members ?? {})) {
		if (k.startsWith('on')) e.addEventListener(k.slice(2), v)
		else if (v !== false && v != null) e.setAttribute(k, v === true ? '' : v)
	}
	e.append(...children.flat().filter(c => c != null && c !== false))
	return e
}

// drawn makes an element of one of this page's own pictures; nothing from
// outside comes here.
export function drawn(source) {
	const t = document.createElement('template')
	t.innerHTML = source
	return t.content.firstElementChild
}
