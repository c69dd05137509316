"""What staff see in each state, and which event each press emits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from kiosk.domain.calendar import JAPAN
from kiosk.domain.errors import Code
from kiosk.domain.events import (
    ApplicantChosen,
    BackPressed,
    BrokeSeen,
    CardLeftSeen,
    CardStopAnswered,
    Event,
    GoOnPressed,
    GuardianCheckSet,
    HandoverAsked,
    HelpChosen,
    HoldConfirmed,
    HolderConfirmed,
    HolderDenied,
    HomeChosen,
    LateSeen,
    LeavePressed,
    NextPressed,
    RegistrationChosen,
    RenewalChosen,
    ReplacementChosen,
    ServiceChosen,
    SlipAsked,
    SlipChosen,
    SlipRetryPressed,
    SlipTroubleSeen,
    StatusChosen,
    StoreAccepted,
    UnlinkConfirmed,
    UnlinkingChosen,
    UnlinkReasonChosen,
)
from kiosk.domain.health import Condition, Finding
from kiosk.domain.model import Applicant, GuardianCheck, IlsCondition, Language, Patron, ReplaceReason, Service, UnlinkReason
from kiosk.domain.slip import SlipKind
from kiosk.domain.states import AskingPin, Problem, Registered, Waiting
from kiosk.ui.staff import StaffWindow
from kiosk.ui.staff.number_label import NumberLabel
from kiosk.ui.staff.page_of_state import COMES_NEXT, page_of
from kiosk.ui.staff.serving.item_texts import grouped
from kiosk.ui.staff.top_and_bottom_bar import StatusItem
from kiosk.ui.theme import staff_sizes
from kiosk.ui.widgets.tries import TriesBars
from kiosk.ui.widgets.words import Words
from tests.support.wait import WAIT_MS
from tests.support.windows.patron_samples import DRAFT, FACTS, INSERTION, NUMBER, OPERATION, counter, found
from tests.support.windows.serving_samples import LOANS, LOCAL
from tests.support.windows.staff_samples import a_sixth_or_all, one_of_each, staff_scenes
from tests.support.windows.staff_window import Hands, settle

SCENES = staff_scenes()

SHOWS = [
    ("waiting", ["カードを待っています", "暗証番号は不要です", "カードを置く案内を出しています"]),
    ("waiting-starting", ["カードリーダーを調べています"]),
    ("waiting-reader-missing", ["カードリーダーが見つかりません", "ただいま読み取れないことを伝えています"]),
    ("waiting-unchecked", ["番号は10桁です。いま8桁です。", "公的個人認証法38条の4"]),
    ("waiting-without-trust", ["認証局の証明書がこの窓口に登録されていません"]),
    ("waiting-stale-lists", ["失効リストが古くてもカードを受け付ける設定です"]),
    ("status-stale-lists", ["失効リストが古くなっても受け付ける設定です"]),
    ("waiting-too-old-lists", ["失効リストが古すぎるか、ありません", "利用カードで受け付けてください"]),
    ("status-too-old-lists", ["失効リストが古すぎるか、ありません"]),
    ("waiting-demo", ["お試し"]),
    ("reading-slow", ["カードの応答がありません", "カードを一度離して"]),
    ("confirming-holder", ["カードの写真と本人を確認", "15歳未満の方のカードは法定代理人も可"]),
    ("served", ["マイナンバーカードで確認", "有効期限は図書館システムで確認してください"]),
    ("served-ends-soon", ["電子証明書は2027年1月まで", "本日は使えます。更新後は連携の再登録が必要です。"]),
    ("served-by-number", ["利用カードで受付", "有効", "2028年3月31日まで"]),
    ("service-loan", ["この番号を図書館システムに入力してください", "「貸出」の画面を開きます"]),
    ("lending-refused-card-expired", ["電子証明書の有効期限が切れています", "市・区役所、町村役場で更新する"]),
    ("lending-refused-not-linked", ["連携登録されていません", "カードは置いたままで、登録できます"]),
    ("lending-refused-lifted", ["2つのカードと、4桁の暗証番号で登録します"]),
    ("registration-refused-proxy-refused", ["代理の手続きはできません", "ご本人に来館してもらう"]),
    ("applicant", ["どなたのカードを登録しますか", "15歳未満の子"]),
    ("record", ["記録するもの", "利用者証明用電子証明書の番号", "記録しないもの", "マイナンバー", "住所、氏名、生年月日、性別、写真"]),
    ("guardian", ["2011年(平成23年)11月25日以降に生まれた方は、15歳未満です", "あと6つの確認が済むと、次へ進めます。"]),
    ("guardian-one-left", ["同居の確認が済むと、次へ進めます。"]),
    ("library-card", ["お持ちでない方は当日作成してから"]),
    ("library-card-number-is-my-number", ["マイナンバーのようです", "どこにも残っていません"]),
    ("place", ["マイナンバーカードを置いてもらってください", "カードを1枚だけ、財布から出して", "2104 0678 53"]),
    ("place-card-removed", ["読み取りの途中でカードが離れました", "本人(子)のマイナンバーカードを置いてもらってください"]),
    (
        "replacement-both",
        ["読み取った利用カード: 2104 0678 53", "2104 ＊＊＊＊ 61", "2025年4月1日から", "別の電子証明書と連携しています"],
    ),
    ("already", ["2025年4月1日から", "そのまま使えることを伝えてください"]),
    ("confirm-child", ["利用者に内容を確認してもらっています", "2104 0678 53"]),
    ("confirm-replacing", ["付け替え", "更新", "違うときは、マイナンバーカードを取ってもらい、次の画面で「戻る」を押します"]),
    ("pin", ["利用者が暗証番号を入力しています", "3回", "カードリーダーの上にあります", "職員が代わりに入力することはできません"]),
    ("pin-two-left", ["入力できるのはあと2回です"]),
    ("pin-after-mistake", ["暗証番号が違います。残り2回です。"]),
    ("pin-cleared", ["バーコードが入りました", "カードには送っていません"]),
    ("last-try", ["入力できるのはあと1回です", "暗証番号がロックされます"]),
    ("checking-pin-slow", ["カードの応答がありません"]),
    ("saving", ["登録しています"]),
    ("done", ["利用カードは捨てないでください", "電話による貸出延長、予約、返却期限日の確認", "2つのカードをお返しください"]),
    ("done-pending", ["受け付けました(同期待ち)"]),
    ("place-unchecked", ["利用カードの番号は図書館システムで確認していません", "利用カードと見比べ"]),
    ("confirm-unchecked", ["利用カードの番号は図書館システムで確認していません", "利用カードと見比べ"]),
    ("done-unchecked", ["利用カードの番号は図書館システムで確認していません", "図書館システムが戻ったら"]),
    ("unlink-lost", ["0120-95-0178", "カードを止めたか選ぶと、番号を入れられます。"]),
    ("unlink-not-stopped", ["先に、カードを止めるよう伝えてください"]),
    ("unlink-confirm", ["この連携を解除しますか", "2025年4月1日から", "紛失"]),
    ("unlinked-lost", ["受け付けました(同期待ち)", "カードを止めてください", "再発行は市・区役所、町村役場です"]),
    ("unlink-refused", ["この番号と連携しているマイナンバーカードはありません"]),
    ("waiting-doubted", ["前の状態に戻っています", "少なくとも12件です", "解除し直してから"]),
    ("waiting-doubted-unseen", ["前の状態に戻っています", "少なくとも12件です", "解除し直してから"]),
    ("status-doubted", ["保存先が、前に確認したときより古い状態です", "3件(正しいか確認していません)"]),
    ("lending-refused-doubted", ["連携登録が記録と合いません", "データの確認が済んでいません"]),
    ("status-warnings", ["復旧シート", "パソコンのディスクがいっぱい", "失効リスト"]),
    ("status-no-lists", ["確認しない設定です", "注意のしるしが付いた行のほかに異常はありません"]),
    ("status-store", ["保存先のファイルが壊れています", "わかりません"]),
    ("status-overdue", ["応答がないためわかりません", "10:32 から確認できていません"]),
    ("status-unseen", ["まだ調べていません", "まだ調べていない項目か、わからない項目があります"]),
    ("status-reader-silent", ["カードリーダーのサービスが応答しません"]),
    ("waiting-store", ["保存先のファイルが壊れています", "受付を休んでいることを伝えています"]),
    ("waiting-clock", ["カードを待っています", "パソコンの日付(2010年1月1日)が違うようです"]),
    ("waiting-display", ["利用者用の画面が接続されていません", "利用者用の画面がありません"]),
    ("waiting-reader-silent", ["サービスが応答しなくなりました"]),
    ("waiting-many", ["ほかに3件あります"]),
    ("status-busy", ["12840件", "137件", "5120回", "3件", "失効リストと照らし合わせています"]),
    ("help", ["家族のカードで借りられますか", "0120-95-0178", "Myライブラリ"]),
    ("out-of-order", ["プログラムに問題が起きました", "1124-3F0A"]),
    ("called-offline", ["有効期限などは未確認です", "番号を呼び出しました", "キーボードに触れないでください"]),
    (
        "called-stopped",
        ["利用停止です", "いまは貸出ができません。", "延滞、延滞金", "図書館システムの表示: Patron has 2 overdues ［A｜B］"],
    ),
    ("lending", ["今回の貸出", "2点を貸し出しました", "はじめての家庭菜園 雪国の四季", "1100 8920 31", "12月9日(水)", "貸出不可"]),
    ("lending", ["ほかの方の予約があります", "予約の棚へ置いてください", "貸出中\n5\n点", "延滞\nなし", "貸出可能(残り)\n5\n点"]),
    ("lending-empty", ["貸し出した資料がここに並びます。"]),
    ("lending-all-sorts", ["順番待ちです", "照会しています", "わかりません", "貸出済み", "返却期限 9 Dec 2026"]),
    (
        "lending-all-sorts",
        ["C言語[第2版] 入門|演習 𠮷野 髙﨑", "図書館システムの表示: Item is [restricted] | see desk", "資料 1100 0000 33"],
    ),
    ("lending-wrong", ["資料の番号ではないようです"]),
    ("lending-ends-soon", ["利用カードは2027年2月22日まで", "更新をご案内ください", "貸出中\n—"]),
    ("lending-renewal-denied", ["できないことがあります", "いまは貸出延長ができません。"]),
    ("lending-offline", ["図書館システムから正しい応答がありません", "図書館システムの画面で行ってください", "未確認です", "未貸出"]),
    ("lending-handed-over", ["図書館システムの画面に番号を入力しました", "今回の貸出"]),
    ("lending-not-handed-over", ["残りは入力していません", "途中まで入力された番号を消し", "今回の貸出"]),
    ("lending-local", ["視聴覚ブースの利用", "録音［デイジー］"]),
    ("renewal", ["貸出中の資料", "12点", "はじめての家庭菜園 雪国の四季", "2036年1月3日(木)", "越後の昔話 第8集"]),
    (
        "renewal-answers",
        ["1点を延長しました", "12月23日(水)", "延長しました", "これ以上は延長できません", "この方が借りている資料ではありません"],
    ),
    ("renewal-listing", ["貸出中の資料を調べています"]),
    ("renewal-describing", ["資料 1100 0000 17", "調べています"]),
    ("renewal-empty", ["貸出中の資料はありません。"]),
    ("renewal-not-listed", ["図書館システムから正しい応答がありません"]),
    (
        "hold",
        [
            "今回の予約",
            "2点を予約しました",
            "3番目",
            "予約しました",
            "予約済み",
            "未予約",
            "予約の一覧では、まだ確認できません。",
            "なければ「なかったので予約する」を押してください。",
        ],
    ),
    ("handover-not", ["番号を図書館システムの画面に入力できます", "この番号を図書館システムに入力してください"]),
    ("handover-done", ["番号は図書館システムの画面に入っています", "この番号になっていることを確認します"]),
    ("handover-failed", ["何も入力していません", "この番号を図書館システムに入力してください"]),
    ("local", ["郷土資料室への入室と閲覧の申し込み", "「郷土資料室への入室と閲覧の申し込み」の画面を開きます"]),
    ("lending-refused-library-card-stopped", ["理由: 延滞、延滞金", "Patron has ［2］ overdues ｜ see desk"]),
    ("lending-refused-library-card-expired", ["2026年3月31日までのカードです"]),
    ("library-card-library-card-stopped", ["理由: 延滞、延滞金"]),
    ("place-stopped", ["いま、貸出ができません(延滞、延滞金)", "連携登録はできます"]),
    ("library-card-stopped-patron", ["いま、貸出ができません(延滞、延滞金)"]),
    ("status-ils-ils-not-trusted", ["サーバーの証明書", "番号の表示はできます"]),
    ("slip-trouble", ["レシートを出せませんでした", "返却期限を口頭で伝えてください"]),
    ("slip-printer-silent", ["「2階カウンター レシート」が応答しません", "わかりません"]),
    ("slip-printer-unnamed", ["「このパソコンの標準のプリンター」が受け付けない"]),
    ("late-loan", ["貸し出されていました", "はじめての家庭菜園", "資料番号 1100 8920 31", "図書館システムで返却してください"]),
    ("lending-trying", ["図書館システムへの接続を試みています"]),
    (
        "lending-service-denied",
        ["図書館システムが、貸出に応じませんでした", "「いま試す」を押してから、資料をもう一度"],
    ),
    ("lending-objection", ["2026年3月31日"]),
    ("late-renewal", ["延長されていました", "資料 1100 0000 17"]),
    ("late-hold", ["予約されていました", "重なりを取り消してください"]),
    ("slip-trouble-at-rest", ["レシートを出せませんでした", "利用カード 2104 ＊＊＊＊ 53 の方のレシートです"]),
    ("waiting-card-lies", ["カードが置かれたままです", "利用者にカードをお返しください。"]),
    ("waiting-former-card-lies", ["前の方のマイナンバーカードが残っています", "職員がお預かりして、持ち主にお返しください。"]),
    (
        "place-former-card-lies",
        ["前の方のマイナンバーカードが残っています", "いまの方のカードなら、一度取って、置き直してもらってください。"],
    ),
    ("former-card-left", ["前の方のマイナンバーカードが残っています", "職員がお預かりして、持ち主にお返しください。"]),
    ("registered-card-left", ["カードが置かれたままです", "利用者にカードをお返しください。"]),
    ("idle-warning", ["続けますか", "秒たつと画面を閉じます"]),
]


@pytest.mark.parametrize("scene", ["status-store", "status-overdue", "status-unseen"])
def test_what_was_not_counted_is_no_nought_and_nothing_fine(hands: Hands, scene: str) -> None:
    hands.show(*SCENES[scene])
    for sentence in ("0件", "0回", "異常はありません"):
        assert sentence not in hands.texts()


def test_nothing_to_take_care_of_is_said_only_where_no_row_is_marked(hands: Hands) -> None:
    for name, (state, facts) in SCENES.items():
        if name.startswith("status") and any(finding.condition in (Condition.CARE, Condition.WRONG) for finding in facts.findings):
            hands.show(state, facts)
            assert "調べた範囲に異常はありません" not in hands.texts(), name


def test_where_no_row_is_marked_there_is_nothing_to_take_care_of(hands: Hands) -> None:
    hands.show(*SCENES["status-busy"])
    assert "調べた範囲に異常はありません" in hands.texts()


@pytest.mark.parametrize("scene", ["waiting-display", "waiting-store", "waiting-without-trust", "waiting-reader-silent"])
def test_the_mirror_shows_no_invitation_that_nobody_sees(hands: Hands, scene: str) -> None:
    hands.show(*SCENES[scene])
    assert "カードを置く案内を出しています" not in hands.texts()


@pytest.mark.parametrize(
    ("scene", "said"),
    [
        ("waiting-store", "連携台帳: 読み出せません"),
        ("waiting-doubted", "連携台帳: 確認が必要です"),
        ("waiting-overdue", "カードリーダー: 確認できません"),
        ("waiting-unseen", "連携台帳: わかりません"),
        ("waiting-clock", "確認すること: 1件"),
        ("waiting-many", "確認すること: 9件"),
        ("waiting-reader-silent", "カードリーダー: サービスが応答しません"),
    ],
)
def test_the_bar_says_what_is_not_well(hands: Hands, scene: str, said: str) -> None:
    hands.show(*SCENES[scene])
    assert said in [item.accessibleName() for item in hands.window.findChildren(StatusItem) if item.isVisible()]


@pytest.mark.parametrize(("apart", "said"), [(0, "利用者用の画面がありません"), (1, "カードを置く案内を出しています")])
def test_another_display_than_the_config_names_may_do(hands: Hands, apart: int, said: str) -> None:
    other = Finding("displays.other", {"displays": "", "count": 3, "apart": apart, "wanted": "HDMI-2"})
    hands.show(counter(Waiting()), found(FACTS, other))
    assert said in hands.texts()
    assert "設定の画面「HDMI-2」がありません" in hands.texts()


def test_each_look_is_told_with_its_time(hands: Hands) -> None:
    hands.show(*SCENES["status-busy"])
    assert hands.texts().count("10:32 に確認") == len(SCENES["status-busy"][1].findings)


def test_a_library_card_that_nobody_checked_is_not_promised_to_serve(hands: Hands) -> None:
    scene, facts = SCENES["done-unchecked"]
    assert isinstance(scene.flow, Registered)
    checked = replace(DRAFT, patron=Patron(NUMBER, checked=True))
    for draft, ils, said in ((DRAFT, IlsCondition.READY, True), (checked, IlsCondition.READY, False), (DRAFT, IlsCondition.NONE, False)):
        hands.show(replace(scene, flow=Registered(draft, OPERATION, pending=False, replaced=False), ils=ils), facts)
        assert ("図書館システムで確認していません" in hands.texts()) is said
        assert ("これからは、マイナンバーカードだけで受け付けられます" in hands.texts()) is not said


@pytest.fixture(scope="module")
def reading(qapp: QApplication) -> Iterator[Hands]:
    """At one window that shows a counter's state after another, as on any day."""
    made = Hands()
    yield made
    made.window.close_for_good()
    shiboken6.delete(made.window)


