"""What scripts/test-contract tells schemathesis: how a mail is sent, which it does not know."""

import schemathesis


@schemathesis.serializer("message/rfc822")
def mail(_context, value):
    """Whatever was made up, as the bytes of a mail."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, list) and all(isinstance(one, int) for one in value):
        return bytes(one & 255 for one in value)
    return str(value).encode("utf-8", "surrogatepass")
