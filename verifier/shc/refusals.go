package shc

import "akashi/verifier/rule"

// The refusals, in the order in which the rules are looked at.
var (
	ErrForm = rule.New("shc.form",
		"SMART Health Cardの形式ではありません。二次元コードを読み直してください。",
		"This is not the form of a SMART Health Card. Scan the code again.")
	ErrTooLong = rule.New("shc.too-long",
		"SMART Health Cardとして長すぎます。発行者に再発行を求めてください。",
		"This is longer than a SMART Health Card may be. Ask its issuer for a new one.")
	ErrChunked = rule.New("shc.chunked",
		"複数に分割された二次元コードは廃止された形式です。発行者に再発行を求めてください。",
		"A card that is split over several codes is a form that was withdrawn. Ask its issuer for a new one.")
	ErrDigits = rule.New("shc.digits",
		"二次元コードの数字列が正しくありません。読み直してください。",
		"The digits of the code are not a SMART Health Card's. Scan it again.")
	ErrBase64 = rule.New("shc.base64",
		"文字の符号化（base64url）が正しくありません。読み直してください。",
		"A part is not base64url in its one form. Scan the code again.")
	ErrHeader = rule.New("shc.header",
		"署名のヘッダーが正しくありません。受け入れないでください。",
		"The signature's header does not follow the rules. Do not accept this card.")
	ErrAlgorithm = rule.New("shc.alg",
		"署名方式がES256ではありません。受け入れないでください。",
		"The signature's algorithm is not ES256. Do not accept this card.")
	ErrZip = rule.New("shc.zip",
		"圧縮方式がDEFではありません。発行者に再発行を求めてください。",
		"The payload is not marked as compressed (zip DEF). Ask its issuer for a new one.")
	ErrKeyID = rule.New("shc.kid",
		"鍵の番号（kid）がないか、形式が正しくありません。受け入れないでください。",
		"The key ID (kid) is missing or has another form than a thumbprint. Do not accept this card.")
	ErrSignatureForm = rule.New("shc.signature-form",
		"署名の形式（64バイトのr||s）が正しくありません。受け入れないでください。",
		"The signature is not 64 bytes r||s. Do not accept this card.")
	ErrSignature = rule.New("shc.signature",
		"署名が正しくありません。改ざんまたは偽造の恐れがあります。受け入れないでください。",
		"The signature is wrong: the card was changed or forged. Do not accept it.")
	ErrDeflate = rule.New("shc.deflate",
		"圧縮データが壊れています。読み直してください。",
		"The compressed payload is damaged. Scan the code again.")
	ErrInflated = rule.New("shc.inflated-size",
		"展開後のデータが大きすぎます。受け入れないでください。",
		"The payload is larger than a card needs once decompressed. Do not accept this card.")
	ErrJSON = rule.New("shc.json",
		"内容がJSONとして正しくありません。発行者に再発行を求めてください。",
		"The payload is not JSON with one reading. Ask its issuer for a new card.")
	ErrMinified = rule.New("shc.minified",
		"内容が最小化されていません。発行者に再発行を求めてください。",
		"The payload is not minified. Ask its issuer for a new card.")
	ErrClaims = rule.New("shc.claims",
		"決められていない項目、または足りない項目があります。発行者に再発行を求めてください。",
		"A claim is missing or is none that a card may have. Ask its issuer for a new card.")
	ErrIssuerURL = rule.New("shc.iss",
		"発行者（iss）がhttpsの正しいURLではありません。受け入れないでください。",
		"The issuer (iss) is not an https URL without a trailing slash. Do not accept this card.")
	ErrNotBeforeForm = rule.New("shc.nbf",
		"発行日時（nbf）の形式が正しくありません。発行者に再発行を求めてください。",
		"The time of issue (nbf) is missing or has another form. Ask its issuer for a new card.")
	ErrExpiryForm = rule.New("shc.exp",
		"有効期限（exp）の形式が正しくありません。発行者に再発行を求めてください。",
		"The expiry (exp) has another form than a time. Ask its issuer for a new card.")
	ErrType = rule.New("shc.type",
		"証明の種類（vc.type）がSMART Health Cardの予防接種証明ではありません。",
		"The type (vc.type) is not that of a SMART Health Card of vaccinations.")
	ErrRevocationID = rule.New("shc.rid",
		"失効番号（rid）の形式が正しくありません。発行者に再発行を求めてください。",
		"The revocation ID (rid) has another form than allowed. Ask its issuer for a new card.")
	ErrFHIRVersion = rule.New("shc.fhir-version",
		"FHIRの版が4.0.1ではありません。発行者に再発行を求めてください。",
		"The FHIR version is not 4.0.1. Ask its issuer for a new card.")
	ErrBundle = rule.New("shc.bundle",
		"記録のまとまり（Bundle）が決まりどおりではありません。発行者に再発行を求めてください。",
		"The bundle does not follow the vaccination profile. Ask its issuer for a new card.")
	ErrPatient = rule.New("shc.patient",
		"本人の項目が決まりどおりではありません。発行者に再発行を求めてください。",
		"The patient does not follow the vaccination profile. Ask its issuer for a new card.")
	ErrName = rule.New("shc.name",
		"氏名の項目が決まりどおりではありません。発行者に再発行を求めてください。",
		"The name does not follow the vaccination profile. Ask its issuer for a new card.")
	ErrBirth = rule.New("shc.birth-date",
		"生年月日が正しい日付ではありません。発行者に再発行を求めてください。",
		"The birth date is missing or is no date. Ask its issuer for a new card.")
	ErrImmunization = rule.New("shc.immunization",
		"接種の項目が決まりどおりではありません。発行者に再発行を求めてください。",
		"An immunisation does not follow the vaccination profile. Ask its issuer for a new card.")
	ErrReference = rule.New("shc.reference",
		"接種の記録が本人を指していません。受け入れないでください。",
		"An immunisation does not refer to this card's patient. Do not accept this card.")
	ErrVaccine = rule.New("shc.vaccine-code",
		"ワクチンのコードが決まりどおりではありません。発行者に再発行を求めてください。",
		"A vaccine code does not follow the vaccination profile. Ask its issuer for a new card.")
	ErrDoseDate = rule.New("shc.dose-date",
		"接種年月日が正しい日付ではありません。発行者に再発行を求めてください。",
		"A date of vaccination is missing or is no full date. Ask its issuer for a new card.")
	ErrLot = rule.New("shc.lot",
		"製造番号（Lot）の形式が正しくありません。発行者に再発行を求めてください。",
		"A lot number is too long or holds characters that it may not. Ask its issuer for a new card.")
	ErrPerformer = rule.New("shc.performer",
		"接種の実施者の項目が決まりどおりではありません。発行者に再発行を求めてください。",
		"A performer does not follow the vaccination profile. Ask its issuer for a new card.")
	ErrIssuer = rule.New("shc.issuer",
		"発行者が信頼リストにありません。信頼リストを確認してください。",
		"The issuer is not on the trust list. Check the list, or do not accept this card.")
	ErrKey = rule.New("shc.key",
		"署名の鍵が、この発行者の鍵として信頼リストにありません。新しい信頼リストを入手してください。",
		"The key is not on the trust list as one of this issuer. Get a newer list, or do not accept this card.")
	ErrRetired = rule.New("shc.retired-key",
		"発行日時（nbf）が、署名した鍵の使用終了より後です。偽造の恐れがあります。受け入れないでください。",
		"The card says that it was issued after its key was retired. It may be forged. Do not accept it.")
	ErrNotYet = rule.New("shc.not-yet-valid",
		"まだ有効になっていません。時計を確認してください。",
		"The card is not valid yet. Check the clock.")
	ErrExpired = rule.New("shc.expired",
		"有効期限が切れています。発行者に再発行を求めてください。",
		"The card has expired. Ask its issuer for a new one.")
	ErrRevoked = rule.New("shc.revoked",
		"発行者によって失効されています。受け入れないでください。",
		"The card was revoked by its issuer. Do not accept it.")
)
