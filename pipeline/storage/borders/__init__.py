"""The border: the only entry for files that people and other programs wrote.

text        bytes to text, text to clean names
yaml, toml  text to plain values
archive     compressed folders of XML, as a stream of elements
workbook    xlsx to cells
table       CSV to cells, as a workbook's

Every read is bounded in bytes, depth and cells, and only vuoro's errors are raised, whatever a
parser does with its input: a sentence names the file, what is wrong, where, and what to do.
``subject`` is the beginning of such a sentence: "The session.yaml beside the recording".
"""
