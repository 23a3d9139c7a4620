"""Video on the image encoder of an eventclip checkpoint: decoding, sampling, temporal heads, action recognition."""
