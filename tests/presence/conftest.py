"""The store on both databases, as the tests of the store have it."""

from tests.store.conftest import empty_postgres, new_url, postgres, store, url

__all__ = ["empty_postgres", "new_url", "postgres", "store", "url"]
