"""The border: the only way in for what people and other programs wrote.

text        bytes to text, text to clean names
yaml, toml  text to plain values
archive     compressed folders of XML, as a stream of elements
workbook    xlsx to cells
table       CSV to cells, as a workbook's

Every reading is bounded in bytes, depth and cells, and whatever a parser makes of what it is given,
only our errors leave this room: a sentence says which file it is, what is wrong with it, where, and
what to do. ``subject`` is how such a sentence begins: "The session.yaml beside the recording".
"""
