// Prints the texts of the QR codes in a picture, one a line, as zxing-wasm
// reads them:  node read.mjs FILE
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'

const wasm = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm')
await prepareZXingModule({ overrides: { wasmBinary: await readFile(wasm) }, fireImmediately: true })
const codes = await readBarcodes(new Uint8Array(await readFile(process.argv[2])), { formats: ['QRCode'], tryHarder: true, maxNumberOfSymbols: 8 })
for (const c of codes) if (c.isValid) console.log(c.text)
