from collections import Counter

from smarterrouter.profiling.tasks.codons import CODONS


def test_the_genetic_code():
    assert len(CODONS) == 64
    known = {
        "AUG": "Met",
        "UGG": "Trp",
        "UAA": "Stop",
        "UAG": "Stop",
        "UGA": "Stop",
        "GGC": "Gly",
        "AAA": "Lys",
        "CAU": "His",
        "AGA": "Arg",
        "UCU": "Ser",
    }
    assert {codon: CODONS[codon] for codon in known} == known
    counts = Counter(CODONS.values())
    assert len(counts) == 21
    assert (counts["Leu"], counts["Ser"], counts["Arg"], counts["Met"], counts["Trp"], counts["Ile"]) == (
        6,
        6,
        6,
        1,
        1,
        3,
    )
