"""The library as a Django app: add ``registrazione.contrib.django`` to ``INSTALLED_APPS``.

The store is chosen with ``storage="django://"``, or with ``django://other`` for another database
of the project.
"""
