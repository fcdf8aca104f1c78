"""Facts of general knowledge. Every row is common knowledge of encyclopaedias and does not change with the news."""

CAPITALS = {
    "easy": """
France Paris|Italy Rome|Japan Tokyo|Egypt Cairo|Spain Madrid|Russia Moscow|Germany Berlin|Greece Athens
Portugal Lisbon|Austria Vienna|Sweden Stockholm|Norway Oslo|Poland Warsaw|Ireland Dublin|Hungary Budapest
Cuba Havana|Thailand Bangkok|Kenya Nairobi|Finland Helsinki|Denmark Copenhagen
""",
    "hard": """
Burkina_Faso Ouagadougou|Kyrgyzstan Bishkek|Bhutan Thimphu|Suriname Paramaribo|Eritrea Asmara
Turkmenistan Ashgabat|Lesotho Maseru|Palau Ngerulmud|Comoros Moroni|Vanuatu Port_Vila|Tajikistan Dushanbe
Malawi Lilongwe|Guinea-Bissau Bissau|Tuvalu Funafuti|Eswatini Mbabane|Togo Lomé|Brunei Bandar_Seri_Begawan
Mauritania Nouakchott|Botswana Gaborone|Tonga Nuku'alofa|Gabon Libreville|Saint_Lucia Castries|Samoa Apia
Rwanda Kigali
""",
}
CURRENCIES = """
Poland zloty|Hungary forint|Thailand baht|Vietnam dong|Israel shekel|Ukraine hryvnia|Ghana cedi|Peru sol
Mongolia tugrik|Georgia lari|Ethiopia birr|Zambia kwacha|Albania lek|Cambodia riel|Paraguay guarani
Guatemala quetzal|Honduras lempira|Armenia dram|Haiti gourde|Kazakhstan tenge|Laos kip|Bangladesh taka
Botswana pula|Nigeria naira|Papua_New_Guinea kina|Panama balboa|Lesotho loti|Angola kwanza|Bhutan ngultrum
Samoa tala|Malaysia ringgit
"""
ELEMENTS = """
hydrogen H|helium He|lithium Li|beryllium Be|boron B|carbon C|nitrogen N|oxygen O|fluorine F|neon Ne
sodium Na|magnesium Mg|aluminium Al|silicon Si|phosphorus P|sulfur S|chlorine Cl|argon Ar|potassium K
calcium Ca|scandium Sc|titanium Ti|vanadium V|chromium Cr|manganese Mn|iron Fe|cobalt Co|nickel Ni|copper Cu
zinc Zn|gallium Ga|germanium Ge|arsenic As|selenium Se|bromine Br|krypton Kr|rubidium Rb|strontium Sr
yttrium Y|zirconium Zr|niobium Nb|molybdenum Mo|technetium Tc|ruthenium Ru|rhodium Rh|palladium Pd|silver Ag
cadmium Cd|indium In|tin Sn|antimony Sb|tellurium Te|iodine I|xenon Xe|caesium Cs|barium Ba|lanthanum La
cerium Ce|praseodymium Pr|neodymium Nd|promethium Pm|samarium Sm|europium Eu|gadolinium Gd|terbium Tb
dysprosium Dy|holmium Ho|erbium Er|thulium Tm|ytterbium Yb|lutetium Lu|hafnium Hf|tantalum Ta|tungsten W
rhenium Re|osmium Os|iridium Ir|platinum Pt|gold Au|mercury Hg|thallium Tl|lead Pb|bismuth Bi
"""
WORKS = {
    "easy": """
Hamlet;William Shakespeare|War and Peace;Leo Tolstoy|Don Quixote;Miguel de Cervantes
Faust;Johann Wolfgang von Goethe|Pride and Prejudice;Jane Austen|Moby-Dick;Herman Melville
Oliver Twist;Charles Dickens|Crime and Punishment;Fyodor Dostoevsky|The Metamorphosis;Franz Kafka
Les Misérables;Victor Hugo|Ulysses;James Joyce|Animal Farm;George Orwell
""",
    "hard": """
The Man Without Qualities;Robert Musil|The Radetzky March;Joseph Roth|Oblomov;Ivan Goncharov
Niels Lyhne;Jens Peter Jacobsen|Pedro Páramo;Juan Rulfo|The Leopard;Giuseppe Tomasi di Lampedusa
Hunger;Knut Hamsun|Effi Briest;Theodor Fontane|Dead Souls;Nikolai Gogol|The Tale of Genji;Murasaki Shikibu
Zeno's Conscience;Italo Svevo|The Good Soldier Švejk;Jaroslav Hašek|Kristin Lavransdatter;Sigrid Undset
The Book of Disquiet;Fernando Pessoa|Snow Country;Yasunari Kawabata|Things Fall Apart;Chinua Achebe
The Tin Drum;Günter Grass|Max Havelaar;Multatuli|Gösta Berling's Saga;Selma Lagerlöf
The Master and Margarita;Mikhail Bulgakov
""",
}
ART = """
Guernica;Pablo Picasso|The Night Watch;Rembrandt|Girl with a Pearl Earring;Johannes Vermeer
The Scream;Edvard Munch|The Birth of Venus;Sandro Botticelli|Las Meninas;Diego Velázquez
The Garden of Earthly Delights;Hieronymus Bosch|The Arnolfini Portrait;Jan van Eyck
Wanderer above the Sea of Fog;Caspar David Friedrich|The Raft of the Medusa;Théodore Géricault
The Hay Wain;John Constable|Olympia;Édouard Manet|Nighthawks;Edward Hopper
The Great Wave off Kanagawa;Hokusai|Liberty Leading the People;Eugène Delacroix
The Third of May 1808;Francisco Goya|Impression, Sunrise;Claude Monet
The Ambassadors;Hans Holbein the Younger|The Isenheim Altarpiece;Matthias Grünewald
The Treachery of Images;René Magritte
"""
OPERAS = """
Tosca;Giacomo Puccini|Aida;Giuseppe Verdi|Carmen;Georges Bizet|Fidelio;Ludwig van Beethoven
Parsifal;Richard Wagner|Salome;Richard Strauss|Wozzeck;Alban Berg|Jenůfa;Leoš Janáček
Eugene Onegin;Pyotr Tchaikovsky|Boris Godunov;Modest Mussorgsky|Der Freischütz;Carl Maria von Weber
Norma;Vincenzo Bellini|Faust;Charles Gounod|Pelléas et Mélisande;Claude Debussy
Bluebeard's Castle;Béla Bartók|Peter Grimes;Benjamin Britten|Rusalka;Antonín Dvořák
Dido and Aeneas;Henry Purcell|Orfeo ed Euridice;Christoph Willibald Gluck|Pagliacci;Ruggero Leoncavallo
"""
EVENTS = {
    "easy": """
1066;the Battle of Hastings|1215;Magna Carta|1348;the Black Death reaches England
1453;the fall of Constantinople|1492;Columbus reaches America|1517;Luther's ninety-five theses
1588;the Spanish Armada|1776;the American Declaration of Independence|1789;the storming of the Bastille
1815;the Battle of Waterloo|1861;the start of the American Civil War|1914;the start of the First World War
1945;the end of the Second World War|1969;the first Moon landing|1989;the fall of the Berlin Wall
""",
    "hard": """
1054;the mutual excommunications of Rome and Constantinople|1204;the sack of Constantinople by crusaders
1410;the Battle of Grunwald|1526;the Battle of Mohács|1555;the Peace of Augsburg|1571;the Battle of Lepanto
1618;the Defenestration of Prague that began the Thirty Years' War|1648;the Peace of Westphalia
1683;the second Ottoman siege of Vienna|1709;the Battle of Poltava|1713;the Treaty of Utrecht
1755;the Lisbon earthquake|1763;the Treaty of Paris that ended the Seven Years' War
1805;the Battle of Trafalgar|1853;the start of the Crimean War|1866;the Battle of Königgrätz
1905;the Battle of Tsushima|1956;the Suez crisis|1918;the Treaty of Brest-Litovsk|1389;the Battle of Kosovo
""",
}
NEIGHBOURS = """
Switzerland France Germany Austria Liechtenstein Italy
Austria Germany Czechia Slovakia Hungary Slovenia Italy Switzerland Liechtenstein
Slovakia Czechia Poland Ukraine Hungary Austria
Hungary Austria Slovakia Ukraine Romania Serbia Croatia Slovenia
Bolivia Brazil Paraguay Argentina Chile Peru|Laos China Vietnam Cambodia Thailand Myanmar
Mali Algeria Niger Burkina_Faso Ivory_Coast Guinea Senegal Mauritania
Zambia Angola Botswana Namibia Zimbabwe Mozambique Malawi Tanzania DR_Congo
Paraguay Argentina Brazil Bolivia|Uganda Kenya South_Sudan DR_Congo Rwanda Tanzania
Bulgaria Romania Serbia North_Macedonia Greece Turkey|Latvia Estonia Russia Belarus Lithuania
Luxembourg Belgium Germany France|Niger Algeria Libya Chad Nigeria Benin Burkina_Faso Mali
Moldova Romania Ukraine|Nepal China India|Mongolia Russia China|Guatemala Mexico Belize Honduras El_Salvador
Armenia Georgia Azerbaijan Iran Turkey|Uruguay Argentina Brazil
"""
PRESIDENTS = """
George Washington|John Adams|Thomas Jefferson|James Madison|James Monroe|John Quincy Adams|Andrew Jackson
Martin Van Buren|William Henry Harrison|John Tyler|James K. Polk|Zachary Taylor|Millard Fillmore
Franklin Pierce|James Buchanan|Abraham Lincoln|Andrew Johnson|Ulysses S. Grant|Rutherford B. Hayes
James A. Garfield|Chester A. Arthur
"""
MINERALS = """
halite NaCl|fluorite CaF2|calcite CaCO3|quartz SiO2|pyrite FeS2|galena PbS|cinnabar HgS|hematite Fe2O3
sphalerite ZnS|cassiterite SnO2|rutile TiO2|corundum Al2O3|magnetite Fe3O4|chalcocite Cu2S|barite BaSO4
magnesite MgCO3|siderite FeCO3|sylvite KCl|cuprite Cu2O|anglesite PbSO4|stibnite Sb2S3|realgar As4S4
celestine SrSO4|zincite ZnO
"""
SPECIES = """
Panthera leo;lion|Canis lupus;grey wolf|Ursus arctos;brown bear|Bos taurus;cattle|Felis catus;domestic cat
Vulpes vulpes;red fox|Lynx lynx;Eurasian lynx|Sus scrofa;wild boar|Gulo gulo;wolverine
Rangifer tarandus;reindeer|Alces alces;moose|Lutra lutra;Eurasian otter|Meles meles;European badger
Castor fiber;Eurasian beaver|Sciurus vulgaris;red squirrel|Pica pica;Eurasian magpie
Corvus corax;common raven|Turdus merula;common blackbird|Bubo bubo;eagle owl|Passer domesticus;house sparrow
Ciconia ciconia;white stork|Grus grus;common crane|Upupa epops;hoopoe|Apus apus;common swift
"""
PORTS = """
SSH 22|SMTP 25|DNS 53|HTTP 80|POP3 110|NTP 123|IMAP 143|SNMP 161|LDAP 389|HTTPS 443|Syslog 514|LDAPS 636
RDP 3389|PostgreSQL 5432|MySQL 3306|Redis 6379|MongoDB 27017|BGP 179|Telnet 23|SIP 5060|TFTP 69|Kerberos 88
SMB 445|MQTT 1883
"""
CODES = """
Germany DE|Spain ES|Switzerland CH|Croatia HR|South_Africa ZA|Estonia EE|Austria AT|Australia AU|Algeria DZ
Cambodia KH|Chad TD|Iceland IS|Ukraine UA|Slovenia SI|Slovakia SK|Morocco MA|Madagascar MG|Malta MT
Mauritius MU|Tunisia TN|Uruguay UY|Denmark DK|Serbia RS|Latvia LV|Bosnia_and_Herzegovina BA|Sri_Lanka LK
Paraguay PY|Bahrain BH|Georgia GE
"""
RIVERS = """
Danube;the Black Sea|Rhine;the North Sea|Volga;the Caspian Sea|Nile;the Mediterranean Sea
Vistula;the Baltic Sea|Po;the Adriatic Sea|Elbe;the North Sea|Don;the Sea of Azov|Ob;the Kara Sea
Lena;the Laptev Sea|Dnieper;the Black Sea|Oder;the Baltic Sea|Rhône;the Mediterranean Sea
Indus;the Arabian Sea|Ganges;the Bay of Bengal|Mekong;the South China Sea|Jordan;the Dead Sea
Daugava;the Baltic Sea|Ural;the Caspian Sea|Neretva;the Adriatic Sea|Yukon;the Bering Sea
Irrawaddy;the Andaman Sea|Kolyma;the East Siberian Sea
"""


def rows(text: str) -> list[str]:
    """One row a line, or several on a line with `|` between them."""
    return text.strip().replace("\n", "|").split("|")


def pairs(text: str, mark: str = " ") -> list[tuple[str, str]]:
    """Rows of two, with `mark` between them; an underscore is a space."""
    found = (row.split(mark, 1) for row in rows(text))
    return [(one.replace("_", " "), two.replace("_", " ")) for one, two in found]


def neighbours() -> dict[str, list[str]]:
    """Countries, each with all countries that it has a land border with."""
    found = (row.replace("_", "\u00a0").split(" ") for row in rows(NEIGHBOURS))
    return {row[0].replace("\u00a0", " "): [name.replace("\u00a0", " ") for name in row[1:]] for row in found}


def presidents() -> list[str]:
    """The first presidents of the United States, in order."""
    return rows(PRESIDENTS)