@pytest.mark.parametrize(("scene", "sentences"), SHOWS, ids=[scene for scene, _ in SHOWS])
def test_a_state_says(reading: Hands, scene: str, sentences: list[str]) -> None:
    reading.show(*SCENES[scene])
    reading.unfold()
    seen = reading.texts()
    for sentence in sentences:
        assert sentence in seen


@pytest.mark.parametrize("scene", ["waiting-card-lies", "waiting-former-card-lies", "place-former-card-lies"])
def test_no_card_is_waited_for_where_one_lies_that_is_to_be_taken(hands: Hands, scene: str) -> None:
    hands.show(*SCENES[scene])
    for inviting in ("カードを待っています", "番号が出ます", "置いてもらいます"):
        assert inviting not in hands.texts()
    counter, facts = SCENES[scene]
    hands.show(replace(counter, cards=(), spent=frozenset(), former=frozenset()), facts)
    assert "カードを待っています" in hands.texts() or "置いてもらいます" in hands.texts()


@pytest.mark.parametrize("scene", ["waiting", "served", "pin", "done", "unlinked", "lending-refused-card-expired"])
def test_nothing_of_the_end_date_but_year_and_month(hands: Hands, scene: str) -> None:
    hands.show(*SCENES["served-ends-soon"])
    assert "2027年1月まで" in hands.texts()
    hands.show(*SCENES[scene])
    assert "2027" not in hands.texts()


