"""The standard genetic code, from its usual table: bases in the order UCAG, the third changing fastest."""

from itertools import product

_ACIDS = """
Phe Phe Leu Leu Ser Ser Ser Ser Tyr Tyr Stop Stop Cys Cys Stop Trp
Leu Leu Leu Leu Pro Pro Pro Pro His His Gln Gln Arg Arg Arg Arg
Ile Ile Ile Met Thr Thr Thr Thr Asn Asn Lys Lys Ser Ser Arg Arg
Val Val Val Val Ala Ala Ala Ala Asp Asp Glu Glu Gly Gly Gly Gly
"""

CODONS = dict(zip(("".join(bases) for bases in product("UCAG", repeat=3)), _ACIDS.split(), strict=True))
"""Amino acid by codon of messenger RNA."""
