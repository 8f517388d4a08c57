"""The review of people: the workbook of voices, its answers, and their people."""
