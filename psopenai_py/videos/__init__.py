"""The /v1/videos protocol: requests for jobs, what a job is, waiting for one, and its content as a file."""
