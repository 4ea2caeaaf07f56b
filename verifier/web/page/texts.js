// The texts of both languages, fetched once, and the language in use.
const key = 'akashi-language'
const all = {}
for (const name of ['ja', 'en']) all[name] = await (await fetch(`texts/${name}.json`)).json()

let now = localStorage.getItem(key) ?? (navigator.language.startsWith('ja') ? 'ja' : 'en')
if (!all[now]) now = 'ja'

export const language = () => now

// t gives a text, with {names} replaced by values.
export const t = (name, values = {}) => all[now][name].replace(/\{(\w+)\}/g, (_, v) => values[v] ?? '')

// other gives the same text in the other language.
export const other = name => all[now === 'ja' ? 'en' : 'ja'][name]

export function change() {
	now = now === 'ja' ? 'en' : 'ja'
	localStorage.setItem(key, now)
}
