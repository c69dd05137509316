"""Test support. Nothing here is a test; modules that run as programs document it in their first lines.

- `counter/`: a whole counter. `headless` (no windows), `windowed` (the real program), `course_player`
  (does the tasks of the practice course), `with_library` (and the pretend library's system
  behind it), `steps` (brought to one step after the other), `card_faults` and `card_swaps` (what goes wrong with cards),
  `on_small_disk` (a program).
- `domain/`: the state machine alone. `scripted_counter` and `scripted_library` answer for everything outside; `random_events`,
  `random_fields` and `random_registry` draw events and `invariants` holds every step to the rules; `with_registry`, `simulated_keyboard`.
- `ledger/`: acts on links that travel. `histories` (a program as well) draws random ones; `world` carries out each step with two `counters`
  and a `server`, and holds it against `model`, which shares no code with the rules and reads a list of what `happened`;
  `drawn_operations` for hypothesis. Of the library's server: `server_in_database` for histories, `registry_ledgers` (fixtures: a ledger in
  either kind of database), `acts` (of one counter), `new_epoch`, `safe`, `slow_commit`, and the program `registry_on_small_disk`.
- `windows/`: windows in this process. `patron_window`, `staff_window` (to press, type and read), `patron_samples`, `staff_samples`,
  `serving_samples`, `registry_samples`, `fields_samples` (a counter for each thing a window can show), `patron_message`,
  `layout_faults`, `focusable`, `live_controls`, `manual_timing`. `played_uia`: fields of other programs on Windows.
- `screens/`: windows seen from outside. `xvfb` (screen, window manager, other people's programs) and `interrupted_handover`;
  `accessible_desktop` (AT-SPI), `idle_services` (what holds off screen saver and sleep, played). Fields of other programs:
  `scripted_fields` (played), `scripted_program` (on a real bus, answers in part), `silent_bus`, `fitting_windows`, `form_window` (in
  Qt), `chromium`; `devtools` (Chromium without a screen, by its own protocol). Programs: `demo_counter`, `short_tour`, `page_turner`,
  `patron_alone`, `clipboard_program`, `copying_program`, `tk_form`, `qt_form`, `gtk_form`, `atspi_driver`, `handover_holding_gil`.
- `cards/`: `readers` (virtual or behind a real pcscd), `windows_scard` (Windows' smart card service, played), `wire` (no reader at all),
  `card_thread`, `revocation_lists`, `malformed_der`.
- `pcscd/`: a real pcscd of the tests' own; `rig` has the fixture.
- `sync/`: the counter's side of the library's server. `enrolled_counter` (store and thread), `scripted_registry` (a server that can lie),
  `relay` (somebody in between), `paced_session` (hours of sync in seconds).
- `registry/`: the library's server and its counters as processes. `library` (all of it, for a trial), `server_process`, `counter_process`
  (and its `counter_program`), `relay` (the network between them), `agreement` (judges at the end by the `tables` of all), `seeds`,
  `certificate`. For requests by hand: `sites`, `caller`, `sent_operations`, `feed_page`, `administrator` (of the status page, with a
  browser's cookies); `served_home` (served as often as a test likes); `feed_in_memory`, for the tail; `rounds`, for what a thread
  repeats. Program: `library_on_full_disk`.
- `notices/`: `mail_server` (a real one) and `web_endpoint`, to which failures are told.
- `postgres/`: `cluster`, a PostgreSQL of the tests' own; `databases`, fixtures for a test that runs on SQLite and on PostgreSQL.
- `ha/`: `cluster`, PostgreSQL under Patroni with etcd and HAProxy, by the configuration that we hand out.
- `backup/`: backups of the library's server. `server_machine` (keys, a ledger and backups on one machine), `served_library` (begun on the
  command line). Programs: `killed_at_every_point`, `on_small_disk`, `large_backup`.
- `ils/`: SIP2. `scripted_server`, `unreliable_server`, `raw_sip2_client`, `independent_sip2_parser`, `recordings` (of real servers).
- `store/`: programs that run a store `on_small_disk`, `on_fat_disk`, `killed_at_every_point`, and the C they preload;
  `enrolled` (acts, entries of the feed, what is shown), `staged` (a snapshot on its way).
- `commands/`: `call` (what the fixture `kiosk` gives), `server` (a server that was begun there), `enrolment` (what a counter keeps of
  its own), `startup_window` (that says why nothing starts), `accounts` (of one computer). Programs: `faults_of_a_home`,
  `run_until_shown`, `shared_computer` (what `kiosk setup` does there).
- `installer/`: of counter PCs. `built` (a fixture: the installers, once), `windows_computer` (into which they install) and a `snapshot`
  of it, `seen` (what its screen shows).
- `privacy/`: `personal_data` (searched for in files), `pin_in_memory`, `scripted_day` (a program that meets all of it).
- `installer/`: computers to install on. `windows_computer` (a prefix of Wine), `debian_computer` (a bare Debian).
- `local_api/`: the interface for other programs. `counter` (store, thread and process), `asking` (other programs), `unhurried` (the process
  as a thread, without limits). Program: `misbehaving` (a hundred of them).
- `linux_only` (the markers `linux` and `root`), `wait` (for a condition or a process, with a limit), `ports` (that nobody takes),
  `held_file` (open in another program), `frozen` (what outlives every test), `error_code`, `count_cases` (the
  fixture), `left_processes` (end with the tests), `left_windows` (close with those of a file),
  `time_by_folder` (for .ci/run), `child_process_functions` (for test_child_process.py).
"""

from pathlib import Path

SUPPORT = Path(__file__).parent
ROOT = SUPPORT.parents[1]
"""The checkout: where `python -m tests.…` has to run."""
