"""The counter's side of the library's server: it sends what was done here, and hears what was done elsewhere.

- `server_url`, `tls`: where the server is, and which authority vouches for it. `connection`: one HTTPS connection with limits on silence,
  size and time, whose waits another thread can end (`endable_socket`). `client`: questions and answers as values of the domain.
- `push`, `pull`, `snapshot`, `epoch_change`: one step of sync each. `session` puts them in order; `sync_thread` runs it, `reports` tells
  the windows, `question` asks about one card on the side.
- `enrolment`: how the counter and the server come to know each other.

Nothing here knows Qt. Each step reads from the store what it goes on from, so that it can be killed anywhere.
"""
