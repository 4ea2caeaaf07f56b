package forge

// SealData is a good seal's data object: every defect is one change of it.
const SealData = `{"hdr":{"is":"UTO","t":"icao.vacc","v":1},"msg":{"pid":{"ai":"UTO00000000000000000001","dob":"1980-02-03","i":"XX0000001","n":"MIHON TARO"},` +
	`"uvci":"ABC123","ve":[` +
	`{"des":"XM0GQ8","dis":"RA01.0","nam":"COMIRNATY","vd":[{"adm":"AKASHI_SPECIMEN","ctr":"UTO","dvc":"2021-07-01","lot":"FA0001","seq":1}]},` +
	`{"des":"XM0GQ8","dis":"RA01.0","nam":"COMIRNATY","vd":[{"adm":"AKASHI_SPECIMEN","ctr":"UTO","dvc":"2021-07-22","lot":"FA0002","seq":2}]}]}}`

// SignSeal signs data as this world's barcode signer does.
func (w *World) SignSeal(data string) string { return w.Seal.SignSeal(data) }

// SignSeal signs data as p.
func (p *Party) SignSeal(data string) string {
	return SealText(data, Base64(p.Certificate.Raw), Base64(Raw(p.Key, data)))
}

// SealText puts a seal together.
func SealText(data, certificate, signature string) string {
	return `{"data":` + data + `,"sig":{"alg":"ES256","cer":"` + certificate + `","sigvl":"` + signature + `"}}`
}