PRESSES: list[tuple[str, str, Event]] = [
    ("waiting", "窓口", HomeChosen()),
    ("waiting", "連携登録", RegistrationChosen()),
    ("waiting", "解除", UnlinkingChosen()),
    ("waiting", "状況", StatusChosen()),
    ("waiting", "使い方", HelpChosen()),
    ("waiting", "連携登録を始める", RegistrationChosen()),
    ("waiting", "解除を始める", UnlinkingChosen()),
    ("confirming-holder", "本人です", HolderConfirmed()),
    ("confirming-holder", "本人ではない", HolderDenied()),
    ("served", "終了して画面を消す", LeavePressed()),
    ("served", "貸出", ServiceChosen(Service.LOAN)),
    ("served", "国立国会図書館デジタル化資料送信サービス", ServiceChosen(Service.NDL_DIGITAL)),
    ("lending-refused-card-expired", "再登録を始める", RegistrationChosen()),
    ("lending-refused-card-expired", "閉じて、カードを待つ", LeavePressed()),
    ("lending-refused-not-linked", "連携登録を始める", RegistrationChosen()),
    ("registration-refused-proxy-refused", "登録をやり直す", RegistrationChosen()),
    ("registration-refused-pin-locked", "別のカードで続ける", BackPressed()),
    ("applicant", "ご本人", ApplicantChosen(Applicant.SELF)),
    ("applicant", "15歳未満の子", ApplicantChosen(Applicant.CHILD)),
    ("applicant", "それ以外の方", ApplicantChosen(None)),
    ("applicant", "やめる", LeavePressed()),
    ("record", "次へ: 利用カード", NextPressed()),
    ("record-child", "次へ: 書類の確認", NextPressed()),
    ("record", "戻る", BackPressed()),
    ("guardian", "法定代理人である", GuardianCheckSet(GuardianCheck.IS_GUARDIAN, True)),
    ("guardian-all", "15歳未満である", GuardianCheckSet(GuardianCheck.UNDER_FIFTEEN, False)),
    ("guardian-all", "次へ: 利用カード", NextPressed()),
    ("library-card", "戻る", BackPressed()),
    ("place", "やめる", LeavePressed()),
    ("replacement", "更新", ReplacementChosen(ReplaceReason.RENEWED)),
    ("replacement", "利用カード変更", ReplacementChosen(ReplaceReason.LIBRARY_CARD_CHANGED)),
    ("confirm", "登録を中止する", LeavePressed()),
    ("pin", "入力を中止する", LeavePressed()),
    ("checking-pin-slow", "入力を中止する", LeavePressed()),
    ("done", "終わる", LeavePressed()),
    ("unlink-reason", "紛失", UnlinkReasonChosen(UnlinkReason.LOST)),
    ("unlink-lost", "止めた", CardStopAnswered(True)),
    ("unlink-lost", "まだ止めていない", CardStopAnswered(False)),
    ("unlink-confirm", "解除する", UnlinkConfirmed()),
    ("unlink-refused", "番号を入れ直す", BackPressed()),
    ("out-of-order", "窓口に戻る", BrokeSeen()),
    ("card-left", "確認しました", CardLeftSeen()),
    ("slip-trouble", "レシートの件を確認しました", SlipTroubleSeen()),
    ("waiting-doubted", "確認したので、受付を始める", StoreAccepted(Code.STORE_BEHIND)),
    ("waiting-doubted-unseen", "確認したので、受付を始める", StoreAccepted(Code.STORE_BEHIND)),
    ("lending-refused-doubted", "確認したので、受付を始める", StoreAccepted(Code.LINKS_ALTERED)),
    ("slip-trouble", "もう一度出す", SlipRetryPressed()),
    ("late-loan", "図書館システムで確認しました", LateSeen()),
    ("slip-trouble-at-rest", "もう一度出す", SlipRetryPressed()),
    ("done-slip", "登録した内容を印刷", SlipAsked()),
    ("lending", "終わりに出すレシート: 貸出中すべて", SlipChosen(SlipKind.ALL)),
    ("lending", "貸出延長", ServiceChosen(Service.RENEWAL)),
    ("lending-local", "録音［デイジー］", ServiceChosen(LOCAL[2])),
    ("renewal", "延長する 信濃川の橋をたずねて 1098 2216 70", RenewalChosen("1098221670")),
    ("renewal", "すべて延長する", RenewalChosen()),
    ("hold", f"なかったので予約する {LOANS[5].title} {grouped(LOANS[5].number)}", HoldConfirmed(LOANS[5].number)),
    ("renewal-not-listed", "もう一度調べる", ServiceChosen(Service.RENEWAL)),
    ("handover-not", "番号を入力する", HandoverAsked()),
    ("handover-failed", "もう一度入力する", HandoverAsked()),
    ("idle-warning", "続ける", GoOnPressed()),
]


