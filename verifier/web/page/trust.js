// The trust list: the newest good one stays on this device with the version
// that no later one may fall behind. Nothing else is ever stored but the language.
const cacheName = 'akashi-trust'
const stateKey = 'akashi-trust-state'

const bytes = async r => new Uint8Array(await r.arrayBuffer())
const kept = async () => 'caches' in globalThis ? (await caches.open(cacheName)).match('trust.json') : undefined

// load gives { trust, fault, offline }: what is in use (or undefined), why the
// newest list is not, and whether the network gave none.
export async function load(verifier) {
	const root = await bytes(await fetch('trust-root.pem'))
	const state = localStorage.getItem(stateKey) ?? ''
	const fresh = await fetch('trust.json', { cache: 'no-store' }).then(r => r.ok ? bytes(r) : undefined, () => undefined)
	let fault
	if (fresh) {
		const trust = await verifier.trust(fresh, root, state)
		if (trust.taken) {
			localStorage.setItem(stateKey, trust.state)
			if ('caches' in globalThis) await (await caches.open(cacheName)).put('trust.json', new Response(fresh))
			return { trust }
		}
		fault = trust
	}
	const before = await kept()
	if (before) {
		const trust = await verifier.trust(await bytes(before), root, state)
		if (trust.taken) return { trust, fault, offline: !fresh }
		fault ??= trust
	}
	return { fault, offline: !fresh }
}
