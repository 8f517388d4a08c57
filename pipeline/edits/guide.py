"""What the sheet of turns tells the person who corrects them: Finnish first, then English.

Paragraphs are parted by an empty line; headings begin with #.
"""

from __future__ import annotations

GUIDE = """
# Vuorojen korjaaminen

Tässä työkirjassa on {n_rows} riviä, yksi kullekin puheenvuorolle ja minimipalautteelle. Se sisältää
sen, mitä todella sanottiin, oikeine nimineen: säilytä sitä kuin tallenteita ja poista, kun et enää
tarvitse sitä.

Keltapohjaiset sarakkeet ovat sinun; muita ei lueta. Muuta vain sitä, mikä on väärin. Saat
lajitella, suodattaa ja piilottaa rivejä vapaasti.

Teksti: kirjoita, mitä sanottiin. Tunnistettu teksti jää viereen näkyviin.

Puhuja: valitse, kuka puhui. Jos puhujan oma vuoro jatkuu vieressä eikä kukaan muu puhu välissä,
niistä tulee yksi vuoro.

Laji: minimipalaute (joo, mm) ei katkaise toisen vuoroa, puheenvuoro on oma vuoronsa.

Jako kahtia: kirjoita tekstiin | siihen kohtaan, josta vuoro katkaistaan. Jos jälkiosan puhui joku
muu, valitse hänet sarakkeeseen Jälkiosan puhuja. Yhdellä kertaa yksi katkaisu rivillä.

Toimi: ”poista” = ei puhetta (kolahdus, yskä, kaiku). ”yhdistä edelliseen” = sama vuoro kuin saman
puhujan edellinen rivi.

Hukkuneet: jos työkirjassa on tällainen taulukko, siinä ovat aiemmat korjaukset, joille ei enää
löydy paikkaa, kun tallenne on käsitelty toisella mallilla. Tee ne tarvittaessa uudelleen.

Lopuksi: tallenna ja anna komento vuoro edit ISTUNTO --apply TIEDOSTO . Jos jokin solu on väärin,
mitään ei oteta käyttöön ja väärät solut luetellaan. Voit jatkaa saman taulukon täyttämistä ja ottaa
sen käyttöön uudelleen. Sen jälkeen vuoro run . Korjaukset säilyvät, vaikka tallenne käsiteltäisiin
uudelleen toisella mallilla, ja näkyvät aineistossa sarakkeessa edited.

# Correcting turns

This workbook has {n_rows} rows, one for each turn and each minimal response. It holds what was
really said, with real names: keep it as you keep the recordings, and remove it when you no longer
need it.

The yellow columns are yours; no other is read. Change only what is wrong. Sort, filter and hide
rows as you like.

Text: write what was said. What was recognised stays beside it.

Speaker: choose who spoke. Where a speaker's own turn goes on next to it and nobody else's is
between, they become one turn.

Kind: a minimal response (yeah, mm) does not cut another's turn; a turn stands by itself.

Split: write | into the text where the turn is to be cut. If somebody else spoke the second part,
choose them in the column Speaker of second part. One cut a row at a time.

Action: "delete" = no talk (a knock, a cough, an echo). "merge with previous" = the same turn as the
previous row of the same speaker.

Lost: if the workbook has such a sheet, it lists earlier corrections that no longer find their place
since the recording was processed with another model. Make them again where they are needed.

In the end: save, and run vuoro edit SESSION --apply FILE . If a cell is wrong, nothing is applied
and the wrong cells are listed. You may go on filling in the same sheet and apply it again. Then
vuoro run . Corrections outlive every rerun with other models, and show in the data in the column
edited.
"""
