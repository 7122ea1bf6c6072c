"""Results that an awarding organisation sends to a centre as an A2C message (ProcessResults): unit results and awards.

The message names a learner by a party id, which leads to the organisation's own identifier through the learner's references.
Names and dates of birth are in the message too, and no feed of results has them. `line` is the number of the outcome
(QEOutcome_CN) in the file; a grade and a mark of one unit and day make one row, with the number of the first.

The element names are those of one writer, whose files one management information system accepts. What is read is therefore
found by name wherever in its block it stands, and other elements are left alone and told as columns of their own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import polars as pl

from assets.landed.reader import Delivered, Fact, Part, Reader
from assets.landed.readers._a2c_options import A2cResultsOptions
from assets.landed.readers._a2c_rows import OUTCOME, parts_of
from assets.landed.readers._xml_reading import Root, elements, root_of, shown, text_columns, texts
from assets.landed.refusals import RefusedDelivery, require_delta

_BATCH = 50_000

_TRANSACTION = "ProcessResults"
#: Other transactions that a public source names.
_OTHERS = ("ProcessRequestProductCatalogue",)

_BLOCKS = ("Party_DS", "PartyName_DS", "PartyRelationship_DS", "PartyRelationshipRole_DS", "QEOutcome_DS")
_ROLE = ("Party_Id_1st", "Party_Id_2nd")
_REFERENCE, _REFERENCE_TYPE = "Relationship_Reference", "Party_RR_Reference_Type"
_TYPES = {"ao_learner_identifier": "AO Assigned Learner Identifier", "uci": "UCI"}

#: Elements around outcomes that hold no text of their own, or text that is not needed.
_KNOWN = {"QEOutcome_CN", "QualificationElementOutcome_ID", "Qualification_Element_Type", *OUTCOME}

#: What may be told of names that the reader does not know, and how many.
_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9_]{0,60}$")
_MOST_NAMES = 50

_EXPORT_AGAIN = "Have the file exported again, and send it whole and unchanged."


@dataclass(kw_only=True)
class _Message:
    """What was read of a message so far.

    Attributes:
        root: its root element.
        options: what the source says.
        references: identifiers by organisation's and learner's party id, all that were given.
        outcomes: rows of `OUTCOME`, with learner's party id, originator's party id and number of the learner's block.
        extra: names that the reader does not know.
        read: outcomes of the batches before.
        transaction: name of the transaction.
        learners: blocks of outcomes so far.
    """

    root: Root
    options: A2cResultsOptions
    references: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    outcomes: list[tuple[str | None, ...]] = field(default_factory=list)
    extra: dict[str, None] = field(default_factory=dict)
    read: int = 0
    transaction: str | None = None
    learners: int = 0

    def add_transaction(self, element: Any) -> None:
        name = (element.text or "").strip()
        if name != _TRANSACTION:
            told = f"[{name}]" if name in _OTHERS else "another one"
            raise RefusedDelivery(
                "other_transaction",
                f"Its transaction is not [{_TRANSACTION}] but {told}.",
                advice="Put only messages of results into this source's folder.",
            )
        self.transaction = name

    def add_block_name(self, element: Any) -> None:
        name = (element.text or "").strip()
        if name.endswith("_DS") and name not in _BLOCKS:
            self._tell(name)

    def add_role(self, element: Any) -> None:
        """Keeps the references of the type that is wanted."""
        tag = self.root.tag
        held = texts(element.iter(*map(tag, _ROLE)))
        references = [one.text for one in element.iter(tag(_REFERENCE))]
        kinds = [one.text for one in element.iter(tag(_REFERENCE_TYPE))]
        if len(references) != len(kinds):
            raise RefusedDelivery(
                "damaged_xml", f"A [{_REFERENCE}] stands without its [{_REFERENCE_TYPE}].", advice=_EXPORT_AGAIN
            )
        first, second = ((held.get(tag(name)) or "").strip() for name in _ROLE)
        own = self.options.registration_number == "ao_learner_identifier"
        for reference, kind in zip(references, kinds, strict=True):
            if (kind or "").strip() == _TYPES[self.options.registration_number] and (reference or "").strip():
                self._refer(first if own else "", second, reference.strip())

    def _refer(self, organisation: str, learner: str, reference: str) -> None:
        if self.read:
            raise RefusedDelivery(
                "references_after_outcomes",
                f"References of learners follow more than [{_BATCH}] outcomes.",
                advice="Have the blocks sent in their usual order: parties first, outcomes last.",
            )
        self.references.setdefault((organisation, learner), set()).add(reference)

    def add_outcomes(self, element: Any) -> None:
        """Keeps one learner's outcomes."""
        if self.transaction is None:
            raise RefusedDelivery(
                "other_transaction", "Outcomes stand before the name of the transaction.", advice=_EXPORT_AGAIN
            )
        tag = self.root.tag
        self.learners += 1
        party = texts(element.iter(tag("Learner_Party_Id"), tag("Party_Id_Originator")))
        whose = (party.get(tag("Learner_Party_Id")), party.get(tag("Party_Id_Originator")), str(self.learners))
        wanted = tuple(map(tag, OUTCOME))
        for outcome in element.iter(tag("QEOutcome_CN")):
            self.outcomes.append((*map(texts(outcome.iter(*wanted)).get, wanted), *whose))
            for part in outcome.iter("{*}*"):
                self._tell(part.tag.rpartition("}")[2])

    def _tell(self, name: str) -> None:
        if name not in _KNOWN and len(self.extra) < _MOST_NAMES and _NAME.fullmatch(name):
            self.extra[name] = None

    def parts(self) -> Iterator[Part]:
        """What the outcomes gathered so far are; they are forgotten."""
        names = (*OUTCOME.values(), "learner", "originator", "block")
        outcomes = text_columns(names, self.outcomes)
        lines = pl.int_range(self.read + 1, self.read + 1 + outcomes.height, eager=True).alias("line")
        self.read += outcomes.height
        self.outcomes = []
        yield from parts_of(outcomes.with_columns(lines), self.references, tuple(self.extra), self.options)


