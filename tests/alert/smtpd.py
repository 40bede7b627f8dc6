"""A mail server for tests: does as its one argument (JSON) says and writes what happens to standard output, a JSON object a line."""

import asyncio
import base64
import json
import logging
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

# What a client may do wrong is what the tests are about.
logging.getLogger("mail.log").setLevel(logging.CRITICAL + 1)
ASKED = json.loads(sys.argv[1])


def tell(**what):
    print(json.dumps(what), flush=True)


class Handler:
    def __init__(self):
        self.replies = list(ASKED.get("replies", []))

    async def handle_RCPT(self, server, session, envelope, address, options):
        refused = ASKED.get("refuse")
        if refused:
            tell(refused=address)
            return refused
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        reply = self.replies.pop(0) if self.replies else "250 OK"
        tell(
            reply=reply,
            sender=envelope.mail_from,
            to=envelope.rcpt_tos,
            tls=session.ssl is not None or ASKED.get("wrapped", False),
            user=session.auth_data.decode() if session.auth_data else None,
            content=base64.b64encode(envelope.content).decode(),
        )
        return reply


def authenticate(server, session, envelope, mechanism, data):
    user, password = data.login.decode(), data.password.decode()
    if [user, password] == ASKED["login"]:
        return AuthResult(success=True, auth_data=user.encode())
    # A server that repeats what it was sent, as some do.
    line = base64.b64encode(b"\0" + data.login + b"\0" + data.password).decode()
    return AuthResult(success=False, handled=False, message=f"535 5.7.8 not {password} ({line})")


options, wrapping = {"hostname": "localhost", "enable_SMTPUTF8": False}, None
if "certificate" in ASKED:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(ASKED["certificate"], ASKED["certificate_key"])
    if ASKED.get("wrapped"):
        wrapping = context
    else:
        options.update(tls_context=context, require_starttls=True)
if "login" in ASKED:
    options.update(authenticator=authenticate, auth_required=True)


async def serve():
    loop = asyncio.get_running_loop()
    handler = Handler()
    server = await loop.create_server(lambda: SMTP(handler, **options), "127.0.0.1", 0, ssl=wrapping)
    tell(port=server.sockets[0].getsockname()[1])
    # Ends with its parent, who holds the other end.
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(serve())
