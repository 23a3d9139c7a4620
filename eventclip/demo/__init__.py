"""The demonstration: one web page of what a run measured, with its pictures and plots inside."""