def _read(delivered: Delivered, options: A2cResultsOptions) -> Iterator[Part]:
    require_delta(delivered.kind, "all results of its organisation", complete=options.complete)
    root = root_of(delivered.path)
    if (root.name, root.namespace) != ("A2CMessage", options.namespace):
        raise RefusedDelivery(
            "other_document",
            "Its root element is not [A2CMessage] in the namespace of A2C.",
            advice="Send an A2C message, or set the option [namespace] if it has another one.",
        )
    message = _Message(root=root, options=options)
    takers = {
        root.tag("TransactionName"): message.add_transaction,
        root.tag("DataBlockName"): message.add_block_name,
        root.tag("PartyRelationshipRole"): message.add_role,
        root.tag("QEOutcome"): message.add_outcomes,
    }
    names = ("TransactionName", "DataBlockName", "PartyRelationshipRole", "QEOutcome")
    for element in elements(delivered.path, root, names):
        takers[element.tag](element)
        if len(message.outcomes) >= _BATCH:
            yield from message.parts()
    if message.transaction is None:
        raise RefusedDelivery("other_transaction", "It names no transaction.", advice=_EXPORT_AGAIN)
    yield from message.parts()


_WRITER = "Pringading/CambridgeA2C, src/xml (one independent writer, whose files iSAMS accepts)"

READER = Reader(
    name="a2c_results",
    title="A2C results (ProcessResults)",
    meaning="An awarding organisation's results for a centre as an A2C message in XML. Outcomes of units become unit "
    "results, those of whole qualifications awards.",
    endings=("xml",),
    text=False,
    options=A2cResultsOptions,
    feeds=lambda options: options.feeds,
    read=_read,
    shown=partial(shown, record="QEOutcome_CN", within="QEOutcome"),
    facts=(
        Fact(
            what="A2C: messages between awarding organisations and centres, results among them",
            mark="primary source",
            source="Joint Council for Qualifications, pages on A2C: specification part 09, Results (its text was not found)",
        ),
        Fact(
            what="names of the elements, and of the transaction ProcessResults", mark="secondary source", source=_WRITER
        ),
        Fact(what="a learner's party id is the UCI; types of references", mark="secondary source", source=_WRITER),
        Fact(
            what="status Issued, type Result, and the value type Scaled/Weighted Mark",
            mark="secondary source",
            source=_WRITER,
        ),
        Fact(what="other types of outcomes and of values, and other statuses", mark="configuration"),
        Fact(what="which element is which unit or qualification, and its series", mark="configuration"),
        Fact(what="an organisation's recognition number by its party id", mark="configuration"),
    ),
)
