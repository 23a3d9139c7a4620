"""From records to tensors, and EventScenes, the drawn world that the main job learns from."""
