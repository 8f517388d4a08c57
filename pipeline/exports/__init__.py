"""The data set in the forms of other programs: one module a form, ``write`` for all of them.

    exports/csv/turns.csv          text that any program reads
            csv-spreadsheet/       the same, in which a spreadsheet finds no formula
            xlsx/dataset.xlsx      one workbook, a table a sheet
            sav/fi, sav/en         SPSS, labelled in Finnish and in English
            dta/fi, dta/en         Stata, likewise
            rds/turns.rds          R, a data.frame each

Everything here derives from the files of the data set, and may be made again from them.
"""
