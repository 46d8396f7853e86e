"""Joins tagged PDFs into one that is tagged too: pages, structure, outline, links. No Django.

pypdf and qpdf join pages and leave the tags behind, which is what makes a paper readable aloud. So
the trees of the parts hang below one root here, with the numbers their pages point by moved on
(ISO 32000-1, 14.7). Only for papers of our own typesetter: each part has a tree, one level of it.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

LINK_SCHEME = "packet:"  # a link of the first part to the part of that number


def join_pdfs(first: Path, parts: Iterable[Path], target: Path) -> int:
    """Write the first paper and the parts after it as one; returns its pages.

    The first has Roman page numbers, the rest go on from 1. A link of the first to `packet:N`
    leads to the Nth bookmark of all the parts, counted from 0.
    """
    with pikepdf.open(first) as whole:
        own_pages = len(whole.pages)
        for number, path in enumerate(parts):
            with pikepdf.open(path) as part:
                _append(whole, part, f"P{number}")
        _lead_links(whole)
        whole.Root.PageLabels = _page_labels(own_pages)
        whole.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return len(whole.pages)


def starts_of(path: Path) -> tuple[int, list[int]]:
    """How many pages a paper has, and on which of them, from 0, its bookmarks lead."""
    with pikepdf.open(path) as paper:
        places = {page.objgen: place for place, page in enumerate(paper.pages)}
        items = _top(paper.Root.Outlines) if "/Outlines" in paper.Root else []
        return len(places), [places[item.Dest[0].objgen] for item in items]


def _page_labels(own_pages: int) -> Dictionary:
    roman, numbers = Dictionary(S=Name.r), Dictionary(S=Name.D, St=1)
    return Dictionary(Nums=Array([0, roman, own_pages, numbers]))


def _append(whole: pikepdf.Pdf, part: pikepdf.Pdf, prefix: str) -> None:
    tree = whole.Root.StructTreeRoot
    offset = int(tree.ParentTreeNextKey)
    _move_on(part, offset)
    _rename(part.Root.StructTreeRoot, prefix)
    whole.pages.extend(part.pages)  # first, so that what is copied next points at these pages
    own = whole.copy_foreign(part.make_indirect(part.Root.StructTreeRoot))
    for element in own.K:
        element.P = tree
        tree.K.append(element)
    numbers = list(own.ParentTree.Nums)
    for key, value in zip(numbers[::2], numbers[1::2], strict=True):
        tree.ParentTree.Nums.extend([int(key) + offset, value])
    tree.ParentTreeNextKey = offset + int(own.ParentTreeNextKey)
    _add_names(tree, own)
    for role, standard in own.get("/RoleMap", {}).items():
        tree.RoleMap[role] = standard
    _add_outline(whole, part)


def _move_on(part: pikepdf.Pdf, offset: int) -> None:
    """The numbers by which pages and links find their tags."""
    for page in part.pages:
        if "/StructParents" in page:
            page.StructParents = int(page.StructParents) + offset
        for note in page.get("/Annots", []):
            if "/StructParent" in note:
                note.StructParent = int(note.StructParent) + offset


def _elements(node: Any) -> Iterator[Dictionary]:
    """Every element of a tree of tags."""
    waiting = list(node.K)
    while waiting:
        element = waiting.pop()
        if isinstance(element, Dictionary) and "/S" in element:
            yield element
            kids = element.get("/K", [])
            waiting += list(kids) if isinstance(kids, Array) else [kids]


def _rename(tree: Any, prefix: str) -> None:
    """Names of table heads are unique in a part, and have to be in the whole."""

    def renamed(name: Any) -> String:
        return String(f"{prefix}{name}")

    for element in _elements(tree):
        if "/ID" in element:
            element.ID = renamed(element.ID)
        for attributes in element.get("/A", []):
            if "/Headers" in attributes:
                attributes.Headers = Array([renamed(name) for name in attributes.Headers])
    _rename_leaves(tree.get("/IDTree"), renamed)


def _rename_leaves(node: Any, renamed: Callable[[Any], String]) -> None:
    if node is None:
        return
    for kid in node.get("/Kids", []):
        _rename_leaves(kid, renamed)
    if "/Names" in node:
        names = list(node.Names)
        names[::2] = [renamed(name) for name in names[::2]]
        node.Names = Array(names)
    if "/Limits" in node:
        node.Limits = Array([renamed(name) for name in node.Limits])


def _add_names(tree: Any, own: Any) -> None:
    """One tree of names whose leaves are those of all parts, in the order of the alphabet."""
    found = dict(_names(tree.get("/IDTree"))) | dict(_names(own.get("/IDTree")))
    if found:
        pairs = [half for name in sorted(found) for half in (String(name), found[name])]
        tree.IDTree = Dictionary(Names=Array(pairs))


def _names(node: Any) -> Iterator[tuple[str, Any]]:
    if node is None:
        return
    for kid in node.get("/Kids", []):
        yield from _names(kid)
    names = list(node.get("/Names", []))
    for name, value in zip(names[::2], names[1::2], strict=True):
        yield str(name), value


def _add_outline(whole: pikepdf.Pdf, part: pikepdf.Pdf) -> None:
    """The part's bookmarks after those there are."""
    if "/Outlines" not in part.Root:
        return
    own = whole.copy_foreign(part.make_indirect(part.Root.Outlines))
    if "/Outlines" not in whole.Root:
        whole.Root.Outlines = whole.make_indirect(Dictionary(Type=Name.Outlines, Count=0))
    outline = whole.Root.Outlines
    items = [*_top(outline), *_top(own)]
    for item in items:
        item.Parent = outline
    for before, after in pairwise(items):
        before.Next, after.Prev = after, before
    outline.First, outline.Last, outline.Count = items[0], items[-1], len(items)


def _top(outline: Any) -> list[Any]:
    """The bookmarks of the first level."""
    items, item = [], outline.get("/First")
    while item is not None:
        items.append(item)
        item = item.get("/Next")
    return items


def _lead_links(whole: pikepdf.Pdf) -> None:
    """Links of the contents become links to pages of this very file."""
    items = _top(whole.Root.Outlines)[1:] if "/Outlines" in whole.Root else []
    for page in whole.pages:
        for note in page.get("/Annots", []):
            uri = str(note.A.get("/URI", "")) if "/A" in note else ""
            if uri.startswith(LINK_SCHEME):
                item = items[int(uri.removeprefix(LINK_SCHEME))]
                del note.A
                note.Dest, note.Contents = item.Dest, item.Title