@pytest.mark.parametrize(("scene", "name", "event"), PRESSES, ids=[f"{scene}:{name}" for scene, name, _ in PRESSES])
def test_a_press_says(reading: Hands, scene: str, name: str, event: Event) -> None:
    reading.said.clear()
    reading.show(*SCENES[scene])
    reading.unfold()
    reading.press(name)
    assert reading.said == [event]


def test_what_was_printed_can_be_printed_again(hands: Hands) -> None:
    hands.show(*SCENES["done-slip"])
    hands.press("登録した内容を印刷")
    hands.press("もう一度印刷")
    assert hands.said == [SlipAsked(), SlipAsked()]
    hands.show(*SCENES["waiting"])
    hands.show(*SCENES["done-slip"])
    assert "登録した内容を印刷" in hands.controls(), "the next patron's has not been printed"


WAITS = [
    ("lending-leaving", "確認しています…"),
    ("renewal-empty", "すべて延長する"),
    ("handover-under-way", "もう一度入力する"),
    ("guardian-one-left", "次へ: 利用カード"),
    ("checking-pin", "入力を中止する"),
    ("unlink-lost", "連携を確認する"),
    ("pin", "窓口"),
]


@pytest.mark.parametrize(("scene", "name"), WAITS, ids=[scene for scene, _ in WAITS])
def test_what_has_to_wait_cannot_be_pressed(hands: Hands, scene: str, name: str) -> None:
    hands.show(*SCENES[scene])
    assert not hands.control(name).isEnabled()
    hands.press(name)
    assert hands.said == []


