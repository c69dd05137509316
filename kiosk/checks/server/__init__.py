"""Health checks of what the library's server depends on, for `kiosk registry doctor`. None of them repairs anything."""
