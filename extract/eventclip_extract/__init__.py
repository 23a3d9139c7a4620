"""Press captions to typed events with roles, and events to hard negatives. Never imports torch."""
