"""The registrar as JSON endpoints, for any framework: one for each command that people ask for.

The table of endpoints is made of the command classes, and so is the OpenAPI document. A
framework's adapter reads a request, lets :class:`Api` or :class:`AsyncApi` respond, and sends
what comes back.
"""

from registrazione.contrib.headless.api import Api, AsyncApi
from registrazione.contrib.headless.messages import MAX_BODY, ApiRequest, ApiResponse
from registrazione.contrib.headless.wsgi import wsgi_app

__all__ = ["MAX_BODY", "Api", "ApiRequest", "ApiResponse", "AsyncApi", "wsgi_app"]
