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

Jako: kirjoita tekstiin | jokaiseen kohtaan, josta vuoro katkaistaan. Jos toisen osan puhui joku
muu, valitse hänet sarakkeeseen Toisen osan puhuja. Jos osia on useita, nämä kaksi vuorottelevat:
ensimmäinen, kolmas … osa on rivin puhujan, toinen, neljäs … toisen osan puhujan.

Puuttuva puhe: lisää rivi mihin tahansa ja kirjoita siihen alku (tunnit:minuutit:sekunnit, esim.
0:12:05), puhuja ja teksti. Loppu ja laji saavat puuttua. Tunnus, Ääni ja muut sarakkeet jäävät
tyhjiksi.

Ääni: avaa rivin äänen. Tiedostot ovat tutkimuksen kansiossa private/clips/turns.

Toimi: ”poista” = ei puhetta (kolahdus, yskä, kaiku). ”yhdistä edelliseen” = sama vuoro kuin saman
puhujan edellinen rivi.

Hukkuneet: jos työkirjassa on tällainen taulukko, siinä ovat aiemmat korjaukset, joille ei enää
löydy paikkaa, kun tallenne on käsitelty toisella mallilla. Tee ne tarvittaessa uudelleen.

Lopuksi: tallenna ja anna komento vuoro edit ISTUNTO --apply TIEDOSTO . Jos jokin solu on väärin,
mitään ei oteta käyttöön ja väärät solut luetellaan. Voit jatkaa saman taulukon täyttämistä ja ottaa
sen käyttöön uudelleen. Sen jälkeen vuoro build . Korjaukset säilyvät, vaikka tallenne
käsiteltäisiin uudelleen toisella mallilla, ja näkyvät aineistossa sarakkeessa edited.

Jos rivistä on korjattu toisin taulukon kirjoittamisen jälkeen, mitään ei myöskään oteta käyttöön:
kirjoita uusi taulukko ja korjaa rivi siinä.

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

Split: write | into the text at each place where the turn is to be cut. If another person spoke the
second part, choose them in the column Speaker of second part. With more parts the two take turns:
the first, third … part is the row's speaker's, the second, fourth … that of the second part's.

Missed talk: insert a row anywhere and write its start (hours:minutes:seconds, e.g. 0:12:05), the
speaker and the text. The end and the kind may be left out. Leave Turn, Sound and the other columns
empty.

Sound: opens the sound of the row. The files are in the study's private/clips/turns.

Action: "delete" = no talk (a knock, a cough, an echo). "merge with previous" = the same turn as the
previous row of the same speaker.

Lost: if the workbook has such a sheet, it lists earlier corrections that no longer find their place
since the recording was processed with another model. Make them again where they are needed.

In the end: save, and run vuoro edit SESSION --apply FILE . If a cell is wrong, nothing is applied
and the wrong cells are listed. You may go on filling in the same sheet and apply it again. Then
vuoro build . Corrections outlive every rerun with other models, and show in the data in the column
edited.

Nor is anything applied if a row was corrected otherwise after the sheet was written: write a new
sheet and correct the row there.
"""