def test_a_press_alone_ticks_nothing(hands: Hands) -> None:
    """What is chosen follows the machine: a machine that does not answer leaves the rail and the tiles as they are."""
    hands.show(*SCENES["served"])
    for name in ("状況", "貸出"):
        hands.press(name)
        button = hands.control(name)
        assert isinstance(button, QAbstractButton)
        assert not button.isChecked()


def test_the_number_is_copied_and_forgotten(hands: Hands) -> None:
    hands.show(*SCENES["service-loan"])
    hands.press("この番号をコピーする")
    assert QApplication.clipboard().text() == "2104067853"
    hands.show(*SCENES["waiting"])
    assert QApplication.clipboard().text() == ""


def test_what_else_was_copied_stays(hands: Hands) -> None:
    hands.show(*SCENES["served"])
    hands.press("番号をコピー")
    QApplication.clipboard().setText("something else")
    hands.show(*SCENES["waiting"])
    assert QApplication.clipboard().text() == "something else"


def test_a_session_leaves_nothing_behind(hands: Hands) -> None:
    hands.show(*SCENES["served-long"])
    hands.show(*SCENES["waiting"])
    left = [widget.accessibleName() for widget in hands.window.findChildren(QWidget)] + [hands.texts()]
    assert not any("2104" in text for text in left)


