"""What schemathesis has to know of this server: what a body of its own media type is, and a tenant that there is."""

import os

import schemathesis
from hypothesis import strategies as st

TENANT = os.environ["WALKBOOK_TENANT"]

# Bytes of any kind, and such as begin like a message.
schemathesis.openapi.media_type("application/walkbook", st.one_of(st.binary(), st.binary().map(b"WB\x01".__add__)))


@schemathesis.serializer("application/walkbook")
def as_they_are(ctx, value):
    return value if isinstance(value, bytes) else str(value).encode()


@schemathesis.deserializer("application/walkbook")
def as_it_came(ctx, response):
    return response.content


@schemathesis.hook
def map_path_parameters(ctx, path_parameters):
    """Half of what is asked is asked of a tenant that there is."""
    if path_parameters and sum(map(ord, str(path_parameters.get("tenant", "")))) % 2 == 0:
        path_parameters["tenant"] = TENANT
    return path_parameters
