"""Host names in bounded time: neither libpq's connect_timeout nor psycopg bounds the resolver."""

import socket
import threading
import time
from ipaddress import ip_address

import psycopg

LEAST = 2  # seconds; libpq waits no shorter for a connection


def in_time(params):
    """Return libpq's connection parameters with the host's addresses beside its name.

    Asking for them and all attempts together last no longer than connect_timeout and two seconds. Raises
    psycopg.OperationalError for a name that is not known, or not within connect_timeout.
    """
    host, seconds = params.get("host", ""), int(params.get("connect_timeout") or LEAST)
    if not host or host.startswith(("/", "@")) or "hostaddr" in params or _is_address(host):
        return params
    begun = time.monotonic()
    try:
        found = addresses(host, seconds)
    except OSError as error:
        raise psycopg.OperationalError(str(error)) from None
    left = seconds + 1 - (time.monotonic() - begun)
    found = found[: max(1, int(left // LEAST))]
    return params | {
        "host": ",".join([host] * len(found)),
        "hostaddr": ",".join(found),
        "connect_timeout": str(max(LEAST, min(seconds, int(left // len(found))))),
    }


def _is_address(host):
    try:
        return bool(ip_address(host))
    except ValueError:
        return False


def addresses(host, seconds):
    """Return the IP addresses of a host, at most two, IPv4 and IPv6 as the system orders them.

    Raises OSError when there are none, or none within so many seconds; the resolver's thread is then left alone.
    """
    answer = []

    def ask():
        try:
            answer.append(socket.getaddrinfo(host, None, type=socket.SOCK_STREAM))
        except UnicodeError:
            answer.append(OSError(0, "no name that can be one"))
        except OSError as error:
            answer.append(error)

    thread = threading.Thread(target=ask, name="resolver", daemon=True)
    thread.start()
    thread.join(seconds)
    if not answer:
        raise OSError(f"the name {host} was not resolved in {seconds} seconds")
    if isinstance(answer[0], OSError):
        raise OSError(f"the name {host} is not known ({answer[0].strerror})")
    return list(dict.fromkeys(address[0] for *_rest, address in answer[0]))[:2]
