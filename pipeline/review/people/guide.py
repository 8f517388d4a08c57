"""What the sheet of people tells whoever fills it in: Finnish first, then English.

Paragraphs are parted by an empty line; headings begin with #.
"""

from __future__ import annotations

GUIDE = """
# Henkilöiden tarkistus

Tässä työkirjassa on {n_rows} riviä. Se sisältää oikeita nimiä ja puhetta: säilytä sitä kuin
tallenteita, älä lähetä sähköpostilla, ja poista, kun et enää tarvitse sitä.

Rivi on yksi ääni yhdessä istunnossa. Kone on erottanut äänet toisistaan ja verrannut niitä ryhmän
muihin istuntoihin. Ylimpänä ovat ne, joissa se on todennäköisimmin erehtynyt.

Keltapohjainen sarake ”Kuka” on sinun; muita ei lueta. Saat lajitella, suodattaa ja piilottaa
rivejä vapaasti. Tyhjä = kone päättää, kuten sarakkeessa ”Nyt”.

Kuka: valitse luettelosta. Ryhmän jäsenet ovat siinä nimellä, muut tunnetut tunnuksella (esim.
G07-P2). ”uusi henkilö” = oma henkilönsä, ei kukaan tunnetuista. ”ei tiedossa” = jää
tuntemattomaksi.
Puuttuva nimi lisätään ensin ryhmän tietoihin: vuoro group add RYHMÄ .

Yhdistäminen: jos kaksi ääntä on sama henkilö, anna molemmille riveille sama henkilö. Sarake ”Ehkä
sama kuin” ehdottaa niitä. Jos kumpikin on vielä tuntematon, valitse toiselle ”uusi henkilö”, ota
taulukko käyttöön ja anna hänen tunnuksensa toiselle seuraavassa taulukossa.

Nimeäminen: kun annat nimen yhdelle äänelle, kone tunnistaa sen muissakin istunnoissa, ja sitä
varmemmin, mitä useammassa istunnossa olet nimennyt sen.

Kuuntele: linkki avaa muutaman sekunnin puhetta, jossa ääni on yksin. Vieressä on mitä siinä
sanotaan, ja kohta tallenteessa (tunnit:minuutit:sekunnit). Tiedostot ovat aineiston kansiossa
private/clips/people.

Samankaltaisuus kertoo, kuinka lähellä ääni on sarakkeen ”Nyt” henkilöä (1 = sama) tai, jos hän on
uusi tai tuntematon, sitä tunnetuista, jota se eniten muistuttaa. ”Ero seuraavaan” kertoo, kuinka
paljon kauempana seuraavaksi todennäköisin on. Pieni ero = kuuntele itse.

”Päätös hukassa”: ääntä, josta päätettiin, ei enää löydy, tai se on yhdistynyt toisen ääneen. Etsi
hänet istunnon muilta riveiltä ja päätä uudelleen.

Lopuksi: tallenna ja anna komento vuoro review people --apply TIEDOSTO . Jos jokin solu on väärin,
mitään ei oteta käyttöön ja väärät solut luetellaan. Sen jälkeen vuoro run . Päätökset säilyvät,
vaikka aineisto käsiteltäisiin uudelleen toisilla malleilla; uudempi päätös korvaa vanhemman.

Jos rivistä on päätetty toisin taulukon kirjoittamisen jälkeen, mitään ei myöskään oteta käyttöön:
kirjoita uusi taulukko ja päätä rivi siinä.

# Reviewing people

This workbook has {n_rows} rows. It holds real names and talk: keep it as you keep the recordings,
do not mail it, and remove it when you no longer need it.

A row is one voice in one session. The machine has told the voices apart and compared them with the
group's other sessions. On top is where it is most likely wrong.

The yellow column "Who" is yours; no other is read. Sort, filter and hide rows as you like.
Empty = the machine decides, as in the column "Now".

Who: choose from the list. Members of the group are there by name, others who are known by their
number (e.g. G07-P2). "new person" = somebody of their own, nobody of those known. "unknown" = stays
unknown. A name that is missing is added to the group's roster first: vuoro group add GROUP .

Merging: where two voices are one person, give both rows the same person. The column "Maybe the
same as" proposes some. If neither is known yet, choose "new person" for one, apply the sheet, and
give the other that number in the next sheet.

Naming: when you name one voice, the machine recognises it in other sessions too, and the more
surely, the more sessions you have named it in.

Listen: the link opens some seconds in which the voice talks alone. Beside it is what is said, and
where in the recording (hours:minutes:seconds). The files are in the study's private/clips/people.

Similarity says how near the voice is to the person in "Now" (1 = the same) or, where they are new
or unknown, to whom of those known it is most like. Margin says how much farther the next likeliest
is. A small margin = listen yourself.

"Decision lost": the voice that was decided on is no longer found, or is joined with another's.
Look for them in the session's other rows, and decide anew.

In the end: save, and run vuoro review people --apply FILE . If a cell is wrong, nothing is applied
and the wrong cells are listed. Then vuoro run . Decisions outlive every rerun, with other models
too; a later decision replaces an earlier one.

Nor is anything applied if a row was decided otherwise after the sheet was written: write a new
sheet and decide the row there.
"""
