"""Clips and stills, made of a scene; knows no HTTP and no jobs."""
