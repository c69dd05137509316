"""What servers say when they refuse something, in their own words, and which reason that is.

The protocol has no codes for reasons. These words were seen in answers, or are those of the systems' own error keys; the Japanese ones
are what staff's screens say here, since no Japanese system's SIP2 answers have been seen yet.
"""

from __future__ import annotations

import re

from kiosk.domain.circulation import Reason
from kiosk.domain.dataclass import dataclass
from kiosk.domain.itemservices import ITEM_SERVICES
from kiosk.domain.model import Service
from kiosk.library.ils.negation import says


@dataclass(frozen=True, slots=True)
class Wording:
    """Words of a server, and the reason they stand for in these services."""

    pattern: re.Pattern[str]
    reason: Reason
    services: frozenset[Service]


def wording(words: str, reason: Reason, *services: Service) -> Wording:
    """`words` is a regular expression, looked for anywhere and in any case. Without services it stands for all."""
    return Wording(re.compile(words, re.IGNORECASE), reason, frozenset(services or ITEM_SERVICES))


def reason_in(said: str, service: Service, wordings: tuple[Wording, ...]) -> Reason | None:
    """The reason that a server's words stand for, by the first wording that is found in them; None where they tell nothing known.

    Words with a "not" beside them are not known: they stand for the opposite, or for nothing.
    """
    for known in wordings:
        if service in known.services and says(said, known.pattern):
            return known.reason
    return None


KOHA: tuple[Wording, ...] = (
    # Keys of Koha's own checks come through as they are: "Issue failed : NOT_FOR_LOAN", "TOO_MANY: 5 / 5".
    wording(r"\bNO_MORE_RENEWALS\b", Reason.ALREADY_LENT, Service.LOAN),
    wording(r"\bNO_MORE_RENEWALS\b", Reason.NO_MORE_RENEWALS, Service.RENEWAL),
    wording(r"\b(?:NOT_FOR_LOAN|RESTRICTED|AGE_RESTRICTION)\b", Reason.NOT_FOR_LOAN),
    wording(r"\b(?:ITEM_LOST|WTHDRAWN|WITHDRAWN)\b", Reason.MISSING),
    wording(r"\bTOO_MANY", Reason.TOO_MANY),
    wording(r"\bUNKNOWN_BARCODE\b", Reason.ITEM_UNKNOWN),
    wording(r"\bISSUED_TO_ANOTHER\b", Reason.ON_LOAN),
    wording(r"\b(?:RESERVED|RESERVE_WAITING)\b", Reason.RESERVED, Service.LOAN, Service.RENEWAL),
    wording(r"\b(?:DEBT|DEBT_GUARANTEES|GNA|CARD_LOST|DEBARRED|USERBLOCKED\w*|EXPIRED)\b", Reason.PATRON_STOPPED),
)

JAPANESE_AND_ENGLISH: tuple[Wording, ...] = (
    # What is narrower stands first: "not checked out" before "checked out", the card that is lost before the item that is.
    wording(r"maximum (?:\w+ )?renewals|too many renewals|renewal limit|no more renewals", Reason.ALREADY_LENT, Service.LOAN),
    wording(r"maximum (?:\w+ )?renewals|too many renewals|renewal limit|no more renewals", Reason.NO_MORE_RENEWALS, Service.RENEWAL),
    wording(r"延長.{0,8}(?:上限|回数|限度|済)|(?:既に|すでに).{0,6}延長", Reason.NO_MORE_RENEWALS, Service.RENEWAL),
    wording(
        r"\bnot (?:checked out|charged|on loan)|(?:貸出|貸し出)(?:中で|し?て|されて)[はい]?(?:ない|いない|ありません|いません)",
        Reason.NOT_ON_LOAN,
        Service.RENEWAL,
    ),
    wording(r"(?:checked out|charged|issued|on loan) to (?:you|this patron)\b", Reason.ALREADY_LENT, Service.LOAN),
    wording(r"(?:checked out|charged|issued|on loan) to (?:an)?other\b", Reason.ON_LOAN),
    wording(
        r"already (?:reserved|requested|on hold|has a hold)|has this item on hold|duplicate (?:hold|request)|hold (?:already )?exists",
        Reason.ALREADY_RESERVED,
        Service.HOLD,
    ),
    wording(r"(?:既に|すでに)予約|予約済", Reason.ALREADY_RESERVED, Service.HOLD),
    wording(
        r"\breserved\b|\bon hold\b|hold shelf|outstanding holds?|has holds?\b|on_reserve", Reason.RESERVED, Service.LOAN, Service.RENEWAL
    ),
    wording(r"予約(?!(?:は|が|を|も)?(?:でき|出来|不可))", Reason.RESERVED, Service.LOAN, Service.RENEWAL),
    wording(r"(?:カード|利用券|利用証|利用者).{0,12}(?:紛失|停止|期限|無効|制限)|利用(?:停止|制限)|貸出停止|延滞", Reason.PATRON_STOPPED),
    wording(r"not for loan|reference only|non-?circulating|does not circulate|not (?:be )?(?:loaned|borrowed)", Reason.NOT_FOR_LOAN),
    wording(r"禁帯出|帯出禁止|館内で?(?:だけ|のみ|利用|閲覧)|貸出(?:不可|禁止|対象外)|貸出できない資料", Reason.NOT_FOR_LOAN),
    wording(r"\bwithdrawn\b|\bitem (?:is |was |marked )?(?:as )?(?:lost|missing)|不明(?:資料|本)|紛失|除籍|亡失", Reason.MISSING),
    wording(r"too many|(?:maximum|limit).{0,20}(?:loans|checkouts|items|holds)|(?:loan|checkout|hold) limit", Reason.TOO_MANY),
    wording(r"(?:冊数|点数|件数|貸出数).{0,12}(?:超|達|上限|制限|限度)|上限", Reason.TOO_MANY),
    wording(
        r"(?:invalid|unknown|no such) (?:item|barcode)|(?:item|barcode)(?: was)? (?:not found|unknown|does not exist)", Reason.ITEM_UNKNOWN
    ),
    wording(
        r"(?:資料|バーコード|番号)[ 0-9A-Za-z:「」()-]{0,24}(?:は|が|に)?"
        r"(?:ありません|存在しません|見つかりません|登録されていません|未登録|該当なし)",
        Reason.ITEM_UNKNOWN,
    ),
    wording(r"(?:invalid|blocked|unknown) patron|patron (?:is )?(?:blocked|expired|barred|suspended|restricted)", Reason.PATRON_STOPPED),
    wording(r"card (?:is |has )?(?:expired|lost|blocked)|outstanding fines|owes|\bfines?\b|debarred", Reason.PATRON_STOPPED),
    wording(r"already (?:checked out|charged|on loan|issued)|is (?:checked out|on loan)|貸出中", Reason.ON_LOAN, Service.LOAN),
)
