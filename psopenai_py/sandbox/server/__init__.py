"""A WSGI application on a port: HTTP/1.1 by h11, one thread per connection. Knows nothing of videos."""