@pytest.mark.parametrize(
    "meanwhile",
    [["reading"], ["reading", "confirming-holder"], ["reading", "lending-refused-not-linked"]],
)
def test_half_a_number_outlives_a_card_that_comes(hands: Hands, meanwhile: list[str]) -> None:
    hands.show(*SCENES["waiting"])
    hands.type("21")
    for scene in meanwhile:
        hands.show(*SCENES[scene])
        if scene == "reading":
            assert hands.control("利用カードの番号の入力欄").property("text") == "21"
    hands.show(*SCENES["waiting"])
    field = hands.control("利用カードの番号の入力欄")
    assert field.property("text") == "21"
    if meanwhile != ["reading"]:
        # What is scanned now is not appended to it.
        assert field.property("selectedText") == "21"


@pytest.mark.parametrize("meanwhile", [["unlink-reason"], ["reading", "confirming-holder", "served"], ["reading", "pin"], ["served"]])
def test_half_a_number_goes_when_staff_go_elsewhere_or_serve_another_patron(hands: Hands, meanwhile: list[str]) -> None:
    hands.show(*SCENES["waiting"])
    hands.type("21")
    for scene in meanwhile:
        hands.show(*SCENES[scene])
    hands.show(*SCENES["waiting"])
    assert not hands.control("利用カードの番号の入力欄").property("text")


