package pdfsig

import "akashi/verifier/rule"

// The refusals, in the order in which the rules are looked at.
var (
	ErrTooLarge = rule.New("pdf.too-large",
		"PDFが大きすぎます。証明書のファイルか確認してください。",
		"The PDF is larger than a certificate may be. Check that it is the right file.")
	ErrStructure = rule.New("pdf.structure",
		"PDFの構造が証明書のものではありません。発行されたままのファイルを使ってください。",
		"The PDF is not built as a certificate is. Use the file as it was issued.")
	ErrUnsigned = rule.New("pdf.unsigned",
		"PDFに署名がありません。発行されたままのファイルを使ってください。",
		"The PDF bears no signature. Use the file as it was issued.")
	ErrField = rule.New("pdf.signature-field",
		"署名欄が決まりどおりではありません。受け入れないでください。",
		"The signature field does not follow the rules. Do not accept this file.")
	ErrPermissions = rule.New("pdf.permissions",
		"署名が変更を許す設定になっています（DocMDP）。受け入れないでください。",
		"The signature does not forbid changes (DocMDP). Do not accept this file.")
	ErrCoverage = rule.New("pdf.coverage",
		"署名がファイル全体を覆っていません。署名後に追加や変更がされています。受け入れないでください。",
		"The signature does not cover the whole file: something was added or moved after signing. Do not accept it.")
	ErrCMS = rule.New("pdf.cms",
		"署名データの形式が正しくありません。受け入れないでください。",
		"The signature's data are not in their one form. Do not accept this file.")
	ErrAttributes = rule.New("pdf.attributes",
		"署名された属性が決まりどおりではありません。受け入れないでください。",
		"The signed attributes do not follow the rules. Do not accept this file.")
	ErrDigest = rule.New("pdf.digest",
		"署名後にPDFの内容が変更されています。受け入れないでください。",
		"The PDF was changed after it was signed. Do not accept it.")
	ErrSigner = rule.New("pdf.signer",
		"PDFの署名者が信頼リストにありません。受け入れないでください。",
		"The PDF's signer is not under an authority on the trust list. Do not accept this file.")
	ErrSignerRevoked = rule.New("pdf.signer-revoked",
		"署名者の証明書は、認証局が失効させています。受け入れず、発行者に確認してください。",
		"The signer's certificate was revoked by its authority. Do not accept this file; ask its issuer.")
	ErrSignerProfile = rule.New("pdf.signer-profile",
		"署名者の証明書は、文書に署名するためのものではありません。受け入れないでください。",
		"The signer's certificate is not one for signing documents. Do not accept this file.")
	ErrSignerExpired = rule.New("pdf.signer-expired",
		"署名者の証明書が有効期間の外です。時計を確認するか、二次元コードで確認してください。",
		"The signer's certificate is outside its validity. Check the clock, or verify the codes alone.")
	ErrSignature = rule.New("pdf.signature",
		"PDFの署名が正しくありません。改ざんまたは偽造の恐れがあります。受け入れないでください。",
		"The PDF's signature is wrong: it was changed or forged. Do not accept it.")
	ErrSignedAt = rule.New("pdf.signed-at",
		"署名日時が未来か、署名者の証明書より前です。時計を確認してください。",
		"The time of signing lies in the future or before the signer's certificate. Check the clock.")
)
