"""Notices of failures, by e-mail or webhook: once when something begins, and once more when it is over."""
