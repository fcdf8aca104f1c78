"""Elements, compounds and reactions. Atomic masses: IUPAC, abridged (https://iupac.qmul.ac.uk/AtWt/)."""

MASSES = {
    "H": 1.008,
    "C": 12.011,
    "N": 14.007,
    "O": 15.999,
    "F": 18.998,
    "Na": 22.990,
    "Mg": 24.305,
    "Al": 26.982,
    "P": 30.974,
    "S": 32.06,
    "Cl": 35.45,
    "K": 39.098,
    "Ca": 40.078,
    "Fe": 55.845,
    "Cu": 63.546,
    "Zn": 65.38,
    "Ag": 107.87,
}
"""Grams per mole."""

Parts = dict[str, int]

COMPOUNDS: tuple[tuple[str, Parts], ...] = (
    ("NaCl", {"Na": 1, "Cl": 1}),
    ("CaCO3", {"Ca": 1, "C": 1, "O": 3}),
    ("H2SO4", {"H": 2, "S": 1, "O": 4}),
    ("C6H12O6", {"C": 6, "H": 12, "O": 6}),
    ("Fe2O3", {"Fe": 2, "O": 3}),
    ("Mg(OH)2", {"Mg": 1, "O": 2, "H": 2}),
    ("Al2(SO4)3", {"Al": 2, "S": 3, "O": 12}),
    ("CuSO4·5H2O", {"Cu": 1, "S": 1, "O": 9, "H": 10}),
    ("(NH4)2CO3", {"N": 2, "H": 8, "C": 1, "O": 3}),
    ("KNO3", {"K": 1, "N": 1, "O": 3}),
    ("Ca3(PO4)2", {"Ca": 3, "P": 2, "O": 8}),
    ("C2H5OH", {"C": 2, "H": 6, "O": 1}),
)
"""A formula as written, and what is in it."""

Amount = tuple[int, str, Parts]

EQUATIONS: tuple[tuple[str, tuple[Amount, Amount], Amount], ...] = (
    ("2 H2 + O2 -> 2 H2O", ((2, "H2", {"H": 2}), (1, "O2", {"O": 2})), (2, "H2O", {"H": 2, "O": 1})),
    ("N2 + 3 H2 -> 2 NH3", ((1, "N2", {"N": 2}), (3, "H2", {"H": 2})), (2, "NH3", {"N": 1, "H": 3})),
    ("4 Fe + 3 O2 -> 2 Fe2O3", ((4, "Fe", {"Fe": 1}), (3, "O2", {"O": 2})), (2, "Fe2O3", {"Fe": 2, "O": 3})),
    ("2 Al + 3 Cl2 -> 2 AlCl3", ((2, "Al", {"Al": 1}), (3, "Cl2", {"Cl": 2})), (2, "AlCl3", {"Al": 1, "Cl": 3})),
    ("2 Mg + O2 -> 2 MgO", ((2, "Mg", {"Mg": 1}), (1, "O2", {"O": 2})), (2, "MgO", {"Mg": 1, "O": 1})),
    ("CH4 + 2 O2 -> CO2 + 2 H2O", ((1, "CH4", {"C": 1, "H": 4}), (2, "O2", {"O": 2})), (1, "CO2", {"C": 1, "O": 2})),
    ("2 Na + Cl2 -> 2 NaCl", ((2, "Na", {"Na": 1}), (1, "Cl2", {"Cl": 2})), (2, "NaCl", {"Na": 1, "Cl": 1})),
    ("P4 + 5 O2 -> P4O10", ((1, "P4", {"P": 4}), (5, "O2", {"O": 2})), (1, "P4O10", {"P": 4, "O": 10})),
)
"""A balanced equation, its two reagents and one product."""

OXIDATION = (
    ("manganese", "KMnO4", 7),
    ("chromium", "K2Cr2O7", 6),
    ("sulfur", "H2SO3", 4),
    ("nitrogen", "HNO3", 5),
    ("chlorine", "NaClO3", 5),
    ("phosphorus", "H3PO4", 5),
    ("nitrogen", "NH4Cl", -3),
    ("iron", "Fe2O3", 3),
    ("sulfur", "Na2S2O3 (mean value)", 2),
    ("oxygen", "H2O2", -1),
    ("chlorine", "HClO", 1),
    ("manganese", "MnO2", 4),
    ("vanadium", "V2O5", 5),
    ("carbon", "H2C2O4", 3),
    ("iodine", "KIO4", 7),
    ("nitrogen", "N2O4", 4),
    ("chromium", "CrO3", 6),
    ("xenon", "XeF4", 4),
    ("oxygen", "OF2", 2),
    ("hydrogen", "CaH2", -1),
)
"""An element, a compound, and the oxidation number of that element in it."""


def mass(parts: Parts) -> float:
    """Grams per mole."""
    return sum(MASSES[element] * count for element, count in parts.items())
