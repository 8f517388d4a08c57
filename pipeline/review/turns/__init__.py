"""The workbook in which people correct the turns of a session."""
