# Debian's Chromium reads this before it starts. It lets other programs see the fields of pages, so that the number is typed into the right one.
export ACCESSIBILITY_ENABLED=1
export CHROMIUM_FLAGS="$CHROMIUM_FLAGS --force-renderer-accessibility"
