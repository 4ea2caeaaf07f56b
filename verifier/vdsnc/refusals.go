package vdsnc

import "akashi/verifier/rule"

// The refusals, in the order in which the rules are looked at.
var (
	ErrTooLong = rule.New("vdsnc.too-long",
		"VDS-NCとして長すぎます。二次元コードを読み直してください。",
		"This is longer than a VDS-NC may be. Scan the code again.")
	ErrJSON = rule.New("vdsnc.json",
		"JSONとして正しくありません。二次元コードを読み直してください。",
		"This is not JSON with one reading. Scan the code again.")
	ErrCanonical = rule.New("vdsnc.canonical",
		"JSONが正規形（RFC 8785）ではありません。受け入れないでください。",
		"The JSON is not in its canonical form (RFC 8785). Do not accept this seal.")
	ErrForm = rule.New("vdsnc.form",
		"VDS-NCの形式（dataとsig）ではありません。受け入れないでください。",
		"This is not the form of a VDS-NC (data and sig). Do not accept this seal.")
	ErrCertificate = rule.New("vdsnc.certificate",
		"署名者の証明書（cer）を読み取れません。受け入れないでください。",
		"The signer's certificate (cer) is not readable in its one form. Do not accept this seal.")
	ErrHeader = rule.New("vdsnc.header",
		"ヘッダー（発行国・種類・版）が正しくありません。受け入れないでください。",
		"The header (issuing country, type, version) does not follow the rules. Do not accept this seal.")
	ErrCountry = rule.New("vdsnc.country",
		"発行国の認証局（CSCA）が信頼リストにありません。信頼リストを確認してください。",
		"No authority (CSCA) of the issuing country is on the trust list. Check the list, or do not accept this seal.")
	ErrSignerUnknown = rule.New("vdsnc.signer",
		"署名者の証明書が、発行国の認証局（CSCA）のものではありません。受け入れないでください。",
		"The signer's certificate was not issued by the country's authority (CSCA). Do not accept this seal.")
	ErrSignerRevoked = rule.New("vdsnc.signer-revoked",
		"署名者の証明書は、認証局が失効させています。受け入れず、発行者に確認してください。",
		"The signer's certificate was revoked by its authority. Do not accept this seal; ask its issuer.")
	ErrSignerProfile = rule.New("vdsnc.signer-profile",
		"署名者の証明書は、VDS-NC予防接種証明に署名するためのものではありません。受け入れないでください。",
		"The signer's certificate is not one for signing VDS-NC vaccination seals. Do not accept this seal.")
	ErrSignerExpired = rule.New("vdsnc.signer-expired",
		"署名者または認証局の証明書が、有効期間の外です。時計を確認してください。",
		"The signer's or the authority's certificate is outside its validity. Check the clock, or ask the issuer.")
	ErrAlgorithm = rule.New("vdsnc.alg",
		"署名方式がES256ではありません。受け入れないでください。",
		"The signature's algorithm is not ES256. Do not accept this seal.")
	ErrSignatureForm = rule.New("vdsnc.signature-form",
		"署名の形式（64バイトのr||s）が正しくありません。受け入れないでください。",
		"The signature is not 64 bytes r||s in base64url. Do not accept this seal.")
	ErrSignature = rule.New("vdsnc.signature",
		"署名が正しくありません。改ざんまたは偽造の恐れがあります。受け入れないでください。",
		"The signature is wrong: the seal was changed or forged. Do not accept it.")
	ErrMessage = rule.New("vdsnc.message",
		"決められていない項目、または足りない項目があります。発行者に再発行を求めてください。",
		"A member of the message is missing or is none that a seal may have. Ask its issuer for a new one.")
	ErrUVCI = rule.New("vdsnc.uvci",
		"証明書番号（uvci）の形式が正しくありません。発行者に再発行を求めてください。",
		"The certificate ID (uvci) is not 1 to 12 characters [A-Z0-9]. Ask its issuer for a new seal.")
	ErrPerson = rule.New("vdsnc.person",
		"本人の項目（氏名・生年月日・旅券番号など）が正しくありません。発行者に再発行を求めてください。",
		"A member of the person (name, birth date, passport number, …) does not follow the rules. Ask its issuer for a new seal.")
	ErrEvent = rule.New("vdsnc.event",
		"ワクチンの項目（コード・製品名・対象疾病）が正しくありません。発行者に再発行を求めてください。",
		"A vaccine (code, product, disease) does not follow the rules. Ask its issuer for a new seal.")
	ErrDose = rule.New("vdsnc.dose",
		"接種の項目（日付・回数・国・実施者・製造番号）が正しくありません。発行者に再発行を求めてください。",
		"A dose (date, number, country, administrator, lot) does not follow the rules. Ask its issuer for a new seal.")
)
