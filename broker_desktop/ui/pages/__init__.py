"""Pages: build, subscribe, call one session method, show. An `if` about the domain belongs elsewhere."""
