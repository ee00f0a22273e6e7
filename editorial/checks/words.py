"""Words of links that say nothing, by language: lower case, without points and arrows."""

SAYS_NOTHING: dict[str, frozenset[str]] = {
    code: frozenset(words.split("|"))
    for code, words in {
        "ar": "هنا|اضغط هنا|انقر هنا|اقرأ المزيد|المزيد|الرابط|هذا الرابط",
        "bn": "এখানে|এখানে ক্লিক করুন|আরও পড়ুন|আরও|লিঙ্ক",
        "de": "hier|hier klicken|klicken sie hier|mehr|mehr lesen|weiterlesen|link|dieser link",
        "en": "here|click here|read more|more|link|this link|this page|this|learn more",
        "es": "aquí|haga clic aquí|haz clic aquí|pulse aquí|leer más|más|enlace|este enlace",
        "fil": "dito|pindutin dito|mag-click dito|magbasa pa|higit pa|link",
        "fr": "ici|cliquez ici|cliquer ici|en savoir plus|lire la suite|plus|lien|ce lien",
        "hi": "यहाँ|यहां|यहाँ क्लिक करें|यहां क्लिक करें|और पढ़ें|अधिक|लिंक",
        "ht": "isit la|klike isit la|klike la|li plis|plis|lyen",
        "it": "qui|clicca qui|leggi di più|altro|link",
        "ja": "こちら|ここ|こちらをクリック|ここをクリック|続きを読む|詳細|リンク",
        "km": "ទីនេះ|ចុចទីនេះ|អានបន្ថែម",
        "ko": "여기|여기를 클릭|여기를 클릭하세요|더 보기|자세히|링크",
        "pl": "tutaj|kliknij tutaj|więcej|czytaj więcej|link",
        "pt": "aqui|clique aqui|leia mais|saiba mais|mais|link",
        "ru": "здесь|тут|нажмите здесь|подробнее|читать далее|ссылка",
        "tl": "dito|pindutin dito|mag-click dito|magbasa pa|higit pa|link",
        "uk": "тут|натисніть тут|докладніше|посилання",
        "vi": "tại đây|ở đây|đây|bấm vào đây|nhấn vào đây|nhấp vào đây|xem thêm|đọc thêm",
        "zh": "这里|此处|点击这里|点击此处|更多|阅读更多|链接|這裡|此處|點擊這裡|按此|連結|閱讀更多",
    }.items()
}