def test_a_number_at_the_counter_that_nobody_goes_on_with_is_forgotten(hands: Hands, qtbot: QtBot) -> None:
    counter, facts = SCENES["waiting"]
    soon = replace(counter, rules=replace(counter.rules, idle_seconds=0.05))
    hands.show(soon, facts)
    hands.type("21")
    qtbot.waitUntil(lambda: not hands.control("利用カードの番号の入力欄").property("text"), timeout=WAIT_MS)
    assert hands.said == []
    refused = Problem(Code.NUMBER_PREFIX, (("prefix", "21"),), "9904067853")
    # Long enough to be seen on a busy machine.
    hands.show(replace(soon, flow=Waiting(refused), rules=replace(counter.rules, idle_seconds=0.5)), facts)
    assert hands.control("利用カードの番号の入力欄").property("text") == "9904067853"
    qtbot.waitUntil(lambda: hands.said == [LeavePressed()], timeout=WAIT_MS)
    assert not hands.control("利用カードの番号の入力欄").property("text")


@pytest.mark.parametrize("scene", ["reading", "reading-slow", "looking-up"])
def test_a_card_that_takes_its_time_can_be_left_by_a_button(hands: Hands, scene: str, qtbot: QtBot) -> None:
    hands.show(*SCENES["waiting"])
    hands.show(*SCENES[scene])
    qtbot.waitUntil(lambda: "やめる" in hands.controls(), timeout=WAIT_MS)
    hands.press("やめる")
    assert hands.said[-1] == LeavePressed()


@pytest.mark.parametrize("scene", ["served-long", "holder-ends-soon"])
def test_a_long_number_is_whole(hands: Hands, scene: str) -> None:
    for width in (960, 1366, 1920):
        hands.window.resize(width, 768)
        hands.show(*SCENES[scene])
        label = next(label for label in hands.window.findChildren(NumberLabel) if label.isVisible())
        assert label.text().replace(" ", "").replace("\n", "") == "2104067853210406"
        assert label.sizeHint().height() <= label.height()


def test_a_quick_card_is_not_spoken_of(hands: Hands, qtbot: QtBot) -> None:
    hands.show(*SCENES["waiting"])
    hands.show(*SCENES["reading"])
    assert "カードを読み取っています" not in hands.texts()
    qtbot.waitUntil(lambda: "カードを読み取っています" in hands.texts(), timeout=WAIT_MS)


def test_staff_never_see_how_much_is_typed(hands: Hands) -> None:
    seen = set()
    for typed in range(5):
        flow = AskingPin(INSERTION, SCENES["pin"][0].flow.goal, 3, typed=typed)  # type: ignore[union-attr]
        hands.show(counter(flow))
        seen.add(hands.texts())
    assert len(seen) == 1


def test_tries_are_bars_and_words(hands: Hands) -> None:
    hands.show(*SCENES["pin-two-left"])
    bars = [bars for bars in hands.window.findChildren(TriesBars) if bars.isVisible()]
    assert [shown.accessibleName() for shown in bars] == ["残り回数 2回"]


def test_the_mirror_says_the_patrons_language(hands: Hands) -> None:
    hands.show(counter(Waiting(), language=Language.ENGLISH))
    assert "英語" in hands.texts()
    hands.show(counter(SCENES["pin"][0].flow, language=Language.EASY_JAPANESE))
    assert "利用者の画面(やさしい日本語)" in hands.texts()


@pytest.mark.parametrize(
    ("scene", "said"),
    [
        ("applicant", "全6段階の1番目、対象の方"),
        ("guardian", "全7段階の2番目、書類の確認"),
        ("place", "全6段階の3番目、マイナンバーカード"),
        ("pin-child", "全7段階の6番目、暗証番号"),
        ("done", "全6段階の6番目、登録"),
    ],
)
def test_steps_are_counted(hands: Hands, scene: str, said: str) -> None:
    hands.show(*SCENES[scene])
    assert said in [widget.accessibleName() for widget in hands.window.findChildren(QWidget) if widget.isVisible()]


def test_the_bar_below_says_what_works(hands: Hands) -> None:
    def said() -> list[str]:
        return [widget.accessibleName() for widget in hands.window.findChildren(QWidget) if widget.isVisible()]

    hands.show(*SCENES["waiting"])
    assert {"カードリーダー: 使えます", "図書館システム: 接続していません", "連携台帳: この窓口"} <= set(said())
    hands.show(*SCENES["waiting-reader-missing"])
    assert "カードリーダー: 見つかりません。USBを確認してください" in said()
    hands.show(*SCENES["status-busy"])
    assert {"図書館システム: 接続済みです", "連携台帳: 同期待ち 3件"} <= set(said())
    for trouble in ("unreachable", "login-refused", "not-trusted"):
        hands.show(*SCENES[f"status-ils-ils-{trouble}"])
        assert [text for text in said() if text.startswith("図書館システム: ") and text.endswith("番号の表示はできます")], trouble


