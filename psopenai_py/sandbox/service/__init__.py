"""The video service itself: routes, jobs, request bodies, failures on demand."""
