// Keeps the page's files, so that it works without a network; {{version}} is
// their common version. It lets no request pass to another origin.
const prefix = 'akashi-verifier-'
const cacheName = prefix + '{{version}}'
const files = '{{files}}'
const policy = "{{policy}}"
const at = name => new URL(name, self.registration.scope).href

self.addEventListener('install', e => e.waitUntil((async () => {
	const cache = await caches.open(cacheName)
	await Promise.all(files.map(async name => {
		const r = await fetch(at(name), { cache: 'no-cache' })
		if (!r.ok) throw new Error(name)
		await cache.put(at(name), guarded(r))
	}))
})()))

self.addEventListener('activate', e => e.waitUntil((async () => {
	for (const name of await caches.keys()) {
		if (name.startsWith(prefix) && name !== cacheName) await caches.delete(name)
	}
	await self.clients.claim()
})()))

// guarded gives a file with the page's policy, which a plain server of files
// does not send; a worker has no other.
function guarded(r) {
	const headers = new Headers(r.headers)
	headers.set('Content-Security-Policy', policy)
	headers.delete('Content-Encoding')
	headers.delete('Content-Length')
	return new Response(r.body, { status: r.status, headers })
}

self.addEventListener('fetch', e => {
	const url = new URL(e.request.url)
	if (url.origin !== self.location.origin || e.request.method !== 'GET') {
		e.respondWith(Response.error())
		return
	}
	if (url.href === at('trust.json')) return // the page keeps the newest good one itself
	const name = e.request.mode === 'navigate' && !files.includes(url.href.slice(at('').length)) ? at('index.html') : url.href
	e.respondWith(caches.open(cacheName).then(c => c.match(name, { ignoreSearch: true })).then(r => r ?? Response.error()))
})
