"""What the sheet of names tells the person who fills it in: Finnish first, then English.

Paragraphs are parted by an empty line; headings begin with #.
"""

from __future__ import annotations

GUIDE = """
# Nimien tarkistus

Tässä työkirjassa on {n_rows} riviä. Se sisältää oikeita nimiä: säilytä sitä kuin tallenteita, älä
lähetä sähköpostilla, ja poista, kun et enää tarvitse sitä.

Rivi on yksi henkilö, organisaatio, paikka tai yhteystieto kaikkine muotoineen. Rivi, jonka nimike
on ”uusi”, on aineistoon jäänyt sana tai ilmaus, joka voi paljastaa jonkun.

Ylimpänä ovat ne, jotka kone on todennäköisimmin tulkinnut väärin. Keltapohjaiset sarakkeet ovat
sinun; muita ei lueta. Saat lajitella, suodattaa ja piilottaa rivejä vapaasti.

Päätös: ”peitä” = nimi, korvataan nimikkeellä. ”jätä” = nimi, joka ei paljasta ketään (esim.
Suomi). ”ei nimi” = tavallinen sana. Tyhjä = ei vielä päätetty: löydetty nimi peitetään, uusi jää
näkyviin.

Tyyppi: korjaa, jos se on väärä. Uudella rivillä tyyppi on ehdotus: valitse oikea ja kirjoita
päätökseksi ”peitä”.

Yhdistä: jos kaksi riviä on sama henkilö tai organisaatio, kirjoita toisen riville se nimike,
johon se kuuluu, esim. Henkilö 7. Samalle riville voi kirjoittaa lisäksi vain muistiinpanon. Uusi
rivi saa nimikkeen vasta, kun se on otettu käyttöön: kaksi uutta riviä yhdistetään seuraavassa
taulukossa.

Erota: jos rivillä on kaksi eri henkilöä, kirjoita ne muodot, jotka eivät kuulu siihen,
puolipistein erotettuina, esim. Pekka Virtanen; Pekan. Ne saavat oman nimikkeen kaikissa
muodoissaan.

Luokka: mitä karkeammassa julkaisussa sanotaan nimen sijasta, esim. kollega, keskisuuri kaupunki.
Valitse luettelosta tai kirjoita oma. Luokka julkaistaan: älä kirjoita siihen nimeä.

Muistiinpano: vain teille itsellenne; ei julkaista.

Esimerkeissä sana on merkitty näin: «sana». Alussa on istunnon tunnus; ”(jäi / left)” tarkoittaa
kohtaa, jota ei peitetä.

Huomaa: uuden rivin päätös koskee sanaa koko aineistossa, ei vain esimerkkejä. Tittelin tai ”ainoa
… -ssa” -ilmauksen peitä (tyyppi: tunniste) vain, jos se paljastaa jonkun: se peitetään silloin
kaikkialta.

Nopeasti: päätä ylimmät jonot rivi riviltä; alempana riittää silmäily, ja ”peitä” täytetään
alaspäin koko jonoon.

Lopuksi: tallenna ja anna komento vuoro review names --apply TIEDOSTO . Jos jokin solu on väärin,
mitään ei oteta käyttöön ja väärät solut luetellaan. Sen jälkeen vuoro run . Päätöksiä ei koskaan
poisteta, ja ne säilyvät, vaikka aineisto käsiteltäisiin uudelleen.

Jos rivistä on päätetty toisin taulukon kirjoittamisen jälkeen, mitään ei myöskään oteta käyttöön:
kirjoita uusi taulukko ja päätä rivi siinä.

# Reviewing names

This workbook has {n_rows} rows. It holds real names: keep it as you keep the recordings, do not
mail it, and remove it when you no longer need it.

A row is one person, organisation, place or piece of contact data in all its forms. A row whose
pseudonym is "new" is a word or phrase that was left in the talk and may point at somebody.

On top is what the machine most likely got wrong. The yellow columns are yours; no other is read.
Sort, filter and hide rows as you like.

Decision: "mask" = a name, replaced by its pseudonym. "keep" = a name that tells nobody (e.g.
Finland). "not a name" = a usual word. Empty = not decided yet: a name that was found is masked, a
new one stays visible.

Type: correct it where it is wrong. In a new row it is a suggestion: choose the right one and
decide "mask".

Merge into: where two rows are one person or organisation, write in one of them the pseudonym that
it belongs to, e.g. Person 7. Besides that, such a row takes a note only. A new row gets its
pseudonym when it is applied: two new rows are merged in the next sheet.

Split off: where a row holds two people, write the forms that do not belong to it, separated by
semicolons, e.g. Pekka Virtanen; Pekan. They get a pseudonym of their own, in all their forms.

Category: what a coarser release says instead of the name, e.g. colleague, medium-sized town.
Choose from the list or write your own. It is published: put no name in it.

Note: for yourselves only; never published.

In the excerpts the word is marked «so». They begin with the session's id; "(jäi / left)" is a
place that is not masked.

Mind: what you decide of a new row holds for the word in the whole study, not in the excerpts
only. Mask a job title or 'the only … in …' (type: identifier) only if it gives somebody away: it
is then masked everywhere.

To be quick: decide the first queues row by row; further down a glance is enough, and "mask" can
be filled down over a whole queue.

In the end: save, and run vuoro review names --apply FILE . If a cell is wrong, nothing is applied
and the wrong cells are listed. Then vuoro run . Decisions are never removed, and outlive every
rerun.

Nor is anything applied if a row was decided otherwise after the sheet was written: write a new
sheet and decide the row there.
"""
