package verifier

import "akashi/verifier/rule"

// The refusals of what is neither a format's own nor the signature's.
var (
	ErrUnknown = rule.New("input.unknown",
		"予防接種証明書の形式ではありません。二次元コードかファイルを確認してください。",
		"This is none of the forms of a vaccination certificate. Check the code or file.")
	ErrTooLarge = rule.New("input.too-large",
		"ファイルが大きすぎます。証明書のファイルか確認してください。",
		"The file is larger than a certificate may be. Check that it is the right one.")
	ErrFile = rule.New("input.file",
		".smart-health-cardファイルの形式が正しくありません。発行者から取り直してください。",
		"The .smart-health-card file does not follow the rules. Get it again from its issuer.")
	ErrFileName = rule.New("input.file-name",
		"このファイルの名前は「.smart-health-card」で終わらなければなりません。発行者から取り直してください。",
		"A file of this kind must be named .smart-health-card. Get it again from its issuer.")
	ErrNoCode = rule.New("paper.no-code",
		"紙面に読み取れる証明書の二次元コードがありません。全体が鮮明に写るように読み直してください。",
		"No certificate code on the page could be read. Scan it again, whole and sharp, at 200 dots an inch or more.")
	ErrUnread = rule.New("paper.unread",
		"読み取れない二次元コードがあります。全体が鮮明に写るように読み直してください。",
		"A code on the page could not be read. Scan it again, whole and sharp.")
	ErrForeign = rule.New("paper.foreign",
		"証明書の紙面にないもの（画像、文字に重なる図形、傾いた文字など）があり、目に見える内容が確かめられません。受け入れないでください。",
		"The page shows what no certificate has: pictures, shapes over text, slanted text. What is seen cannot be checked. Do not accept it.")
	ErrCodesDiffer = rule.New("paper.codes-differ",
		"紙面の二次元コードが、互いに違う人または違う接種を示しています。受け入れないでください。",
		"The codes on the paper tell of different persons or vaccinations. Do not accept it.")
	ErrPrintedName = rule.New("paper.name",
		"二次元コードの氏名が紙面に印字されていません。受け入れないでください。",
		"The name in a code is not the one printed. Do not accept this paper.")
	ErrPrintedBirth = rule.New("paper.birth-date",
		"二次元コードの生年月日が紙面に印字されていません。受け入れないでください。",
		"The birth date in a code is not the one printed. Do not accept this paper.")
	ErrPrintedPassport = rule.New("paper.passport",
		"二次元コードの旅券番号が紙面に印字されていません。受け入れないでください。",
		"The passport number in a code is not the one printed. Do not accept this paper.")
	ErrPrintedID = rule.New("paper.id",
		"二次元コードの証明書IDが紙面に印字されていません。受け入れないでください。",
		"The certificate ID in a code is not the one printed. Do not accept this paper.")
	ErrPrintedDose = rule.New("paper.dose",
		"紙面に印字された接種（年月日、製品、製造番号、回数）が二次元コードと一致しません。受け入れないでください。",
		"The doses printed (dates, products, lots, how many) are not those of a code. Do not accept this paper.")
)
