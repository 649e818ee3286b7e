"""A real mail server (aiosmtpd, package python3-aiosmtpd) that fails as real ones fail.

What it does with a message follows from the name before the @ of the recipient:
  weg    550 at RCPT           later  450 at RCPT (once)     spam  554 after the message
  vol    452 after the message dicht  421 at RCPT, and closes
  kwijt  drops the line when it has read the message, without a word, and does not keep it
  stil   the same, but keeps it
It prints its port, then one JSON line for each message that it keeps, and for each that it read.
Arguments: user and password that it wants ('' is none), certificate and key for STARTTLS ('' is none).
"""

import asyncio
import email.parser
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

user, password, certificate, key = (sys.argv[1:] + [""] * 4)[:4]
put_off = set()


def say(**what):
    print(json.dumps(what), flush=True)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name == "weg":
            return "550 5.1.1 no such user"
        if name == "later" and address not in put_off:
            put_off.add(address)
            return "450 4.2.0 greylisted, try again"
        if name == "dicht" and address not in put_off:
            put_off.add(address)
            server.transport.write(b"421 4.3.2 closing\r\n")
            server.transport.close()
            return "421 4.3.2 closing"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        name = envelope.rcpt_tos[0].split("@")[0]
        message = email.parser.BytesParser(policy=email.policy.SMTP).parsebytes(envelope.content)
        record = {
            "to": envelope.rcpt_tos,
            "from": envelope.mail_from,
            "id": message["Message-ID"],
            "headers": {key: str(value) for key, value in message.items()},
            "parts": {
                part.get_content_type(): part.get_content()
                for part in message.walk()
                if not part.is_multipart()
            },
            "tls": session.ssl is not None,
            "user": session.auth_data.login.decode() if session.auth_data else None,
        }
        say(read=record["id"])
        if name == "kwijt":
            server.transport.abort()
            return "250 nobody hears this"
        if name == "spam":
            return "554 5.7.1 this looks like spam"
        if name == "vol" and record["id"] not in put_off:
            put_off.add(record["id"])
            return "452 4.2.2 mailbox full"
        say(kept=record)
        if name == "stil":
            server.transport.abort()
        return "250 2.0.0 queued as 4F2"


def authenticate(server, session, envelope, mechanism, data):
    good = isinstance(data, LoginPassword) and (data.login.decode(), data.password.decode()) == (user, password)
    return AuthResult(success=good, handled=False, auth_data=data)


async def main():
    context = None
    if certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, key)

    def make():
        return SMTP(
            Handler(),
            hostname="mail.example",
            authenticator=authenticate if user else None,
            auth_required=bool(user),
            auth_require_tls=bool(context),
            require_starttls=bool(context),
            tls_context=context,
        )

    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
