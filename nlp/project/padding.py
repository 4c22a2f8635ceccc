"""Turns a short message into a long letter: off-topic sentences before and after it.

Long letters were the worst failure of every model tried; one padded copy of each training message repaired part of it
and improved short messages as well. The sentences say nothing about kinds or teams.
"""

import random

OPENINGS = (
    "Mijn naam doet er misschien niet toe, maar ik woon al {n} jaar met veel plezier in deze gemeente.",
    "Ik ben {n} jaar en samen met mijn {family} heb ik een klein huis met een tuin op het zuiden.",
    "Normaal gesproken schrijf ik nooit brieven, ik ben meer iemand van de praktijk.",
    "Laat ik beginnen met mijzelf voor te stellen: ik werk {n} uur per week in een {work} en zing in een koor.",
    "Vroeger was hier alles weiland, mijn {family} kan daar nog mooie verhalen over vertellen.",
    "Ik hoop dat deze brief u in goede gezondheid bereikt.",
    "Het is al laat op de avond en de hond ligt naast me te slapen terwijl ik dit typ.",
    "Ik heb lang getwijfeld of ik dit zou sturen, mijn {family} zei dat ik het gewoon moest doen.",
    "Sinds mijn pensioen heb ik meer tijd om na te denken over de dingen om mij heen.",
    "Wij zijn hier {n} jaar geleden komen wonen vanwege het werk van mijn {family}.",
    "Mijn Nederlands is niet perfect, ik hoop dat u begrijpt wat ik bedoel.",
    "Excuus vooraf voor de lengte van dit bericht, ik probeer het zo volledig mogelijk op te schrijven.",
    "De laatste tijd is het thuis nogal druk geweest, met een verbouwing en een jarige {family}.",
    "Ik ben geboren en getogen in Drenthe en heb {n} jaar in een {work} gestaan.",
    "Afgelopen zomer zijn wij met de caravan naar Zeeland geweest en toen kwam het gesprek er ook op.",
    "Ik schrijf dit mede namens mijn {family}, die zelf geen computer heeft.",
    "In onze familie zijn wij gewend om dingen rustig uit te praten bij een kop koffie.",
    "Even iets over mij: ik hou van fietsen, van schaken en van een net huis.",
    "Door mijn slechte ogen duurt het typen wat langer, dus neem mij een foutje niet kwalijk.",
    "Ik kom uit een gezin van {n} kinderen en heb geleerd om voor mijzelf op te komen.",
    "De buurvrouw raadde mij aan om alles op papier te zetten.",
    "Wat een weer is het toch deze week, maar daar gaat het nu niet over.",
    "Na mijn operatie van vorig jaar ben ik niet meer zo goed ter been, gelukkig helpt mijn {family} mij.",
    "Ik ben vrijwilliger bij een club voor ouderen en hoor daar van alles.",
)
ASIDES = (
    "Mijn {family} zei nog dat het vroeger heel anders ging.",
    "U moet weten dat wij rustige mensen zijn en zelden ergens om vragen.",
    "Ik was die dag toch al moe omdat ik {n} uur had gewerkt in de {work}.",
    "Nu ben ik geen deskundige, maar ik heb wel gezond verstand.",
    "Het was die week ook nog eens de verjaardag van mijn {family}.",
    "Ik heb er slecht van geslapen en er thuis veel over gepraat.",
    "Toen ik jong was had je daar gewoon een praatje over op straat.",
    "Ik heb alles in een map gestopt, netjes op volgorde.",
    "De kleinkinderen waren er ook bij en die vroegen wat er aan de hand was.",
    "Misschien ziet u het anders, dat kan natuurlijk.",
    "In de krant lees je zo vaak van alles, je weet niet meer wat je moet geloven.",
    "Ik drink nu eerst een kop thee en dan schrijf ik verder.",
)
CLOSINGS = (
    "Ik wens u en uw collega's verder een fijne dag.",
    "Alvast hartelijk dank voor het lezen van deze lange brief.",
    "U kunt mij het beste in de ochtend bereiken, in de middag rust ik.",
    "Mijn {family} leest dit ook mee en doet u de groeten.",
    "Ik ga nu de tuin in, want de zon schijnt eindelijk weer.",
    "Neem gerust de tijd om dit goed te lezen.",
    "Ik heb dit bericht {n} keer overgelezen voordat ik het verstuurde.",
    "Ik zie uit naar wat u hierover te zeggen heeft.",
    "Verder gaat het hier goed, op een verkoudheid na.",
    "Met de feestdagen in het vooruitzicht wens ik u alvast het beste.",
    "Dit wilde ik even kwijt, het lucht al op om het op te schrijven.",
    "Hoogachtend en met vriendelijke groet, ook van mijn {family}.",
    "Een kopie van deze brief bewaar ik zelf in de la.",
    "Ik verontschuldig mij voor eventuele taalfouten.",
    "Groetjes uit een rustig dorp waar iedereen elkaar kent.",
    "Ik heb er verder niets aan toe te voegen.",
    "Op dinsdag ben ik er niet, dan pas ik op mijn {family}.",
    "Zo, nu weet u het hele verhaal.",
)
_FAMILY = (
    "man",
    "vrouw",
    "zoon",
    "dochter",
    "zus",
    "broer",
    "moeder",
    "vader",
    "tante",
    "schoonzoon",
    "kleindochter",
    "vriendin",
)
_WORK = ("bakkerij", "drukkerij", "garage", "ziekenhuis", "kantoor", "fabriek", "winkel", "kas", "werkplaats", "keuken")


def padded(text: str, key: str, seed: int) -> str:
    """The text within a letter that differs for every key and is always the same for one."""
    dice = random.Random(f"{seed}:{key}")  # noqa: S311  # a seed that gives the same letters every time
    parts = [
        " ".join(_filled(OPENINGS, dice, dice.randint(2, 5))),
        *([" ".join(_filled(ASIDES, dice, dice.randint(1, 3)))] if dice.random() < 0.5 else []),
        text,
        *([" ".join(_filled(ASIDES, dice, dice.randint(1, 3)))] if dice.random() < 0.6 else []),
        " ".join(_filled(CLOSINGS, dice, dice.randint(2, 4))),
    ]
    return dice.choice(("\n\n", "\n", " ")).join(parts)


def _filled(sentences: tuple[str, ...], dice: random.Random, count: int) -> list[str]:
    chosen = dice.sample(sentences, count)
    return [s.format(n=dice.randint(2, 60), family=dice.choice(_FAMILY), work=dice.choice(_WORK)) for s in chosen]
