"""The lines of a box such as "Requisiti password", for people and for a browser (MIM-37)."""

from __future__ import annotations

import attrs


@attrs.frozen(kw_only=True)
class BoxLine:
    """Something a secret must fulfil, said in both languages.

    Args:
        code: The fault's code when it is not fulfilled.
        it: The line in Italian, as it stands in the box.
        en: The line in English.
        pattern: What is found in a text that fulfils it, for a JavaScript ``RegExp`` with the
            flag ``u``; ``None`` where only the server can tell.
    """

    code: str
    it: str
    en: str
    pattern: str | None = None

    def text(self, language: str) -> str:
        """Return the line in English for ``en`` and its variants, in Italian otherwise."""
        return self.en if language.lower().startswith("en") else self.it

    def to_json(self) -> dict[str, object]:
        """Return the line as plain data."""
        return {"code": self.code, "pattern": self.pattern, "it": self.it, "en": self.en}


def at_least(minimum: int, code: str) -> BoxLine:
    """Return the line of a minimal length, in code points (MIM-32, IOL-08)."""
    return BoxLine(
        code=code,
        it=f"lunghezza minima {minimum} caratteri",
        en=f"at least {minimum} characters long",
        pattern=rf"^[\s\S]{{{minimum},}}$",
    )


def at_most(maximum: int, code: str) -> BoxLine:
    """Return the line of a maximal length, in code points."""
    return BoxLine(
        code=code,
        it=f"lunghezza massima {maximum} caratteri",
        en=f"at most {maximum} characters long",
        pattern=rf"^[\s\S]{{0,{maximum}}}$",
    )


def browser_rules(
    listed: tuple[BoxLine, ...], *unlisted: BoxLine, normalise: str | None = None
) -> dict[str, object]:
    """Return the lines as plain data that a page can show and check while one types.

    Args:
        listed: The lines of the box, in its order.
        unlisted: What a browser may check too and the box leaves out.
        normalise: The argument of JavaScript's ``normalize`` to be applied first, if any.

    Returns:
        A dictionary ready for JSON. The server decides in any case.
    """
    return {
        "length_unit": "code points",
        "normalise": normalise,
        "flags": "u",
        "rules": [line.to_json() for line in (*listed, *unlisted)],
        "lines": {"it": [line.it for line in listed], "en": [line.en for line in listed]},
    }