def test_the_clock_is_japans(qtbot: QtBot) -> None:
    window = StaffWindow(lambda event: None, lambda: datetime(2026, 11, 25, 10, 24, tzinfo=JAPAN))
    qtbot.addWidget(window, before_close_func=StaffWindow.close_for_good)
    window.resize(1366, 768)
    window.show_state(replace(counter(Waiting()), facts=FACTS))
    window.show()
    settle()
    texts = [widget.accessibleName() for widget in window.findChildren(QWidget) if widget.isVisible()]
    assert {"11月25日(水)", "10:24"} <= set(texts)


def test_another_width_shows_the_same_state(hands: Hands) -> None:
    hands.show(counter(Registered(DRAFT, OPERATION, pending=False, replaced=True)))
    for width in (1920, 1024):
        hands.window.resize(width, 800)
        settle()
        assert "前の連携を解除し、新しい連携を登録しました。" in hands.texts()


class OtherWindows(QObject):
    """Counts windows that open beside the one under test."""

    def __init__(self, own: QWidget) -> None:
        super().__init__()
        self._own, self.seen = own, list[str]()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow() and watched is not self._own:
            self.seen.append(f"{type(watched).__name__} {watched.accessibleName()}")
        return False


@pytest.mark.timeout(180)
@a_sixth_or_all
def test_no_part_of_a_page_flashes_up_as_a_window(hands: Hands, every: int) -> None:
    """A widget shown before it has a parent is a window for a moment, and takes the keyboard with it."""
    others = OtherWindows(hands.window)
    QApplication.instance().installEventFilter(others)  # type: ignore[union-attr]
    for scene in list(one_of_each().values())[::every]:
        hands.show(*scene)
    hands.window.resize(1024, 768)
    settle()
    assert others.seen == []


@pytest.mark.parametrize("kind", sorted(set().union(*COMES_NEXT.values()), key=str))
@pytest.mark.parametrize("built", [0, 1, 2, 3, 5, 8, 100])
def test_a_page_that_is_wanted_before_it_is_built_shows_all_the_same(qapp: QApplication, kind: object, built: int) -> None:
    """Whoever built it piece by piece lets go of it then."""
    counter, facts = next(scene for scene in SCENES.values() if page_of(scene[0].flow) is kind)
    whole, begun = (page_of(counter.flow).load()(lambda event: None, staff_sizes(1366)) for _ in range(2))
    pieces = begun.pieces(counter)
    for _ in range(built):
        next(pieces, None)
    del pieces
    for page in (whole, begun):
        page.show_state(replace(counter, facts=facts))
    assert [words.text for words in begun.findChildren(Words)] == [words.text for words in whole.findChildren(Words)]


@pytest.mark.parametrize("scene", ["lending-everything", "local-many", "renewal-answers", "called-offline"])
def test_number_and_end_are_in_sight_in_the_lowest_window(hands: Hands, scene: str) -> None:
    hands.window.resize(960, 540)
    hands.show(*SCENES[scene])
    label = next(label for label in hands.window.findChildren(NumberLabel) if label.isVisible())
    for widget in (label, hands.control("終了して画面を消す")):
        corner = widget.mapTo(hands.window, widget.rect().bottomRight())
        assert hands.window.rect().contains(corner)
        assert not widget.visibleRegion().isEmpty()


def test_the_window_ends_the_program_only_between_sessions(hands: Hands) -> None:
    # In the application's own loop: what it leaves behind when told to end would end every other loop at once.
    hands.show(*SCENES["served"])
    QTimer.singleShot(0, hands.window.close)
    QTimer.singleShot(50, lambda: QApplication.exit(7))
    assert QApplication.exec() == 7
    hands.show(replace((waiting := SCENES["waiting"][0]), rules=replace(waiting.rules, staff_code="")))
    QTimer.singleShot(0, hands.window.close)
    assert QApplication.exec() == 0
    assert hands.window.isVisible()
    hands.window.close_for_good()
    assert not hands.window.isVisible()


@pytest.mark.parametrize(
    "scene", ["applicant", "help", "confirming-holder", "lending-refused-holder-denied", "registration-refused-proxy-refused"]
)
def test_where_only_the_holder_may_come_a_guardian_of_a_child_is_named_too(hands: Hands, scene: str) -> None:
    hands.show(*SCENES[scene])
    assert re.search("本人(のみ|だけ|を確認|の来館)", hands.texts())
    assert re.search("15歳未満の?.*法定代理人", hands.texts())
