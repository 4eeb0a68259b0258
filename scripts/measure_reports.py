"""Measures `smtpstatus.dsn` and `find_reply` on public mails and logs; docs/delivery-reports.md has the figures.

    python scripts/measure_reports.py SISIMAI_FOLDER [--flufl FOLDER] [--logs FOLDER] [--to FOLDER]

SISIMAI_FOLDER is a checkout of sisimai/p5-sisimai (see `measure_meaning.py`), whose verdicts it compares. `--flufl` is
the folder `tests/data` of flufl.bounce's source, `--logs` a checkout of logpai/loghub, whose lines have no reply.
`--to` writes each mail with our statuses to a folder, for C#'s tests: SMTPSTATUS_REPORTS names it.
"""

from __future__ import annotations

import argparse
import email
import json
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flufl.bounce import all_failures
from google.protobuf.json_format import MessageToDict
from measure_meaning import bounces

from smtpstatus import DeliveryAction
from smtpstatus.dsn import read_report
from smtpstatus.replies import find_reply

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from email.message import Message

    from smtpstatus.v1 import DeliveryStatus


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sisimai", type=Path, metavar="SISIMAI_FOLDER")
    for name in ("--flufl", "--logs", "--to"):
        parser.add_argument(name, type=Path, metavar="FOLDER")
    options = parser.parse_args()
    mails = sorted((options.sisimai / "set-of-emails" / "maildir").glob("*/*.eml"))
    compare_fields(mails)
    compare_codes(options.sisimai)
    if options.flufl:
        compare_with_flufl(sorted(options.flufl.glob("*.txt")))
    if options.logs:
        count_false_replies(sorted(options.logs.glob("*/*.log")))
    if options.to:
        for mail in mails:
            path = options.to / f"{mail.parent.name}-{mail.name}"
            path.write_bytes(mail.read_bytes())
            statuses = [MessageToDict(status) for status in read_report(mail.read_bytes())]
            path.with_suffix(".json").write_text(json.dumps(statuses), encoding="utf-8")
    return 0


def compare_fields(mails: Iterable[Path]) -> None:
    """Compare recipients, actions and status with the fields that `email` finds."""
    reports = recipients = 0
    for mail in mails:
        statuses = read_report(mail.read_bytes())
        reports += bool(statuses)
        recipients += len(statuses)
        found = [(ours(status.final_recipient), status.action, status.status) for status in statuses]
        fields = [*fields_of(email.message_from_bytes(mail.read_bytes()))]
        if fields != found:
            print(f"  {mail.name}: expected {fields}, found {found}")
    print(f"{reports} mails have a report part, for {recipients} recipients; where `email` reads other fields is above")


def fields_of(mail: Message[Any, Any]) -> Iterator[tuple[str, int, str]]:
    """Yield recipient, action and status of each group as `email` takes the mail apart; not of a mail inside it."""
    if mail.get_content_type() == "message/delivery-status":
        for group in mail.get_payload():
            if isinstance(group, str) or not {"Final-Recipient", "Action", "Status"} & {*map(str.title, group.keys())}:
                continue
            recipient = ours(str(group["Final-Recipient"] or "").partition(";")[2])
            action = str(group["Action"] or "").strip().upper()
            status = re.match(r"\s*([245]\.\d{1,3}\.\d{1,3})(?!\d)", str(group["Status"] or ""))
            yield (
                recipient,
                DeliveryAction[action] if action in DeliveryAction.__members__ else 0,
                (status or [""] * 2)[1],
            )
    elif mail.get_content_maintype() == "multipart":
        parts: Any = mail.get_payload()
        for part in parts if isinstance(parts, list) else ():
            yield from fields_of(part)


def ours(address: str) -> str:
    return address.strip().strip("<>").lower()


def compare_codes(sisimai: Path) -> None:
    """Compare the reply codes with those of Sisimai, for each recipient for whom one of both has one."""
    verdicts: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for bounce in bounces(sisimai):
        verdicts[bounce["origin"]].append(bounce)
    same: list[str] = []
    others: list[str] = []
    for origin, of_mail in sorted(verdicts.items()):
        for status in read_report((sisimai / origin).read_bytes()):
            named = [bounce for bounce in of_mail if bounce["recipient"].lower() == status.final_recipient.lower()]
            codes = {int(bounce["replycode"] or 0) for bounce in named or of_mail}
            if codes != {0} or status.reply.code:
                kind = f"{Path(origin).name}: ours {status.reply.code}, Sisimai's {sorted(codes)}"
                (same if status.reply.code in codes else others).append(kind)
    print(f"{len(same) + len(others)} recipients have a reply code; {len(same)} are Sisimai's; these are not:")
    print("".join(f"  {kind}\n" for kind in others), end="")


def compare_with_flufl(mails: Iterable[Path]) -> None:
    """Compare failed and delayed recipients with those of flufl.bounce, in the mails with a report part."""
    same = count = 0
    for mail in mails:
        statuses = read_report(mail.read_bytes())
        if statuses:
            count += 1
            expected = all_failures(email.message_from_bytes(mail.read_bytes()))
            found = (named(statuses, DeliveryAction.DELAYED), named(statuses, DeliveryAction.FAILED))
            same += expected == found
            if expected != found:
                print(f"  {mail.name}: expected {expected}, found {found}")
    print(f"{count} of flufl.bounce's mails have a report part; {same} have the same recipients")


def named(statuses: list[DeliveryStatus], action: DeliveryAction) -> frozenset[bytes]:
    of_action = (status for status in statuses if status.action == action)
    return frozenset((status.original_recipient or status.final_recipient).encode() for status in of_action)


def count_false_replies(logs: Iterable[Path]) -> None:
    count = found = 0
    for log in logs:
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
            count += 1
            if reply := find_reply(line):
                found += 1
                print(f"  {reply.reply.code}: {line[:100]}")
    print(f"{count} lines of logs without a reply; in {found} one is found")


if __name__ == "__main__":
    sys.exit(main())
