"""What a company is in law, as it stands behind its name. The forms of one line mean the same."""

from __future__ import annotations

_LINES = (
    "ltd|limited",
    "co ltd|company limited|co limited",
    "pty ltd|pty limited|proprietary limited|pty",
    "pte ltd|pte limited|pte",
    "pvt ltd|pvt limited|private limited|p ltd",
    "sdn bhd",
    "bhd|berhad",
    "inc|incorporated",
    "corp|corporation",
    "co|company",
    "llc|l l c|limited liability company",
    "llp|limited liability partnership",
    "lp|limited partnership",
    "plc|public limited company",
    "cic|community interest company",
    "gmbh|mbh|gesmbh|gesellschaft mit beschrankter haftung|gesellschaft m b h",
    "ggmbh|gemeinnutzige gmbh",
    "ug|ug haftungsbeschrankt",
    "gmbh and co kg|gmbh co kg|gmbh and cokg",
    "ug and co kg",
    "ag and co kg",
    "kg|kommanditgesellschaft",
    "ohg|offene handelsgesellschaft",
    "kgaa",
    "ag|aktiengesellschaft",
    "se|societas europaea",
    "ek|e k|eingetragener kaufmann|eingetragene kauffrau",
    "ev|e v|eingetragener verein",
    "eg|e g",
    "gbr",
    "sa|societe anonyme|sociedad anonima|sociedade anonima",
    "sa de cv",
    "sab de cv",
    "sarl|societe a responsabilite limitee",
    "sas|societe par actions simplifiee",
    "sasu",
    "eurl",
    "snc",
    "scop",
    "sprl",
    "srl|societa a responsabilita limitata",
    "srls",
    "s de rl de cv",
    "sl|sociedad limitada",
    "slu",
    "spa|societa per azioni",
    "lda|limitada",
    "ltda",
    "eireli",
    "bv|besloten vennootschap",
    "nv|naamloze vennootschap",
    "vof",
    "ab|aktiebolag",
    "as|a s|aksjeselskap|aktieselskab",
    "asa",
    "aps|anpartsselskab",
    "oy|osakeyhtio",
    "oyj",
    "spzoo|sp zoo|sp z oo|sp z o o|spolka z ograniczona odpowiedzialnoscia",
    "sro|spol sro|s r o",
    "kft",
    "doo",
    "ood",
    "ooo",
    "kk|kabushiki kaisha",
)
_FAMILIES: dict[tuple[str, ...], int] = {
    tuple(form.split()): family for family, line in enumerate(_LINES) for form in line.split("|")
}
_MOST_WORDS = max(len(form) for form in _FAMILIES)


def without_form(words: tuple[str, ...]) -> tuple[tuple[str, ...], int | None]:
    """The words before the legal form, and which one it is. A name that is nothing else keeps it; "& Co" is none."""
    for size in range(min(_MOST_WORDS, len(words) - 1), 0, -1):
        family = _FAMILIES.get(words[-size:])
        if family is not None and words[-size - 1] != "and":
            return words[:-size], family
    return words, None


def is_form(words: tuple[str, ...]) -> bool:
    return words in _FAMILIES
