"""The data set in the formats of other programs: one module per format, ``write`` for all of them.

    exports/csv/turns.csv          text that any program reads
            csv-spreadsheet/       the same, in which a spreadsheet finds no formula
            xlsx/dataset.xlsx      one workbook, one table per sheet
            sav/fi, sav/en         SPSS, labelled in Finnish and in English
            dta/fi, dta/en         Stata, likewise
            rds/turns.rds          R, a data.frame each

Everything here derives from the files of the data set, and can be recreated from them.
"""
