"""Requests over HTTP, and what came back: one module talks to the network, and none knows of videos."""
