"""The manuals as they are read: built without a warning, and searched in a real Chromium, from a folder without a server."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.domain.errors import Code
from kiosk.text import one_line, plain, say
from tests.support import ROOT

pytestmark = pytest.mark.linux("Sphinx is set up, and Chromium is there, on Linux only")
QUESTIONS = {
    # of staff
    "暗証番号を忘れた方": "staff/register",
    "暗証番号がロックされています": "reference/messages",
    "カードを紛失した利用者": "staff/unlink",
    "家族のカードで借りられるか": "staff/lend",
    "15歳未満の子の登録に必要なもの": "staff/register",
    "更新したカードを登録し直す": "staff/register",
    "図書館システムが止まったとき": "staff/trouble",
    "貸出延長のしかた": "staff/lend",
    "別の連携があります": "staff/register",
    "スマートフォンは使えません": "reference/messages",
    "画面を利用者に向けてください": "staff/register",
    "次の方のカードを先に読み取ってしまった": "staff/lend",
    "新しい職員の研修": "staff/practice",
    "練習の課題をやり直す": "staff/practice",
    # of administrators
    "利用カード番号の桁数を変えたい": "reference/config",
    "復旧シートをなくした": "administrator/recovery",
    "復旧シートを盗まれたので鍵を新しくしたい": "administrator/server",
    "カードリーダーが見つかりません": "reference/messages",
    "失効リストはどこに置くか": "administrator/certificates",
    "LGWANで使えるか": "administrator/networks",
    "MSI 終了コード 1603": "administrator/windows",
    "窓口のパソコンを買い替える": "administrator/moving",
    "サーバーが古い状態です": "administrator/server",
    "PostgreSQLにしたい": "administrator/database",
    "サーバーが壊れたら自動で切り替える": "administrator/high_availability",
    "異常をメールで知らせる": "administrator/status",
    "状況の画面にログインできない": "administrator/status",
    "認証アプリのスマートフォンをなくした": "administrator/status",
    "sip2の文字化け": "administrator/troubleshooting",
    "17320": "reference/config",
    "1台のパソコンを何人かで使う": "administrator/shared_computer",
    "ブラウザーの欄に番号を入れる": "administrator/handover",
    "車いすの高さ": "administrator/place",
    "SQLiteからPostgreSQLに移す": "administrator/database",
    "控えに設定は入っているか": "administrator/recovery",
    "この窓口は、使用を終えました": "reference/messages",
    "同じカードが、前の行では、ほかの利用カードの番号になっています": "reference/messages",
    "窓口が動いています。窓口を閉じてから、もう一度実行してください": "reference/messages",
    "終了の途中": "administrator/server",
    "staff_code": "reference/config",
    "別のユーザーのもので、このユーザーには権限がありません": "reference/messages",
    # of auditors, heads and who buys
    "38条の4": "auditor/law",
    "監査の記録が改ざんされていないか": "auditor/check",
    "職員の名前は記録されるか": "auditor/index",
    "個人情報は何を保存しているか": "auditor/records",
    "データの保存期間": "auditor/records",
    "仕様書 実績": "procurement/answers",
    "ICタグ": "procurement/answers",
}
"""What is asked, and the page that has to be among the first five found. The title of each message finds that message as well."""
LIMIT, BUILD_LIMIT = 60, 180


def build(folder: Path) -> None:
    """As `make docs`."""
    command = [sys.executable, "-m", "sphinx", "-q", "-n", "-T", "-W", "--keep-going", "-E", "-b", "html", "docs", str(folder)]
    told = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=BUILD_LIMIT)
    assert told.returncode == 0, told.stderr[-3000:]


def chromium(folder: Path, *arguments: str) -> str:
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'chromium'}", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=LIMIT).stdout


def found_by(dump: str) -> dict[str, list[list[str]]]:
    answers: dict[str, list[list[str]]] = json.loads(html.unescape(re.findall(r'<pre id="answers">(.*?)</pre>', dump, re.DOTALL)[0]))
    return answers


@pytest.mark.timeout(290)
def test_questions_find_their_pages_in_the_manuals_as_they_are_built(tmp_path: Path) -> None:
    site = tmp_path / "site"
    build(site)
    scripts = "".join(f'<script src="site/_static/{name}.js"></script>' for name in ("sections", "search"))
    titles = {code: plain(one_line(say(f"refusal.{code}.title"))) for code in Code}
    asked = json.dumps([*QUESTIONS, *titles.values()], ensure_ascii=False)
    tell = f"answers.textContent = JSON.stringify(Object.fromEntries({asked}.map((one) => [one, search(one)])))"
    asking = tmp_path / "asking.html"
    asking.write_text(f'<!doctype html><meta charset="utf-8"><pre id="answers"></pre>{scripts}<script>{tell}</script>', "utf-8")
    answers = found_by(chromium(tmp_path, "--dump-dom", asking.as_uri()))
    first = {question: [address.partition(".html")[0] for address, *_ in answers[question][:5]] for question in QUESTIONS}
    assert {question: first[question] for question, page in QUESTIONS.items() if page not in first[question]} == {}
    explained = {code: [address for address, *_ in answers[title][:5]] for code, title in titles.items()}
    assert [code for code, addresses in explained.items() if f"reference/messages.html#message-{code}" not in addresses] == []
    dead = {(address, anchor) for found in answers.values() for address, *_ in found if (anchor := missing_anchor(site, address))}
    assert dead == set()

    # The page of the site itself, and what a counter prints from it.
    shown = chromium(tmp_path, "--dump-dom", f"{(site / 'search.html').as_uri()}?q=%E5%BE%A9%E6%97%A7%E3%82%B7%E3%83%BC%E3%83%88")
    assert "復旧シートと控え</a>" in shown
    card = tmp_path / "card.pdf"
    chromium(tmp_path, "--no-pdf-header-footer", f"--print-to-pdf={card}", (site / "staff/card.html").as_uri())
    told = subprocess.run(["pdfinfo", str(card)], check=True, capture_output=True, text=True, timeout=LIMIT).stdout
    assert re.search(r"^Pages: +1$", told, re.MULTILINE), told


def missing_anchor(site: Path, address: str) -> str:
    """What the address names and its page does not have."""
    page, _, anchor = address.partition("#")
    return anchor if anchor and f'id="{anchor}"' not in (site / page).read_text("utf-8") else ""
