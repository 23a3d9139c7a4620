"""The measurements: extraction against gold, event grounding, retrieval; each number with n and interval."""
