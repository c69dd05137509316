"""The status page of the library's server, and the administrators who may see it."""
