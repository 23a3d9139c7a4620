"""eventclip: captioned news pictures into an event-aware vision-language model.

Importing this package loads neither torch nor spaCy; the stages live in `eventclip_extract`, `eventclip.train`,
`eventclip.eval` and `eventclip_video` and load what they need when they are called.
"""

__version__ = "0.1.0"
