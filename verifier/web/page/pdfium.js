// PDFium, run by the browser itself. Each instance has a memory of its own and
// nothing to call: no file, no clock, no environment, no network.

// The codes of WASI's answers that the module gets.
const success = 0, badFile = 8, unsupported = 52

// instance makes a fresh PDFium of its compiled module.
export function instance(module) {
	let memory
	const words = at => new DataView(memory.buffer).setUint32(at, 0, true)
	const system = {
		environ_sizes_get: (count, size) => { words(count); words(size); return success },
		environ_get: () => success,
		clock_time_get: (_id, _precision, at) => { words(at); words(at + 4); return success },
		fd_prestat_get: () => badFile, // there is no folder
		proc_exit: () => { throw new Error('PDFium ended itself') },
	}
	const imports = {}
	for (const { module: space, name } of WebAssembly.Module.imports(module)) {
		imports[space] ??= {}
		imports[space][name] = space === 'wasi_snapshot_preview1' ? system[name] ?? (() => unsupported) : () => 0
	}
	const { exports } = new WebAssembly.Instance(module, imports)
	memory = exports.memory
	exports._initialize()
	exports.FPDF_InitLibrary()
	return {
		call: (name, ...numbers) => exports[name](...numbers) ?? 0,
		view: (from, n) => new Uint8Array(memory.buffer, from, n),
	}
}
