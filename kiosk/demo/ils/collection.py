"""Sample data: patrons of every kind and some forty items, all fictitious. Barcodes are fixed; dates are relative to today."""

from __future__ import annotations

from datetime import date, timedelta

from kiosk.demo.ils.model import Borrower, Condition, Copy, Hold, Loan, Medium, Stop
from kiosk.demo.ils.rules import Circulation, Rules

PATRONS = {
    "own": "2104067851",
    "child": "2104119025",
    "other": "2104201336",
    "busy": "2104301144",
    "full": "2104312273",
    "soon": "2104328303",
    "expired": "2104333519",
    "stopped": "2104344623",
    "lost": "2104355736",
    "owing": "2104366840",
    "owing-little": "2104377953",
    "bar": "2104388067",
    "replaced": "2104399171",
    "replacement": "2104410283",
    "somebody": "2104421397",
    "unknown": "2104432402",
}
"""Library card numbers by purpose. `replaced` is answered with `replacement`; `unknown` is not assigned."""

ITEMS = {
    # on the shelf
    "bamboo": Copy("1103000012", "竹の橋をわたる日"),
    "post": Copy("1103000020", "ポストのある坂道"),
    "stars": Copy("1103000038", "はじめての星座ノート"),
    "kitchen": Copy("1103000046", "雪ぐにの台所"),
    "crafts": Copy("1103000053", "芸術と手仕事の小さな手引き"),
    "baker": Copy("1103000061", "がんばれ、ぱんやのぺんた"),
    "statistics": Copy("1103000079", "①からはじめる統計 Ⅱ ～表とグラフ～"),
    "cats": Copy("1103000087", "㈱ねこのて商会"),
    "design": Copy("1103000095", "縦|横 紙面のデザイン"),
    "maps": Copy("1103000103", "古い地図の楽しみ方"),
    "sleepless": Copy("1103000111", "眠れない夜の数学"),
    "villages": Copy("1103000129", "雪深い山あいの村むらに語りつがれた冬の手仕事と年中行事 写真と聞き書きによる全記録 第三巻 補遺と総索引"),
    "piano": Copy("1103000137", "さざなみのピアノ集", Medium.DISC, enclosed="楽譜1冊つき"),
    "songs": Copy("1103000145", "ぷかぷか こどものうた", Medium.DISC),
    "stories": Copy("1103000152", "おやすみ前のおはなし 朗読", Medium.DISC),
    # what cannot be lent
    "on-loan": Copy("1103000160", "海風の町の郵便局"),
    "queue": Copy("1103000178", "夜だけひらく本屋"),
    "shelf": Copy("1103000186", "ことばの森の歩き方"),
    "reference": Copy("1103000194", "県内町村史資料総覧", condition=Condition.REFERENCE),
    "missing": Copy("1103000202", "土と鍬のものがたり", condition=Condition.MISSING),
    # on loan to `own`
    "own-renewable": Copy("1103000210", "きょうのおべんとう百科"),
    "own-renewed": Copy("1103000228", "電車とバスのしくみ図かん"),
    "own-wanted": Copy("1103000236", "水辺の植物さがし"),
    # on loan to, and waiting for, `busy`
    "busy-overdue": Copy("1103000244", "発酵はともだち"),
    "busy-1": Copy("1103000251", "小さな庭の一年"),
    "busy-2": Copy("1103000269", "編みものをはじめよう"),
    "busy-3": Copy("1103000277", "祖母の着物、わたしの服"),
    "busy-4": Copy("1103000285", "山の天気を読む"),
    "busy-ready-1": Copy("1103000293", "鳥の声がきこえる"),
    "busy-ready-2": Copy("1103000301", "港の灯台めぐり"),
    # on loan to `stopped`
    "stopped-overdue": Copy("1103000319", "家族会議のひらき方"),
    # on loan to `full`
    **{f"full-{n}": Copy(f"11030004{n:02}", f"みんなの園芸百科 {n}") for n in range(1, 11)},
}
"""Items by purpose."""


def borrowers(today: date) -> list[Borrower]:
    def days(count: int) -> date:
        return today + timedelta(days=count)

    later = days(700)
    return [
        Borrower(PATRONS["own"], "竹内", "芸子", later, address="中央市榎町1-2 ポスト前"),
        Borrower(PATRONS["child"], "竹内", "つむぎ", later, born=days(-3500), address="中央市榎町1-2 ポスト前"),
        Borrower(PATRONS["other"], "髙﨑", "五郎", later, address="中央市本町3-4"),
        Borrower(PATRONS["busy"], "𠮷野", "花子", later, address="中央市本町5-6"),
        Borrower(PATRONS["full"], "山辺", "みつる", later),
        Borrower(PATRONS["soon"], "小春", "日和", days(40)),
        Borrower(PATRONS["expired"], "秋月", "過", days(-20)),
        Borrower(PATRONS["stopped"], "遅野", "かえで", later, Stop.OVERDUE),
        Borrower(PATRONS["lost"], "落合", "なな", later, Stop.CARD_LOST),
        Borrower(PATRONS["owing"], "弁天", "千代", later, owes=1500),
        Borrower(PATRONS["owing-little"], "福田", "十和", later, owes=350),
        Borrower(PATRONS["bar"], "縦山", "棒太", later, address="中央市本町7-8|3階", note="忘れ物(傘)をお預かりしています"),
        Borrower(PATRONS["replacement"], "新井", "かえ", later, formerly=PATRONS["replaced"]),
        Borrower(PATRONS["somebody"], "先野", "客人", later),
    ]


def opening(today: date, rules: Rules | None = None) -> Circulation:
    """Return the library's initial state on `today`."""
    library = Circulation.of(borrowers(today), ITEMS.values(), rules)

    def lent(item: str, patron: str, days_left: int, renewals: int = 0) -> None:
        number = ITEMS[item].number
        library.loans[number] = Loan(number, PATRONS[patron], today + timedelta(days=days_left), renewals)

    def wanted(item: str, patron: str, *, ready: bool = False) -> None:
        number = ITEMS[item].number
        library.holds[number].append(Hold(number, PATRONS[patron], ready=ready))

    lent("on-loan", "somebody", 9)
    lent("queue", "somebody", 3)
    for patron in ("other", "soon", "bar"):
        wanted("queue", patron)
    wanted("shelf", "somebody", ready=True)
    lent("own-renewable", "own", 4)
    lent("own-renewed", "own", 6, renewals=1)
    lent("own-wanted", "own", 5)
    wanted("own-wanted", "somebody")
    lent("busy-overdue", "busy", -6)
    for n in range(1, 5):
        lent(f"busy-{n}", "busy", 2 * n)
    for n in (1, 2):
        wanted(f"busy-ready-{n}", "busy", ready=True)
    lent("stopped-overdue", "stopped", -45)
    for n in range(1, 11):
        lent(f"full-{n}", "full", 7)
    return library
