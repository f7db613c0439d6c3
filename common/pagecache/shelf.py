"""The pages of one process, and who builds which."""

import threading
from collections import OrderedDict
from contextlib import contextmanager

MOST_BYTES = 8 * 1024 * 1024
OVERHEAD = 2_000  # bytes a page takes beside its body


class Shelf:
    """Holds MOST_BYTES; the pages that nobody has asked for the longest make room."""

    def __init__(self, most_bytes=MOST_BYTES):
        self.most_bytes = most_bytes
        self._pages = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def get(self, key):
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def put(self, key, page):
        with self._lock:
            self._remove(key)
            self._pages[key] = page
            self._size += _size(page)
            while self._size > self.most_bytes:
                self._remove(next(iter(self._pages)))

    def clear(self):
        with self._lock:
            self._pages.clear()
            self._size = 0

    def _remove(self, key):
        page = self._pages.pop(key, None)
        if page is not None:
            self._size -= _size(page)


class Builders:
    """Who builds: one thread a page."""

    def __init__(self):
        self._keys = set()
        self._lock = threading.Lock()

    @contextmanager
    def place_for(self, key):
        """Whether this thread is the one to build the page, as long as the block lasts."""
        with self._lock:
            is_free = key not in self._keys
            self._keys.add(key)
        try:
            yield is_free
        finally:
            if is_free:
                self._keys.discard(key)


def _size(page):
    return len(page.body) + len(page.packed or b"") + OVERHEAD
