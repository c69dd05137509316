"""Why a file or folder cannot be used, as commands say it, and what to do about it where the sentence itself does not say so."""

from __future__ import annotations

from collections.abc import Iterator

import polib

from kiosk.resource_files import resource
from tools.site.markdown import table, text

_PREFIX = "command.why.file."
NEXT = {
    "denied": "管理者に、出ている場所の権限を確かめてもらいます。窓口を使うアカウントで実行しているかも確かめます。",
    "foreign": "いつも窓口を使うアカウントで実行します。持ち主を変えるのは、管理者に頼みます。",
    "missing": "場所の書き間違いがないかを確かめます。外付けのディスクや共有フォルダーなら、つながっているかを見ます。",
    "not-a-folder": "そのファイルの中身を確かめ、名前を変えるか、ほかへ移します。",
    "not-a-file": "ふつうのファイルの場所を書きます。",
    "folder": "そのフォルダーの中身を確かめ、名前を変えるか、ほかへ移します。",
    "oversized": "別のファイルを指していないかを確かめます。",
    "full": "要らないファイルを消すか、ほかのディスクを使います。",
    "read-only": "書き込めるディスクの場所を書きます。USBメモリーなら、書き込み禁止のスイッチを確かめます。",
    "limited": "上限(ulimit -f)を上げるか、管理者に頼みます。",
    "faulty": "つなぎ直して、もう一度試します。続くときは、別の装置を使い、大事なファイルを写しておきます。",
    "other": "もう一度試します。続くときは、出ている場所と番号を管理者に知らせます。",
}
"""By the last part of the key."""
_SAID_THERE = "左のとおり"


def file_reasons() -> Iterator[str]:
    rows = []
    for entry in polib.pofile(str(resource("i18n/ja/command.po"))):
        if entry.msgid.startswith(_PREFIX):
            rows.append((text(entry.msgstr), NEXT.get(entry.msgid.removeprefix(_PREFIX), _SAID_THERE)))
    yield from table(("理由", "すること"), rows)
